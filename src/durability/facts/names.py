"""What names refer to inside one file: imports, local objects, attributes of self, annotated parameters."""

from typing import NamedTuple

from durability.facts.handed import runs_at
from durability.facts.model import Block, Call, Function, Value
from durability.facts.refs import (
    CALLED,
    KEEPING,
    SUPER,
    agreed,
    below,
    is_of_parameter,
    is_parameter,
    literal,
    part,
    split,
)
from durability.knowledge import Knowledge

_DEPTH = 14
_UNWRAPPED = (
    "Optional",
    "Annotated",
    "Union",
    "Final",
    "ClassVar",
    "Required",
    "NotRequired",
    "Awaitable",
    "Coroutine",
)
_ALIASES = frozenset({"typing.Annotated", "typing_extensions.Annotated", "typing.Optional"})
_REGIONS = ("element", "enters", "unknown")
"""How the targets of loops, comprehensions and `with` are bound: their block is the region itself."""

_YIELDING = ("Generator", "Iterator", "Iterable", "AsyncGenerator", "AsyncIterator", "AsyncIterable")

_TYPES_THEMSELVES = ("type[", "Type[", "typing.Type[")

_CLOSING = ("contextlib.closing", "contextlib.aclosing")

PARTIAL = "functools.partial"


class Binding(NamedTuple):
    """One way a name gets its meaning; `how` says what `value` or `ref` is to the name.

    `function` is the one that binds it, where that is not the one whose name it is (`global client`).
    """

    block: int
    line: int
    how: str
    ref: str
    value: Value | None
    function: int = -1


