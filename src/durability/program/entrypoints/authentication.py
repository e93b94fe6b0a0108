"""Who may call a route: what its parameters, decorators, routers, middleware and classes demand."""

import re
from collections.abc import Iterator

from durability.facts.model import Call, Class, Value
from durability.model import Step
from durability.program.entrypoints.bindings import Bindings
from durability.program.entrypoints.credentials import GIVEN, OPEN, Check, Credentials
from durability.program.entrypoints.model import EntryPoint
from durability.program.entrypoints.routers import Node, Routers, argument, library_bases
from durability.program.links.adminsite import is_admin
from durability.program.links.graph import FunctionKey
from durability.program.links.link import Symbol
from durability.program.links.program import Program

_WHOLE_APP = ("fastapi.FastAPI.", "starlette.applications.Starlette.", "flask.Flask.", "quart.Quart.", "aiohttp.web.")
_BEFORE = ("before_request", "before_app_request", "url_value_preprocessor", "middleware")
_PATH_READS = ("url.path", "request.path", "request.endpoint", ".scope", "request.blueprint", "request.url")
_PICKING = "url_value_preprocessor"
"""Acts on the addresses that have a certain part, so says nothing of others."""
_PERMITTED = ("AllowAny",)
_DEMANDING = ("IsAuthenticated", "IsAdminUser", "DjangoModelPermissions", "DjangoObjectPermissions", "TokenHas")
_DEFAULTS = "DEFAULT_PERMISSION_CLASSES"
_LOGIN_FIRST = re.compile(r"login_?required|require_?login|basic_?auth|auth(?:entication)?_?required", re.IGNORECASE)
_EXEMPT = ("login_not_required", "login_exempt", "public")
_UNRESTRICTED = ("NO_PERMISSION_REQUIRED", "None", "")


