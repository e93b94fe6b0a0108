"""Statements lowered to facts: one walk over a file's tree keeps function, block, loop, handler and context."""

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from durability.facts.model import (
    Assign,
    Block,
    Call,
    Class,
    Decorator,
    Exit,
    ExitKind,
    Function,
    Import,
    Parameter,
    Span,
    Text,
    Value,
)
from durability.facts.values import UNKNOWN, Values, dotted
from durability.syntax.positions import Positions

_TYPE_CHECKING = frozenset({"TYPE_CHECKING", "typing.TYPE_CHECKING"})


class Lowering:
    """Collects the facts of one module. Refs are filled in afterwards, when every binding is known."""

    def __init__(self, positions: Positions) -> None:
        self.span: Callable[[cst.CSTNode], Span] = positions.span
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self.calls: list[Call] = []
        self.blocks: list[Block] = []
        self.assigns: list[Assign] = []
        self.exits: list[Exit] = []
        self.literals: list[Text] = []
        self.imports: list[Import] = []
        self.annotations: dict[int, cst.BaseExpression] = {}
        self.function = 0
        self.block = 0
        self.argument_of = -1
        self._reads: list[set[str]] = []
        self._globals: list[list[str]] = []
        self._class: list[int] = []
        self._exits_by_function: list[list[Exit]] = []
        self.values = Values(self)
        self._table: dict[type[cst.CSTNode], Callable[[Any], None]] = {
            cst.Expr: self._expression, cst.Assign: self._assign, cst.AnnAssign: self._annotated,
            cst.AugAssign: self._augmented, cst.Return: self._return, cst.Raise: self._raise,
            cst.Assert: self._assert, cst.Break: self._break, cst.Continue: self._continue, cst.Del: self._delete,
            cst.Global: self._global, cst.Import: self._import, cst.ImportFrom: self._import_from,
            cst.FunctionDef: self._function, cst.ClassDef: self._class_def, cst.If: self._if, cst.For: self._for,
            cst.While: self._while, cst.Try: self._try, cst.TryStar: self._try, cst.With: self._with,
            cst.Match: self._match,
        }  # fmt: skip

    def module(self, tree: cst.Module, span: Span) -> None:
        """Lower a whole module; function 0 is its body."""
        self._open_function(Function("<module>", "<module>", -1, "", 0, span), "function", span)
        self._body(tree.body)
        self._close_function()

    # What values report back.

    def read(self, base: Value, attribute: str) -> None:
        """Note that `name.attribute` is read in the current function."""
        text = f"{base.text}.{attribute}"
        if base.kind == "attr" and base.parts[0].kind == "name":
            text = f"{base.parts[0].text}.{text}"
        self._reads[-1].add(text)

    def literal(self, text: str, bound: str, where: Any, node: cst.CSTNode) -> None:
        """Keep a literal worth a look."""
        span, call = self.span(node), self.argument_of
        self.literals.append(Text(text, bound, where, self.function, self.block, span, call))

    def exit(self, kind: ExitKind, value: Value | None, cause: Value | None, node: cst.CSTNode) -> None:
        """Keep a statement that leaves its block."""
        self.exits.append(Exit(kind, value, cause, self.function, self.block, self.span(node)))
        if kind == "yield":
            self.functions[self.function].is_generator = True

    def exits_of(self, function: int) -> list[Exit]:
        """The exits of one function."""
        if len(self._exits_by_function) != len(self.functions):
            self._exits_by_function = [[] for _ in self.functions]
            for item in self.exits:
                self._exits_by_function[item.function].append(item)
        return self._exits_by_function[function]

    def assign(self, target: cst.BaseExpression, value: Value | None, op: str, node: cst.CSTNode) -> None:
        """Keep a binding."""
        self.assigns.append(Assign(self.values.lower(target), value, op, self.function, self.block, self.span(node)))

    def lambda_(self, node: cst.Lambda) -> int:
        """Lower a lambda as a function of its own; its index."""
        span = self.span(node)
        outer = self.functions[self.function]
        name = f"<lambda:{span[0]}:{span[1]}>"
        qualname = name if self.function == 0 else f"{outer.qualname}.{name}"
        index = self._open_function(Function(name, qualname, self.function, "", 0, span), "function", span)
        self.functions[index].parameters = self._parameters(node.params)
        value = self.values.lower(node.body)
        self.exits.append(Exit("return", value, None, self.function, self.block, span))
        self._mark(value, "returned")
        self._close_function()
        return index

    def comprehension(self, node: cst.BaseComp) -> Value:
        """Lower a comprehension: a block per `for`, its conditions and its element inside."""
        kept, span = self.block, self.span(node)
        iterables: list[Value] = []
        clause: cst.CompFor | None = node.for_in
        while clause is not None:
            iterable = self.values.lower(clause.iter)
            iterables.append(iterable)
            self._open("comp", span, iterable, _names(clause.target))
            self.blocks[self.block].is_async = clause.asynchronous is not None
            iterables.extend(self.values.lower(condition.test) for condition in clause.ifs)
            clause = clause.inner_for_in
        elements: tuple[Value, ...]
        if isinstance(node, cst.DictComp):
            elements = (self.values.lower(node.key), self.values.lower(node.value))
        elif isinstance(node, (cst.ListComp, cst.SetComp, cst.GeneratorExp)):
            elements = (self.values.lower(node.elt),)
        else:
            elements = (UNKNOWN,)
        self.block = kept
        return Value("comp", type(node).__name__, (*elements, *iterables))

    # Regions.

    def _open(
        self,
        kind: Any,
        span: Span,
        value: Value | None = None,
        targets: tuple[str, ...] = (),
        refs: tuple[str, ...] = (),
    ) -> int:
        self.blocks.append(Block(kind, self.block, self.function, span, value, targets, refs))
        self.block = len(self.blocks) - 1
        return self.block

    def _region(
        self,
        kind: Any,
        body: cst.BaseSuite,
        span: Span,
        value: Value | None = None,
        targets: tuple[str, ...] = (),
        refs: tuple[str, ...] = (),
    ) -> int:
        kept = self.block
        index = self._open(kind, span, value, targets, refs)
        self._body(body.body)
        self.block = kept
        self.blocks[kept].statements += self.blocks[index].statements
        return index

    def _open_function(self, function: Function, kind: Any, span: Span) -> int:
        self.functions.append(function)
        function.def_block = self.block if len(self.functions) > 1 else -1
        self._saved = (*getattr(self, "_saved", ()), (self.function, self.block))
        self.function = len(self.functions) - 1
        self.blocks.append(Block(kind, -1, self.function, span))
        self.block = function.block = len(self.blocks) - 1
        self._reads.append(set())
        self._globals.append([])
        return self.function

    def _close_function(self) -> None:
        function = self.functions[self.function]
        function.reads = tuple(sorted(self._reads.pop()))
        function.globals = tuple(self._globals.pop())
        function.statements = self.blocks[function.block].statements
        *rest, (self.function, self.block) = self._saved
        self._saved = tuple(rest)

    def _body(self, body: Sequence[cst.BaseStatement] | Sequence[cst.BaseSmallStatement]) -> None:
        block = self.blocks[self.block]
        for statement in body:
            if isinstance(statement, cst.SimpleStatementLine):
                self._body(statement.body)
                continue
            block.statements += 1
            handler = self._table.get(type(statement))
            if handler:
                handler(statement)

    # Simple statements.

    def _mark(self, value: Value, used: Any, into: tuple[str, ...] = ()) -> None:
        if value.kind == "call" and value.call >= 0:
            self.calls[value.call].used = used
            self.calls[value.call].into = into

    def _expression(self, node: cst.Expr) -> None:
        self._mark(self.values.lower(node.value), "dropped")

    def _assign(self, node: cst.Assign) -> None:
        targets = [target.target for target in node.targets]
        bound = dotted(targets[0]).rsplit(".", 1)[-1]
        if isinstance(targets[0], cst.Subscript):
            bound = _item_name(targets[0])
        value = self.values.named(node.value, bound, "assign")
        self._mark(value, "bound", tuple(name for target in targets for name in _names(target)))
        for target in targets:
            self._bind(target, value, node)

    def _bind(self, target: cst.BaseExpression, value: Value, node: cst.CSTNode) -> None:
        if not isinstance(target, (cst.Tuple, cst.List)):
            self.assign(target, value, "=", node)
            return
        paired = value.kind in ("tuple", "list") and len(value.parts) == len(target.elements)
        for index, element in enumerate(target.elements):
            part = value.parts[index] if paired else Value("item", "", (value, Value("const", str(index))))
            self._bind(element.value, part, node)

    def _annotated(self, node: cst.AnnAssign) -> None:
        value = None
        if node.value is not None:
            value = self.values.named(node.value, dotted(node.target).rsplit(".", 1)[-1], "assign")
            self._mark(value, "bound", _names(node.target))
        target = self.values.lower(node.target)
        text = annotation_text(node.annotation.annotation)
        self.assigns.append(Assign(target, value, "=", self.function, self.block, self.span(node), text))

    def _augmented(self, node: cst.AugAssign) -> None:
        value = self.values.lower(node.value)
        self.assign(node.target, value, type(node.operator).__name__.removesuffix("Assign") + "=", node)

    def _return(self, node: cst.Return) -> None:
        value = self.values.lower(node.value) if node.value is not None else None
        if value is not None:
            self._mark(value, "returned")
        self.exit("return", value, None, node)

    def _raise(self, node: cst.Raise) -> None:
        value = self.values.lower(node.exc) if node.exc is not None else None
        cause = self.values.lower(node.cause.item) if node.cause is not None else None
        self.exit("raise", value, cause, node)

    def _assert(self, node: cst.Assert) -> None:
        self.exit("assert", self.values.lower(node.test), None, node)

    def _break(self, node: cst.Break) -> None:
        self.exit("break", None, None, node)

    def _continue(self, node: cst.Continue) -> None:
        self.exit("continue", None, None, node)

    def _delete(self, node: cst.Del) -> None:
        targets = (
            [element.value for element in node.target.elements] if isinstance(node.target, cst.Tuple) else [node.target]
        )
        for target in targets:
            self.assign(target, None, "del", node)

    def _global(self, node: cst.Global) -> None:
        self._globals[-1].extend(item.name.value for item in node.names)

    def _import(self, node: cst.Import) -> None:
        for alias in node.names:
            path = dotted(alias.name)
            name = dotted(alias.asname.name) if alias.asname else path.split(".")[0]
            bound = path if alias.asname else path.split(".")[0]
            self._add_import(name, bound, path, node)

    def _add_import(self, name: str, bound: str, path: str, node: cst.CSTNode) -> None:
        self.imports.append(Import(name, bound, self.function, self.block, self.span(node), self._guarded()))
        if bound != path:
            self.imports.append(Import("", path, self.function, self.block, self.span(node), self._guarded()))

    def _import_from(self, node: cst.ImportFrom) -> None:
        base = "." * len(node.relative) + (dotted(node.module) if node.module else "")
        if isinstance(node.names, cst.ImportStar):
            self.imports.append(Import("*", base, self.function, self.block, self.span(node), self._guarded()))
            return
        for alias in node.names:
            imported = dotted(alias.name)
            name = dotted(alias.asname.name) if alias.asname else imported
            path = base + imported if base.endswith(".") else f"{base}.{imported}"
            self.imports.append(Import(name, path, self.function, self.block, self.span(node), self._guarded()))

    def _guarded(self) -> bool:
        at = self.block
        while at >= 0:
            block = self.blocks[at]
            if block.kind in ("try", "handler"):
                return True
            if block.kind == "if" and block.value is not None and dotted_value(block.value) in _TYPE_CHECKING:
                return True
            at = block.parent
        return False

    # Compound statements.

    def _decorators(self, nodes: Sequence[cst.Decorator]) -> tuple[Decorator, ...]:
        found = []
        for node in nodes:
            value = self.values.lower(node.decorator)
            is_call = value.kind == "call"
            found.append(
                Decorator(
                    dotted(node.decorator.func if isinstance(node.decorator, cst.Call) else node.decorator),
                    value.call if is_call else -1,
                )
            )
        return tuple(found)

    def _function(self, node: cst.FunctionDef) -> None:
        decorators = self._decorators(node.decorators)
        outer = self.functions[self.function]
        in_class = self.blocks[self.block].kind == "class" and bool(self._class)
        owner = self.classes[self._class[-1]].qualname if in_class else ""
        prefix = owner or ("" if self.function == 0 else outer.qualname)
        qualname = f"{prefix}.{node.name.value}" if prefix else node.name.value
        span = self.span(node)
        parameters = self._parameters(node.params)
        function = Function(node.name.value, qualname, self.function, owner, 0, span, parameters, decorators)
        function.is_async = node.asynchronous is not None
        if node.returns is not None:
            function.returns = annotation_text(node.returns.annotation)
        if in_class:
            holder = self.classes[self._class[-1]]
            holder.methods = (*holder.methods, node.name.value)
        kept, self._class = self._class, []
        self._open_function(function, "function", span)
        self._body(node.body.body)
        self._close_function()
        self._class = kept

    def _parameters(self, node: cst.Parameters) -> tuple[Parameter, ...]:
        found: list[Parameter] = []
        groups: list[tuple[Sequence[cst.Param], Any]] = [
            (node.posonly_params, "positional"), (node.params, "positional"), (node.kwonly_params, "keyword"),
        ]  # fmt: skip
        if isinstance(node.star_arg, cst.Param):
            groups.append(([node.star_arg], "star"))
        if node.star_kwarg is not None:
            groups.append(([node.star_kwarg], "double-star"))
        for group, kind in groups:
            for param in group:
                default = self.values.named(param.default, param.name.value, "default") if param.default else None
                text = annotation_text(param.annotation.annotation) if param.annotation else ""
                if param.annotation and "Annotated" in text:
                    default = default or self._annotated_default(param.annotation.annotation)
                found.append(Parameter(param.name.value, "", text, default, kind))
        return tuple(found)

    def _annotated_default(self, node: cst.BaseExpression) -> Value | None:
        if not isinstance(node, cst.Subscript) or len(node.slice) < 2:
            return None
        last = node.slice[-1].slice
        return self.values.lower(last.value) if isinstance(last, cst.Index) else None

    def _class_def(self, node: cst.ClassDef) -> None:
        decorators = self._decorators(node.decorators)
        bases = tuple(dotted(base.value) for base in node.bases if base.star == "")
        for base in (*node.bases, *node.keywords):
            self.values.lower(base.value)
        outer = self.functions[self.function]
        prefix = (
            self.classes[self._class[-1]].qualname if self._class else ("" if self.function == 0 else outer.qualname)
        )
        qualname = f"{prefix}.{node.name.value}" if prefix else node.name.value
        span = self.span(node)
        self.classes.append(Class(node.name.value, qualname, bases, span, decorators, {}))
        self._class.append(len(self.classes) - 1)
        self._region("class", node.body, span, None, (qualname,))
        self._class.pop()

    def _if(self, node: cst.If) -> None:
        test = self.values.lower(node.test)
        self._region("if", node.body, self.span(node), test)
        if isinstance(node.orelse, cst.If):
            kept = self.block
            region = self.blocks[self._open("else", self.span(node.orelse), test)]
            region.statements += 1
            self._if(node.orelse)
            self.block = kept
            self.blocks[kept].statements += region.statements
        elif node.orelse is not None:
            self._region("else", node.orelse.body, self.span(node.orelse), test)

    def _for(self, node: cst.For) -> None:
        iterable = self.values.lower(node.iter)
        index = self._region("for", node.body, self.span(node), iterable, _names(node.target))
        self.blocks[index].is_async = node.asynchronous is not None
        self._else(node.orelse)

    def _while(self, node: cst.While) -> None:
        kept = self.block
        region = self.blocks[self._open("while", self.span(node))]
        region.value = self.values.lower(node.test)
        self._body(node.body.body)
        self.block = kept
        self.blocks[kept].statements += region.statements
        self._else(node.orelse)

    def _else(self, node: cst.Else | None) -> None:
        if node is not None:
            self._region("else", node.body, self.span(node))

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        guarded = Value("const", str(self._region("try", node.body, self.span(node))))
        for handler in node.handlers:
            refs = () if handler.type is None else _exception_types(handler.type)
            name = _names(handler.name.name) if handler.name is not None else ()
            self._region("handler", handler.body, self.span(handler), guarded, name, refs)
        self._else(node.orelse)
        if node.finalbody is not None:
            self._region("finally", node.finalbody.body, self.span(node.finalbody), guarded)

    def _with(self, node: cst.With) -> None:
        kept, span = self.block, self.span(node)
        opened = []
        for item in node.items:
            value = self.values.lower(item.item)
            targets = _names(item.asname.name) if item.asname else ()
            self._mark(value, "bound", targets)
            opened.append(self._open("with", span, value, targets))
            self.blocks[self.block].is_async = node.asynchronous is not None
        self._body(node.body.body)
        statements = self.blocks[self.block].statements
        for index in opened:
            self.blocks[index].statements = statements
        self.block = kept
        self.blocks[kept].statements += statements

    def _match(self, node: cst.Match) -> None:
        subject = self.values.lower(node.subject)
        kept = self.block
        region = self.blocks[self._open("match", self.span(node), subject)]
        for case in node.cases:
            if case.guard is not None:
                self.values.lower(case.guard)
            self._region("case", case.body, self.span(case), subject)
        self.block = kept
        self.blocks[kept].statements += region.statements