class Names:
    """Resolves values of one file to refs. `library` answers for the callables of libraries."""

    def __init__(self, blocks: list[Block], calls: list[Call], functions: list[Function], library: Knowledge) -> None:
        self.blocks = blocks
        self.calls = calls
        self.functions = functions
        self.library = library
        self.returns, self.enters = library.returns, library.enters
        self.runs, self.one_of = library.runs, library.one_of
        self.scopes: list[dict[str, list[Binding]]] = [{} for _ in functions]
        self.comprehensions: list[dict[str, list[Binding]]] = [{} for _ in functions]
        self.attributes: dict[str, dict[str, list[tuple[int, Binding]]]] = {}
        self.classes: frozenset[str] = frozenset()
        self.local_functions: frozenset[str] = frozenset(function.qualname for function in functions)
        self._known: dict[tuple[int, str, int, int], str] = {}
        self._busy: set[tuple[int, str, int, int]] = set()

    def bind(self, function: int, name: str, binding: Binding) -> None:
        """Record a meaning of a name in a function's scope, or inside a comprehension of it."""
        inner = binding.how in _REGIONS and self.blocks[binding.block].kind == "comp"
        scopes = self.comprehensions if inner else self.scopes
        scopes[function].setdefault(name, []).append(binding)

    def bind_attribute(self, owner: str, name: str, function: int, binding: Binding) -> None:
        """Record what is stored in an attribute of a class."""
        self.attributes.setdefault(owner, {}).setdefault(name, []).append((function, binding))

    def ref(self, value: Value | None, function: int, block: int, line: int, depth: int = 0) -> str:
        """What a value refers to; "?" where this file does not tell."""
        if value is None or depth > _DEPTH:
            return "?"
        kind = value.kind
        if kind == "name":
            return self.name(value.text, function, block, line, depth)
        if kind == "attr":
            return self._attribute(self.ref(value.parts[0], function, block, line, depth + 1), value.text, depth)
        if kind == "call":
            called = self.callee(value.call, depth + 1)
            return self._super(function) if called == "super" else self._given(called, self.calls[value.call], depth)
        if kind == "item":
            return self._item(value, function, block, line, depth + 1)
        if kind in ("or", "and", "if"):
            parts = value.parts[1:] if kind == "if" else value.parts
            refs = [self.ref(part, function, block, line, depth + 1) for part in parts if part.kind != "const"]
            # `db = db or connect()`: what stands in for a missing argument is of the kind that is passed otherwise.
            return agreed([ref for ref in refs if not is_of_parameter(ref)] or refs)
        if kind == "op" and len(value.parts) == 2:
            return self._joined(self.ref(value.parts[0], function, block, line, depth + 1), value.text)
        return literal(value)

    def _joined(self, left: str, operator: str) -> str:
        """What an operator makes of what stands on its left."""
        kept = left if left in KEEPING else self.returns(left) or left
        if operator in KEEPING.get(kept, ()):
            return kept
        return below(left) if operator == "Divide" else "?"

    def _item(self, value: Value, function: int, block: int, line: int, depth: int) -> str:
        base = self.ref(value.parts[0], function, block, line, depth)
        if base in _ALIASES:
            index = value.parts[1]
            return self.ref(index.parts[0] if index.kind == "tuple" else index, function, block, line, depth)
        given = "?" if base == "?" else self.returns(base + ".__getitem__")
        # The tables know nothing of parts by their places.
        told = self.library.has_prefix(base.partition(".")[0].removesuffix("()"))
        return given or (f"{base}[]" if told else part(base, value.parts[1]))

    def callee(self, call: int, depth: int = 0) -> str:
        """What the callee of a call refers to."""
        fact = self.calls[call]
        if fact.ref:
            return fact.ref
        if depth > _DEPTH:
            return "?"
        last = fact.target.rsplit(".", 1)[-1].removesuffix("()")
        if fact.receiver is not None:
            base = self.ref(fact.receiver, fact.function, fact.block, fact.span[0], depth + 1)
            fact.ref = self._attribute(base, last, depth)
        elif "." not in fact.target and fact.target.isidentifier():
            fact.ref = self.name(fact.target, fact.function, fact.block, fact.span[0], depth + 1)
        else:
            fact.ref = "?"
        if self._is_class(fact.ref) and self._runs_object(fact, depth):
            fact.ref += CALLED
        return fact.ref

    def _is_class(self, ref: str) -> bool:
        if ref.startswith(":"):
            return ref[1:] in self.classes
        last = ref.rsplit(".", 1)[-1]
        return not last.endswith(("()", "[]")) and (last[:1].isupper() or self.returns(ref) == ref)

    def _runs_object(self, fact: Call, depth: int) -> bool:
        """Whether a callee whose ref names a class is an object of that class: `predict` of `predict = Predict()`."""
        if fact.receiver is None:
            return self.holds_object(fact.target, fact.function, fact.block, fact.span[0], depth + 1)
        if fact.receiver.kind != "name":
            return False
        owner = self.ref(fact.receiver, fact.function, fact.block, fact.span[0], depth + 1)
        return self.keeps_object(owner[1:], fact.target.rsplit(".", 1)[-1], depth + 1)

    def holds_object(self, name: str, function: int, block: int, line: int, depth: int = 0) -> bool:
        """Whether a name holds what a call gave or an annotation promises, not a class or a function itself."""
        at = function
        while at >= 0:
            bindings = self.scopes[at].get(name)
            if bindings:
                chosen = self._chosen(bindings, block if at == function else -1, line)
                return all(self._makes(binding, at, depth) for binding in chosen)
            at = self.functions[at].parent
        return False

    def keeps_object(self, owner: str, name: str, depth: int = 0) -> bool:
        """Whether an attribute of a class of this file holds an object in the same sense."""
        stored = self.attributes.get(owner, {}).get(name, ())
        return bool(stored) and all(self._makes(binding, function, depth) for function, binding in stored)

    def _makes(self, binding: Binding, function: int, depth: int) -> bool:
        if binding.how == "annotation":
            return not binding.ref.strip("'\"").startswith(_TYPES_THEMSELVES)
        if binding.how not in ("value", "typed") or binding.value is None:
            return binding.how == "dependency"
        value = binding.value
        if value.kind == "name" and depth < _DEPTH:
            return self.holds_object(value.text, function, binding.block, binding.line, depth + 1)
        return value.kind in ("call", "const")

    def _given(self, called: str, call: Call, depth: int) -> str:
        run = self._run(called, call, depth)
        if run:
            return self.result(run)
        if called.endswith(".orm.sessionmaker"):  # the older way to say `async_sessionmaker`
            kind = next((item.value for item in call.arguments if item.keyword == "class_"), None)
            if self.ref(kind, call.function, call.block, call.span[0]).endswith(".AsyncSession"):
                return "sqlalchemy.ext.asyncio.async_sessionmaker"
        position = self.one_of(called)
        plain = [item.value for item in call.arguments if item.keyword == ""]
        if position is not None and position < len(plain):
            asked = self.ref(plain[position], call.function, call.block, call.span[0])
            if not asked.startswith(("?", "$")):
                return self.result(asked if self._is_class(asked) else self._attribute(asked, "get", 0))
        return self.result(called)

    def _run(self, called: str, call: Call, depth: int) -> str:
        """What a call that waits for a callable runs: `requests.get` of `to_thread(requests.get, url)`; "" for none."""
        row = self.runs(called)
        at = runs_at(call.arguments, row) if row is not None and row.async_ else None
        if at is None or depth > _DEPTH:
            return ""
        value = call.arguments[at].value
        if value.kind == "call" and self.callee(value.call, depth + 1) == PARTIAL and self.calls[value.call].arguments:
            value = self.calls[value.call].arguments[0].value
        return self.ref(value, call.function, call.block, call.span[0], depth + 1)

    def result(self, ref: str) -> str:
        """What calling `ref` gives: an object of a class is written as the class itself."""
        if ref.startswith("?"):
            return "?"
        known = self.returns(ref)
        if known:
            return known
        if ref.startswith(":"):
            return ref if ref[1:] in self.classes else ref + "()"
        last = ref.rsplit(".", 1)[-1]
        return ref if last[:1].isupper() and not last.isupper() else ref + "()"

    def _super(self, function: int) -> str:
        while function > 0:
            if self.functions[function].owner:
                return f":{self.functions[function].owner}.{SUPER}"
            function = self.functions[function].parent
        return "?"

    def _attribute(self, base: str, name: str, depth: int) -> str:
        if base.startswith(":") and base[1:] in self.attributes:
            stored = self.attributes[base[1:]].get(name)
            if stored:
                return self._stored(name, stored, depth) if depth < _DEPTH else "?"
        return f"{base}.{name}"

    def _stored(self, name: str, stored: list[tuple[int, Binding]], depth: int) -> str:
        """What all that is stored in an attribute is; what is made where no argument is given is of its kind."""
        refs = [(self._meaning(binding, function, depth + 1), binding) for function, binding in stored]
        refs = [(ref, binding) for ref, binding in refs if ref != "None"]
        given = {ref.partition(":")[2] for ref, _ in refs if is_parameter(ref)} | {name}
        made = [(ref, binding) for ref, binding in refs if not is_parameter(ref)]
        if made and all(self._hangs_on(binding, given) for _, binding in made):
            refs = made
        return agreed([ref for ref, _ in refs])

    def name(self, name: str, function: int, block: int, line: int, depth: int = 0) -> str:
        """What a name refers to at a place."""
        inner = self.comprehensions[function].get(name)
        if inner and block >= 0:
            above = self._above(block)
            visible = [item for item in inner if item.block in above]
            if visible:
                return self._pick((function, name, block, line), visible[-1:], depth)
        at = function
        while at >= 0:
            bindings = self.scopes[at].get(name)
            if bindings:
                key = (at, name, block if at == function else -1, line)
                return self._pick(key, bindings, depth)
            at = self.functions[at].parent
        return name

    def _pick(self, key: tuple[int, str, int, int], bindings: list[Binding], depth: int) -> str:
        function, _, block, line = key
        if key in self._known:
            return self._known[key]
        if key in self._busy or depth > _DEPTH:
            return "?"
        self._busy.add(key)
        chosen = self._chosen(bindings, block, line)
        refs = [self._meaning(binding, function, depth + 1) for binding in chosen]
        found = agreed([ref for ref in refs if ref != "None"] or refs)
        if len(chosen) == 1 and (found == "None" or is_parameter(found)):
            filled = self._filled(key, chosen[0], [item for item in bindings if item.how == "value"], found)
            found = agreed([self._meaning(item, function, depth + 1) for item in filled] or [found])
        self._busy.discard(key)
        if depth < _DEPTH:
            self._known[key] = found
        return found

    def _chosen(self, bindings: list[Binding], block: int, line: int) -> list[Binding]:
        """The bindings that hold at a place: the last before it on its path, or all where the path is not known."""
        if len(bindings) == 1 or block < 0:
            return bindings
        above = self._above(block)
        before = [item for item in bindings if item.line <= line and item.block in above]
        earlier = [item for item in before if item.line < line or item.how in _REGIONS] or before
        return sorted(earlier, key=lambda item: item.line)[-1:] or bindings

    def _filled(
        self, key: tuple[int, str, int, int], chosen: Binding, bindings: list[Binding], found: str
    ) -> list[Binding]:
        """What a name that holds None, or a parameter, is given under a condition before it is used."""
        _, name, block, line = key
        above = self._above(block)
        later = [item for item in bindings if chosen.line < item.line < line and item.block not in above]
        return [item for item in later if found == "None" or self._hangs_on(item, {name})]

    def _hangs_on(self, binding: Binding, names: set[str]) -> bool:
        """Whether a binding stands under a test of one of these names: `if db is None:`."""
        tests = (self.blocks[at].value for at in self._above(binding.block) if self.blocks[at].kind in ("if", "else"))
        return any(_mentions(test, names) for test in tests if test is not None)

    def _above(self, block: int) -> set[int]:
        above = set()
        while block >= 0:
            above.add(block)
            block = self.blocks[block].parent
        return above

    def _meaning(self, binding: Binding, function: int, depth: int) -> str:
        function = max(function, binding.function)
        if binding.how == "ref":
            return binding.ref
        if binding.how == "annotation":
            return self.annotation(binding.ref, function, depth)
        if binding.how == "dependency":
            return self.result(self.ref(binding.value, self.functions[function].parent, -1, binding.line, depth + 1))
        block = self.blocks[binding.block].parent if binding.how in _REGIONS else binding.block
        if binding.how == "enters" and binding.value is not None and binding.value.kind == "call":
            callee = self.callee(binding.value.call, depth + 1)
            given = self.calls[binding.value.call].arguments
            if callee in _CLOSING and given:
                return self.ref(given[0].value, function, block, binding.line, depth + 1)
            entered = self.enters(callee)
            if entered:
                return entered
        ref = self.ref(binding.value, function, block, binding.line, depth + 1)
        if binding.how == "typed" and (ref.startswith("?") or ref.endswith(("()", "[]", ">"))):
            stated = self.annotation(binding.ref, function, depth)
            return ref if stated == "?" else stated
        if ref == "?" or binding.how in ("value", "typed"):
            return ref
        if binding.how == "element":
            return self.returns(ref + ".__iter__") or ref + "[]"
        return self.enters(ref) or ref

    def annotation(self, text: str, function: int, depth: int = 0) -> str:
        """The class that an annotation names; "?" for what is not one class."""
        text = text.strip("'\"")
        options = [part for part in split(text, "|") if part not in ("None", "...")]
        if len(options) != 1:
            return "?"
        head, _, rest = options[0].partition("[")
        inner = rest.removesuffix("]")
        short = head.rsplit(".", 1)[-1]
        if inner and (short in _UNWRAPPED or short in _YIELDING):
            members = [part for part in split(inner, ",") if part != "None"]
            if short == "Union" and len(members) != 1:
                return "?"
            position = 2 if short == "Coroutine" and len(members) > 2 else 0
            return self.annotation(members[position], function, depth + 1) if members and depth < _DEPTH else "?"
        first, _, tail = head.partition(".")
        if not first.isidentifier():
            return "?"
        base = self.name(first, function, -1, 0, depth + 1)
        ref = f"{base}.{tail}" if tail else base
        return "?" if ref in ("Any", "typing.Any", "object", "None") else ref


def _mentions(value: Value, names: set[str]) -> bool:
    if value.kind in ("name", "attr") and value.text in names:
        return True
    return any(_mentions(item, names) for item in value.parts)
