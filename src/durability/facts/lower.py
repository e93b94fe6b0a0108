"""Statements lowered to facts: one walk over a file's tree keeps function, block, loop, handler and context."""

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from durability.facts.compounds import Compounds
from durability.facts.definitions import Definitions
from durability.facts.model import (
    Assign,
    Block,
    Call,
    Class,
    Exit,
    ExitKind,
    Function,
    Import,
    Span,
    Text,
    Value,
)
from durability.facts.spelling import names
from durability.facts.statements import Statements
from durability.facts.values import UNKNOWN, Values
from durability.syntax.positions import Positions


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
        self.function = 0
        self.block = 0
        self.argument_of = -1
        self._reads: list[set[str]] = []
        self.globals: list[list[str]] = []
        self._saved: list[tuple[int, int]] = []
        self._exits_by_function: list[list[Exit]] = []
        self.values = Values(self)
        self._definitions = Definitions(self)
        self._table: dict[type[cst.CSTNode], Callable[[Any], None]] = {
            **Statements(self).table,
            **self._definitions.table,
            **Compounds(self).table,
        }

    def module(self, tree: cst.Module, span: Span) -> None:
        """Lower a whole module; function 0 is its body."""
        self.open_function(Function("<module>", "<module>", -1, "", 0, span), "function", span)
        self.body(tree.body)
        self.close_function()

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
        bound = self.values.target(target) if op in ("=", "del") else self.values.lower(target)
        self.assigns.append(Assign(bound, value, op, self.function, self.block, self.span(node)))

    def lambda_(self, node: cst.Lambda) -> int:
        """Lower a lambda as a function of its own; its index."""
        span = self.span(node)
        outer = self.functions[self.function]
        name = f"<lambda:{span[0]}:{span[1]}>"
        qualname = name if self.function == 0 else f"{outer.qualname}.{name}"
        index = self.open_function(Function(name, qualname, self.function, "", 0, span), "function", span)
        self.functions[index].parameters = self._definitions.parameters(node.params)
        value = self.values.lower(node.body)
        self.exits.append(Exit("return", value, None, self.function, self.block, span))
        self.mark(value, "returned")
        self.close_function()
        return index

    def comprehension(self, node: cst.BaseComp) -> Value:
        """Lower a comprehension: a block per `for`, its conditions and its element inside."""
        kept, span = self.block, self.span(node)
        iterables: list[Value] = []
        clause: cst.CompFor | None = node.for_in
        while clause is not None:
            iterable = self.values.lower(clause.iter)
            iterables.append(iterable)
            self.open("comp", span, iterable, names(clause.target))
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

    def open(
        self,
        kind: Any,
        span: Span,
        value: Value | None = None,
        targets: tuple[str, ...] = (),
        refs: tuple[str, ...] = (),
    ) -> int:
        """Begin a block inside the current one; its index."""
        self.blocks.append(Block(kind, self.block, self.function, span, value, targets, refs))
        self.block = len(self.blocks) - 1
        return self.block

    def region(
        self,
        kind: Any,
        body: cst.BaseSuite,
        span: Span,
        value: Value | None = None,
        targets: tuple[str, ...] = (),
        refs: tuple[str, ...] = (),
    ) -> int:
        """Lower a suite as a block of its own; its index."""
        kept = self.block
        index = self.open(kind, span, value, targets, refs)
        self.body(body.body)
        self.block = kept
        self.blocks[kept].statements += self.blocks[index].statements
        return index

    def open_function(self, function: Function, kind: Any, span: Span) -> int:
        """Begin a function; its index."""
        self.functions.append(function)
        function.def_block = self.block if len(self.functions) > 1 else -1
        self._saved.append((self.function, self.block))
        self.function = len(self.functions) - 1
        self.blocks.append(Block(kind, -1, self.function, span))
        self.block = function.block = len(self.blocks) - 1
        self._reads.append(set())
        self.globals.append([])
        return self.function

    def close_function(self) -> None:
        """End the current function."""
        function = self.functions[self.function]
        function.reads = tuple(sorted(self._reads.pop()))
        function.globals = tuple(self.globals.pop())
        function.statements = self.blocks[function.block].statements
        self.function, self.block = self._saved.pop()

    def body(self, body: Sequence[cst.BaseStatement] | Sequence[cst.BaseSmallStatement]) -> None:
        """Lower statements into the current block."""
        block = self.blocks[self.block]
        for statement in body:
            if isinstance(statement, cst.SimpleStatementLine):
                self.body(statement.body)
                continue
            block.statements += 1
            handler = self._table.get(type(statement))
            if handler:
                handler(statement)

    # Simple statements.

    def mark(self, value: Value, used: Any, into: tuple[str, ...] = ()) -> None:
        """Say what becomes of the result of a call."""
        if value.kind == "call" and value.call >= 0:
            self.calls[value.call].used = used
            self.calls[value.call].into = into