def _names(node: cst.BaseExpression) -> tuple[str, ...]:
    if isinstance(node, (cst.Tuple, cst.List)):
        return tuple(name for element in node.elements for name in _names(element.value))
    if isinstance(node, cst.Name):
        return (node.value,)
    if isinstance(node, cst.Attribute):
        return (dotted(node),)
    return ()


def _item_name(node: cst.Subscript) -> str:
    first = node.slice[0].slice if node.slice else None
    if isinstance(first, cst.Index) and isinstance(first.value, cst.SimpleString):
        return first.value.raw_value
    return ""


def _exception_types(node: cst.BaseExpression) -> tuple[str, ...]:
    if isinstance(node, cst.Tuple):
        return tuple(dotted(element.value) for element in node.elements)
    return (dotted(node),)


def dotted_value(value: Value) -> str:
    """The dotted text of a name or attribute value; "" for anything else."""
    if value.kind == "name":
        return value.text
    if value.kind == "attr":
        base = dotted_value(value.parts[0])
        return f"{base}.{value.text}" if base else ""
    return ""


def annotation_text(node: cst.BaseExpression) -> str:
    """An annotation as text without spaces, quotes removed: `list[str]`, `User|None`, `Annotated[Session,...]`."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.SimpleString):
        return node.raw_value.replace(" ", "")
    if isinstance(node, cst.Attribute):
        return f"{annotation_text(node.value)}.{node.attr.value}"
    if isinstance(node, cst.Subscript):
        inner = [
            annotation_text(item.slice.value) if isinstance(item.slice, cst.Index) else "..." for item in node.slice
        ]
        return f"{annotation_text(node.value)}[{','.join(inner)}]"
    if isinstance(node, cst.BinaryOperation):
        return f"{annotation_text(node.left)}|{annotation_text(node.right)}"
    return "..."
