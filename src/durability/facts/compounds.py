"""Compound statements lowered: every region becomes a block."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from durability.facts.model import Value
from durability.facts.spelling import exception_types, names

if TYPE_CHECKING:
    from durability.facts.lower import Lowering


class Compounds:
    """Lowers compound statements for one file."""

    def __init__(self, lowering: "Lowering") -> None:
        self.low = lowering
        self.table: dict[type[cst.CSTNode], Callable[[Any], None]] = {
            cst.If: self._if,
            cst.For: self._for,
            cst.While: self._while,
            cst.Try: self._try,
            cst.TryStar: self._try,
            cst.With: self._with,
            cst.Match: self._match,
        }

    def _if(self, node: cst.If) -> None:
        test = self.low.values.lower(node.test)
        self.low.region("if", node.body, self.low.span(node), test)
        if isinstance(node.orelse, cst.If):
            kept = self.low.block
            region = self.low.blocks[self.low.open("else", self.low.span(node.orelse), test)]
            region.statements += 1
            self._if(node.orelse)
            self.low.block = kept
            self.low.blocks[kept].statements += region.statements
        elif node.orelse is not None:
            self.low.region("else", node.orelse.body, self.low.span(node.orelse), test)

    def _for(self, node: cst.For) -> None:
        iterable = self.low.values.lower(node.iter)
        index = self.low.region("for", node.body, self.low.span(node), iterable, names(node.target))
        self.low.blocks[index].is_async = node.asynchronous is not None
        self._else(node.orelse)

    def _while(self, node: cst.While) -> None:
        kept = self.low.block
        region = self.low.blocks[self.low.open("while", self.low.span(node))]
        region.value = self.low.values.lower(node.test)
        self.low.body(node.body.body)
        self.low.block = kept
        self.low.blocks[kept].statements += region.statements
        self._else(node.orelse)

    def _else(self, node: cst.Else | None) -> None:
        if node is not None:
            self.low.region("else", node.body, self.low.span(node))

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        guarded = Value("const", str(self.low.region("try", node.body, self.low.span(node))))
        for handler in node.handlers:
            refs = () if handler.type is None else exception_types(handler.type)
            name = names(handler.name.name) if handler.name is not None else ()
            self.low.region("handler", handler.body, self.low.span(handler), guarded, name, refs)
        self._else(node.orelse)
        if node.finalbody is not None:
            self.low.region("finally", node.finalbody.body, self.low.span(node.finalbody), guarded)

    def _with(self, node: cst.With) -> None:
        kept, span = self.low.block, self.low.span(node)
        opened = []
        for item in node.items:
            value = self.low.values.lower(item.item)
            targets = names(item.asname.name) if item.asname else ()
            self.low.mark(value, "bound", targets)
            opened.append(self.low.open("with", span, value, targets))
            self.low.blocks[self.low.block].is_async = node.asynchronous is not None
        self.low.body(node.body.body)
        statements = self.low.blocks[self.low.block].statements
        for index in opened:
            self.low.blocks[index].statements = statements
        self.low.block = kept
        self.low.blocks[kept].statements += statements

    def _match(self, node: cst.Match) -> None:
        subject = self.low.values.lower(node.subject)
        kept = self.low.block
        region = self.low.blocks[self.low.open("match", self.low.span(node), subject)]
        for case in node.cases:
            if case.guard is not None:
                self.low.values.lower(case.guard)
            self.low.region("case", case.body, self.low.span(case), subject)
        self.low.block = kept
        self.low.blocks[kept].statements += region.statements
