"""From the text of one file to its facts."""

import libcst as cst

from durability.facts.comments import MARKER, read_comments
from durability.facts.lower import Lowering
from durability.facts.model import Argument, Assign, Block, Call, Class, Decorator, FileFacts, Parameter, Value
from durability.facts.names import PARTIAL, Binding, Names
from durability.facts.refs import agreed
from durability.knowledge import knowledge
from durability.knowledge.stdlib import STDLIB
from durability.syntax.positions import Positions

_DEPENDS = ("Depends", "Security")
"""Defaults that name the function from which the framework takes a parameter."""


_UNPACKED = {"star": "tuple", "double-star": "dict"}

_REFERRING = frozenset({"name", "attr", "call", "item", "if", "or", "and"})
"""Arguments that may be an object made elsewhere."""


class NotPython(Exception):
    """The text cannot be parsed; the message says where and why."""


def collect(text: str, path: str, module: str) -> FileFacts:
    """The facts of one file.

    `text` has `\\n` line ends and no BOM and has passed the depth guard; `path` is relative to the project root and
    `module` the dotted name it would be imported by. Raises NotPython when LibCST cannot parse it.
    """
    try:
        tree = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        message = f"line {error.raw_line}: {error.message.splitlines()[0] if error.message else 'syntax error'}"
        raise NotPython(message) from None
    except (cst.CSTValidationError, cst.CSTLogicError) as error:
        raise NotPython(str(error).splitlines()[0] if str(error) else "not a valid program") from None
    positions = Positions(tree)
    lowering = Lowering(positions)
    lines = text.count("\n") + (not text.endswith("\n"))
    lowering.module(tree, (1, 1, max(lines, 1), 1))
    names = _names(lowering)
    _resolve(lowering, names)
    return FileFacts(
        path=path,
        module=module,
        imports=tuple(lowering.imports),
        functions=tuple(lowering.functions),
        classes=tuple(lowering.classes),
        calls=tuple(lowering.calls),
        blocks=tuple(lowering.blocks),
        assigns=tuple(lowering.assigns),
        exits=tuple(lowering.exits),
        literals=tuple(lowering.literals),
        suppressions=read_comments(positions.comments(MARKER), text) if MARKER in text else (),
        bindings={name: names.name(name, 0, -1, 0) for name in sorted(names.scopes[0])},
        objects=_objects(names),
        statements=lowering.functions[0].statements + sum(f.statements for f in lowering.functions[1:]),
        lines=lines,
    )


def _objects(names: Names) -> frozenset[str]:
    own = {name for name in names.scopes[0] if names.holds_object(name, 0, -1, 0)}
    return frozenset(
        own
        | {
            f"{item}.{name}"
            for item, kept in names.attributes.items()
            for name in kept
            if names.keeps_object(item, name)
        }
    )


def _names(low: Lowering) -> Names:
    library = knowledge()
    names = Names(low.blocks, low.calls, low.functions, library)
    names.classes = frozenset(item.qualname for item in low.classes)
    for imported in low.imports:
        if imported.name and imported.name != "*":
            place = Binding(imported.block, imported.span[0], "ref", imported.path, None)
            names.bind(imported.function, imported.name, place)
    for index, function in enumerate(low.functions):
        if index and not function.owner and not function.name.startswith("<"):
            ref = ":" + function.qualname
            names.bind(function.parent, function.name, Binding(function.def_block, function.span[0], "ref", ref, None))
        _bind_parameters(names, low, index)
    for item in low.classes:
        if "." not in item.qualname:
            names.bind(0, item.name, Binding(0, item.span[0], "ref", ":" + item.qualname, None))
    for index, block in enumerate(low.blocks):
        _bind_targets(names, block, index)
    for assign in low.assigns:
        _bind_assign(names, low, assign)
    return names


def _bind_targets(names: Names, block: Block, index: int) -> None:
    how = {"for": "element", "comp": "element", "with": "enters"}.get(block.kind)
    if how is not None:
        single = len(block.targets) == 1
        for target in block.targets:
            binding = Binding(index, block.span[0], how if single else "unknown", "", block.value if single else None)
            names.bind(block.function, target, binding)
    if block.kind == "handler" and block.targets:
        names.bind(block.function, block.targets[0], Binding(index, block.span[0], "ref", "Exception", None))


def _bind_parameters(names: Names, low: Lowering, index: int) -> None:
    function = low.functions[index]
    line = function.span[0]
    is_static = any(decorator.ref == "staticmethod" for decorator in function.decorators)
    for position, parameter in enumerate(function.parameters):
        if position == 0 and function.owner and not is_static:
            binding = Binding(function.block, line, "ref", ":" + function.owner, None)
        elif parameter.annotation and parameter.kind in ("positional", "keyword"):
            binding = Binding(function.block, line, "annotation", parameter.annotation, None)
        elif (provider := _provider(low, parameter)) is not None:
            binding = Binding(function.block, line, "dependency", "", provider)
        else:
            ref = _UNPACKED.get(parameter.kind, f"${index}:{parameter.name}")
            binding = Binding(function.block, line, "ref", ref, None)
        names.bind(index, parameter.name, binding)


def _provider(low: Lowering, parameter: Parameter) -> Value | None:
    """The function that a framework calls for the parameter: `get_db` in `db=Depends(get_db)`."""
    default = parameter.default
    if default is None or default.kind != "call" or default.text.rsplit(".", 1)[-1] not in _DEPENDS:
        return None
    return next((item.value for item in low.calls[default.call].arguments if item.keyword in ("", "dependency")), None)