class Authentication:
    """Judges every route of a program; what holds for a whole application is found once."""

    def __init__(self, program: Program, bindings: Bindings, routers: Routers, entries: tuple[EntryPoint, ...]) -> None:
        self._program = program
        self._bindings = bindings
        self._routers = routers
        self.credentials = Credentials(program, bindings)
        self._above: dict[Node, Check] = {}
        self._hooks = [entry for entry in entries if entry.hook]
        self._app = _stronger(self._application())
        self._rest_default = self._default_permissions()

    def of(self, entry: EntryPoint) -> Check:
        """Whether a route demands credentials, with the places that show it."""
        return _stronger(self._checks(entry))

    def _checks(self, entry: EntryPoint) -> Iterator[Check]:
        key = entry.function
        function = self._program.function(key)
        for item in function.parameters:
            for value, place in self.credentials.sources(item, key):
                if value.text.rsplit(".", 1)[-1] in GIVEN:
                    yield self.credentials.given(value, place)
        yield from self._decorators(entry)
        yield from self._registration(entry)
        if function.owner:
            yield from self._class(Symbol("class", function.owner, key[0]))
        if not any(item.ref.rsplit(".", 1)[-1] in _EXEMPT for item in function.decorators):
            yield self._app
        yield self.credentials.checked(key, 1)

    def _decorators(self, entry: EntryPoint) -> Iterator[Check]:
        path, index = entry.function
        for item in self._program.files[path].functions[index].decorators:
            if (path, item.call) != entry.registered:
                yield self.credentials.decorator(item.ref, path, self._program.function(entry.function).span[0])

    def _registration(self, entry: EntryPoint) -> Iterator[Check]:
        path, index = entry.registered
        if index < 0:
            return
        call = self._program.files[path].calls[index]
        yield from self._dependencies(path, index)
        permission = argument(call, "permission", None)
        if permission is not None and permission.text not in _UNRESTRICTED:
            yield "required", (Step(path, call.span[0], f"permission {permission.text} is demanded"),)
        for item in call.arguments:
            if is_admin(self._program.value_symbol(item.value, path, call.function).name):
                yield "required", (Step(path, call.span[0], "the admin site asks for a staff login"),)
            if item.value.kind == "call" and item.value.text.endswith(".admin_view"):
                yield "required", (Step(path, call.span[0], "admin_view() demands a login"),)
            if item.value.kind == "call" and item.value.call >= 0 and not item.value.text.endswith("as_view"):
                wrapper = self._program.files[path].calls[item.value.call]
                if self._program.symbol(path, item.value.call).kind in ("library", "function"):
                    checked = self.credentials.decorator(wrapper.ref, path, wrapper.span[0])
                    yield checked if checked[0] == "required" else OPEN
        for owner in self._routers.owners(path, index):
            if owner not in self._above:
                self._above[owner] = _stronger(self._over(owner))
            yield self._above[owner]

    def _over(self, owner: Node) -> Iterator[Check]:
        for node, mount in self._routers.above(owner):
            if node[1].startswith("#"):
                yield from self._dependencies(node[0], int(node[1][1:]))
            if mount is not None and mount.place[1] >= 0:
                yield from self._dependencies(*mount.place)
            for hook in self._hooks:
                if hook.function[0] == node[0] and self._decorated_as(
                    hook, ("Blueprint.before_request", "Blueprint.url_value_preprocessor")
                ):
                    yield self._hook(hook.function)

    def _dependencies(self, path: str, index: int) -> Iterator[Check]:
        call = self._program.files[path].calls[index]
        key = (path, call.function)
        listed = argument(call, "dependencies", None)
        for value, place in self._bindings.ends(listed, key) if listed is not None else ():
            for part in value.parts if value.kind in ("list", "tuple") else ():
                for item, where in self._bindings.ends(part, place):
                    yield self.credentials.given(item, where)

    def _application(self) -> Iterator[Check]:
        """What every request passes: hooks of the application and middleware classes."""
        yield from self._settings()
        for hook in self._hooks:
            if self._decorated_as(hook, tuple(prefix + name for prefix in _WHOLE_APP for name in _BEFORE)) or (
                self._decorated_as(hook, ("Blueprint.before_app_request",))
            ):
                yield self._hook(hook.function)
        for path in sorted(self._program.files):
            for index, call in enumerate(self._program.files[path].calls):
                if self._program.file_roles.get(path) != "first-party":
                    continue
                if call.target.endswith(".add_middleware"):
                    yield self._middleware(path, argument(call, "middleware_class", 0), call.function)
                if (path, f"#{index}") in self._routers.made:
                    yield from self._listed_middleware(path, call)

    def _settings(self) -> Iterator[Check]:
        """Django's list of middleware, where one of them sends to the login whoever has not logged in."""
        for path in sorted(self._program.files):
            if self._program.file_roles.get(path) == "first-party":
                for item in self._program.assigns_to(path, "MIDDLEWARE"):
                    for part in item.value.parts if item.value is not None else ():
                        if part.kind == "text" and _LOGIN_FIRST.search(part.text):
                            yield "required", (Step(path, item.span[0], f"{part.text} demands a login"),)

    def _listed_middleware(self, path: str, call: Call) -> Iterator[Check]:
        """`Application(middlewares=[f])` and `Starlette(middleware=[Middleware(C)])`."""
        for name in ("middlewares", "middleware"):
            listed = argument(call, name, None)
            for part in listed.parts if listed is not None else ():
                inner = self._program.files[path].calls[part.call].arguments[:1] if part.call >= 0 else ()
                for value in (item.value for item in inner):
                    yield self._middleware(path, value, call.function)
                if part.kind in ("name", "attr"):
                    yield self._middleware(path, part, call.function)

    def _middleware(self, path: str, value: Value | None, function: int) -> Check:
        symbol = self._program.value_symbol(value, path, function) if value is not None else None
        key = self._program.key_of(symbol) if symbol is not None and symbol.kind == "function" else None
        if key is not None:
            return self._hook(key)
        if symbol is None or symbol.kind != "class":
            return OPEN
        for method in ("dispatch", "__call__"):
            found = self._program.linker.attribute(symbol, method)
            key = self._program.key_of(found) if found is not None and found.kind == "function" else None
            if key is not None:
                return self._hook(key)
        return OPEN

    def _hook(self, key: FunctionKey) -> Check:
        """A hook that lets some addresses pass says nothing of the others."""
        verdict = self.credentials.checked(key)
        facts = self._program.files[key[0]]
        reads = [*self._program.function(key).reads, *(facts.calls[i].target for i in self._program.calls_in(key))]
        picks = any(mark in read for read in reads for mark in _PATH_READS) or any(
            item.ref.endswith(_PICKING) for item in self._program.function(key).decorators
        )
        return ("unknown", ()) if verdict[0] == "required" and picks else verdict

    def _decorated_as(self, hook: EntryPoint, names: tuple[str, ...]) -> bool:
        path, index = hook.function
        decorators = self._program.files[path].functions[index].decorators
        found = [self._program.resolve(item.ref, path).name for item in decorators]
        return any(name.endswith(names) for name in found)

    def _class(self, symbol: Symbol) -> Iterator[Check]:
        """Mixins, `permission_classes` and decorators of a view class."""
        bases = list(library_bases(self._program, symbol))
        item = self._program.linker.classes[symbol.path].get(symbol.name)
        if item is None:
            return
        for base in bases:
            row = self._program.row(base)
            if row is not None and row.effect == "auth":
                yield "required", (Step(symbol.path, item.span[0], f"{base.rsplit('.', 1)[-1]} demands a login"),)
        for decorator in item.decorators:
            if decorator.call >= 0:
                yield from self._method_decorator(symbol.path, decorator.call)
        permissions = self._attribute(symbol, "permission_classes")
        if permissions is not None:
            yield self._permissions(*permissions, item)
        elif any(base.startswith("rest_framework.") for base in bases):
            yield self._rest_default
        wrapping = self._attribute(symbol, "decorators") or self._attribute(symbol, "method_decorators")
        for part in wrapping[0].parts if wrapping is not None else ():
            yield self._named(part, wrapping[1]) if wrapping is not None else OPEN

    def _method_decorator(self, path: str, index: int) -> Iterator[Check]:
        for item in self._program.files[path].calls[index].arguments:
            for part in (item.value, *item.value.parts):
                yield self._named(part, (path, 0))

    def _named(self, value: Value, key: FunctionKey) -> Check:
        called = value.kind == "call" and value.call >= 0
        symbol = self._program.symbol(key[0], value.call) if called else self._program.value_symbol(value, *key)
        row = self._program.row(symbol.name) if symbol.kind == "library" else None
        if row is not None and row.effect == "auth":
            return "required", (Step(key[0], self._program.function(key).span[0], f"{symbol.name} demands a login"),)
        found = self._program.key_of(symbol) if symbol.kind == "function" else None
        return self.credentials.checked(found) if found is not None else OPEN

    def _attribute(self, symbol: Symbol, name: str) -> tuple[Value, FunctionKey] | None:
        """A class attribute's value, of the class or its nearest project base."""
        pending = [symbol]
        for at in pending:
            for item in self._program.assigns_to(at.path, name):
                block = self._program.files[at.path].blocks[item.block]
                if block.kind == "class" and at.name.rsplit(".", 1)[-1] in block.targets and item.value is not None:
                    return item.value, (at.path, item.function)
            known = self._program.linker.classes[at.path].get(at.name)
            parents = [self._program.resolve(base, at.path) for base in known.bases] if known is not None else []
            pending.extend(parent for parent in parents if parent.kind == "class" and parent not in pending)
        return None

    def _permissions(self, value: Value, key: FunctionKey, item: Class) -> Check:
        parts = value.parts if value.kind in ("list", "tuple") else (value,)
        names = [part.text for part in parts if part.kind in ("name", "attr")]
        if any(name.startswith(_DEMANDING) for name in names):
            return "required", (Step(key[0], item.span[0], f"permission_classes: {', '.join(names)}"),)
        return OPEN if not names or all(name in _PERMITTED for name in names) else ("unknown", ())

    def _default_permissions(self) -> Check:
        for path in sorted(self._program.files):
            for item in self._program.assigns_to(path, "REST_FRAMEWORK"):
                table = item.value.parts if item.value is not None and item.value.kind == "dict" else ()
                for name, value in zip(table[::2], table[1::2], strict=False):
                    if name.text == _DEFAULTS:
                        texts = [part.text.rsplit(".", 1)[-1] for part in (value, *value.parts) if part.kind == "text"]
                        if any(text.startswith(_DEMANDING) for text in texts):
                            return "required", (Step(path, item.span[0], f"{_DEFAULTS}: {', '.join(texts)}"),)
                        return OPEN if all(text in _PERMITTED for text in texts) else ("unknown", ())
        return OPEN


def _stronger(checks: Iterator[Check]) -> Check:
    found = OPEN
    for check in checks:
        if check[0] == "required":
            return check
        if check[0] == "unknown":
            found = check
    return found
