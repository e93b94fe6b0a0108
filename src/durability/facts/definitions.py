"""Functions, classes and their parameters lowered."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import libcst as cst

from durability.facts.model import Class, Decorator, Function, Parameter, Value
from durability.facts.spelling import annotation_text, dotted

if TYPE_CHECKING:
    from durability.facts.lower import Lowering


class Definitions:
    """Lowers functions and classes for one file."""

    def __init__(self, lowering: "Lowering") -> None:
        self.low = lowering
        self._classes: list[int] = []
        self.table: dict[type[cst.CSTNode], Callable[[Any], None]] = {
            cst.FunctionDef: self._function,
            cst.ClassDef: self._class_def,
        }

    def _decorators(self, nodes: Sequence[cst.Decorator]) -> tuple[Decorator, ...]:
        found = []
        for node in nodes:
            value = self.low.values.lower(node.decorator)
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
        outer = self.low.functions[self.low.function]
        in_class = self.low.blocks[self.low.block].kind == "class" and bool(self._classes)
        owner = self.low.classes[self._classes[-1]].qualname if in_class else ""
        prefix = owner or ("" if self.low.function == 0 else outer.qualname)
        qualname = f"{prefix}.{node.name.value}" if prefix else node.name.value
        span = self.low.span(node)
        parameters = self.parameters(node.params)
        function = Function(node.name.value, qualname, self.low.function, owner, 0, span, parameters, decorators)
        function.is_async = node.asynchronous is not None
        if node.returns is not None:
            function.returns = annotation_text(node.returns.annotation)
        if in_class:
            holder = self.low.classes[self._classes[-1]]
            holder.methods = (*holder.methods, node.name.value)
        kept, self._classes = self._classes, []
        self.low.open_function(function, "function", span)
        self.low.body(node.body.body)
        self.low.close_function()
        self._classes = kept

    def parameters(self, node: cst.Parameters) -> tuple[Parameter, ...]:
        """The parameters of a function or lambda; defaults are evaluated outside it."""
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
                default = self.low.values.named(param.default, param.name.value, "default") if param.default else None
                text = annotation_text(param.annotation.annotation) if param.annotation else ""
                if param.annotation and "Annotated" in text:
                    default = default or self._annotated_default(param.annotation.annotation)
                found.append(Parameter(param.name.value, "", text, default, kind))
        return tuple(found)

    def _annotated_default(self, node: cst.BaseExpression) -> Value | None:
        if not isinstance(node, cst.Subscript) or len(node.slice) < 2:
            return None
        last = node.slice[-1].slice
        return self.low.values.lower(last.value) if isinstance(last, cst.Index) else None

    def _class_def(self, node: cst.ClassDef) -> None:
        decorators = self._decorators(node.decorators)
        bases = tuple(dotted(base.value) for base in node.bases if base.star == "")
        for base in (*node.bases, *node.keywords):
            self.low.values.lower(base.value)
        outer = self.low.functions[self.low.function]
        prefix = (
            self.low.classes[self._classes[-1]].qualname
            if self._classes
            else ("" if self.low.function == 0 else outer.qualname)
        )
        qualname = f"{prefix}.{node.name.value}" if prefix else node.name.value
        span = self.low.span(node)
        self.low.classes.append(Class(node.name.value, qualname, bases, span, decorators, {}))
        self._classes.append(len(self.low.classes) - 1)
        self.low.region("class", node.body, span, None, (qualname,))
        self._classes.pop()