def _bind_assign(names: Names, low: Lowering, item: Assign) -> None:
    if item.op == "del":
        return
    line = item.span[0]
    how = "value"
    if item.annotation:
        how = "annotation" if _is_unset(item.value) else "typed"
    binding = Binding(item.block, line, how, item.annotation, item.value, item.function)
    if item.op != "=":
        return
    if item.target.kind == "name":
        owner = _enclosing_class(low, item.block)
        if owner:
            names.bind_attribute(owner, item.target.text, item.function, binding)
        else:
            function = 0 if item.target.text in low.functions[item.function].globals else item.function
            names.bind(function, item.target.text, binding)
    elif item.target.kind == "attr" and item.target.parts[0].kind == "name":
        owner = _self_owner(low, item.function, item.target.parts[0].text)
        if owner:
            names.bind_attribute(owner, item.target.text, item.function, binding)


def _is_unset(value: Value | None) -> bool:
    return value is None or (value.kind == "const" and value.text == "None")


def _enclosing_class(low: Lowering, block: int) -> str:
    while block >= 0:
        if low.blocks[block].kind == "class":
            return low.blocks[block].targets[0]
        block = low.blocks[block].parent
    return ""


def _self_owner(low: Lowering, function: int, name: str) -> str:
    while function > 0:
        fact = low.functions[function]
        if fact.owner:
            return fact.owner if fact.parameters and fact.parameters[0].name == name else ""
        function = fact.parent
    return ""


def _resolve(low: Lowering, names: Names) -> None:
    imported = {item.path.split(".")[0] for item in low.imports} - STDLIB
    for index, call in enumerate(low.calls):
        ref = names.callee(index)
        # Only a function of the project is followed inside, and those of libraries are the most.
        followed = ref[:1] in (":", ".") or ref.split(".", 1)[0] in imported or names.runs(ref) is not None
        if call.arguments and (followed or ref == PARTIAL):
            call.arguments = tuple(_argument(names, call, item) for item in call.arguments)
        elif any(_may_be_method(item.value) for item in call.arguments):
            call.arguments = tuple(
                _argument(names, call, item) if _may_be_method(item.value) else item for item in call.arguments
            )
    for index, function in enumerate(low.functions):
        function.parameters = tuple(
            Parameter(
                p.name, names.annotation(p.annotation, index) if p.annotation else "", p.annotation, p.default, p.kind
            )
            for p in function.parameters
        )
        function.decorators = _decorators(names, low, function.decorators, function.parent)
        function.returns = _returned(names, low, index)
        function.parts = _returned_parts(names, low, index)
    for item in low.classes:
        _resolve_class(names, low, item)
    for block in low.blocks:
        if block.kind == "handler":
            block.refs = tuple(names.annotation(ref, block.function) for ref in block.refs)


def _may_be_method(value: Value) -> bool:
    """Whether a value may be a method of an object that is made here: `worker.run`, `Worker().run`."""
    return (
        value.kind == "attr" and value.parts[0].kind in ("name", "call") and value.parts[0].text not in ("self", "cls")
    )


def _argument(names: Names, call: Call, item: Argument) -> Argument:
    if item.value.kind not in _REFERRING:
        return item
    ref = names.ref(item.value, call.function, call.block, call.span[0])
    return item if ref.startswith("?") else Argument(item.keyword, item.value, ref)


def _decorators(names: Names, low: Lowering, items: tuple[Decorator, ...], scope: int) -> tuple[Decorator, ...]:
    found = []
    for item in items:
        if item.call >= 0:
            found.append(Decorator(low.calls[item.call].ref, item.call))
        else:
            found.append(Decorator(_dotted_ref(names, item.ref, max(scope, 0)), -1))
    return tuple(found)


def _dotted_ref(names: Names, text: str, function: int) -> str:
    first, _, rest = text.partition(".")
    base = names.name(first, function, -1, 0)
    return f"{base}.{rest}" if rest else base


def _returned(names: Names, low: Lowering, index: int) -> str:
    function = low.functions[index]
    if function.returns:
        found = names.annotation(function.returns, max(function.parent, 0))
        if found != "?":
            return found
    refs = {
        names.ref(item.value, index, item.block, item.span[0])
        for item in low.exits_of(index)
        if item.kind == ("yield" if function.is_generator else "return") and item.value is not None
    } - {"None"}
    return refs.pop() if len(refs) == 1 else "?"


def _returned_parts(names: Names, low: Lowering, index: int) -> tuple[str, ...]:
    """The refs of the parts of the tuple that a function returns, where all its returns give the same."""
    returned = [item for item in low.exits_of(index) if item.kind == "return" and item.value is not None]
    tuples = [item for item in returned if item.value is not None and item.value.kind == "tuple"]
    sizes = {len(item.value.parts) for item in tuples if item.value is not None}
    if len(sizes) != 1 or len(tuples) != len(returned):
        return ()
    refs = [
        [names.ref(part, index, item.block, item.span[0]) for part in item.value.parts]
        for item in tuples
        if item.value is not None
    ]
    return tuple(agreed([ref for ref in place if ref != "None"]) for place in zip(*refs, strict=True))


def _resolve_class(names: Names, low: Lowering, item: Class) -> None:
    item.bases = tuple(_dotted_ref(names, base, 0) for base in item.bases)
    item.decorators = _decorators(names, low, item.decorators, 0)
    stored = names.attributes.get(item.qualname, {})
    item.attributes = {
        name: ref
        for name in sorted(stored)
        if not (ref := names._attribute(":" + item.qualname, name, 0)).startswith("?")
    }
