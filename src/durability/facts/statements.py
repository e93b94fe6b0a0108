"""Simple statements lowered: bindings, exits, imports."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from durability.facts.model import Assign, Import, Value
from durability.facts.spelling import annotation_text, dotted, dotted_value, item_name, names

if TYPE_CHECKING:
    from durability.facts.lower import Lowering

_TYPE_CHECKING = frozenset({"TYPE_CHECKING", "typing.TYPE_CHECKING"})


class Statements:
    """Lowers simple statements for one file."""

    def __init__(self, lowering: "Lowering") -> None:
        self.low = lowering
        self.table: dict[type[cst.CSTNode], Callable[[Any], None]] = {
            cst.Expr: self._expression,
            cst.Assign: self._assign,
            cst.AnnAssign: self._annotated,
            cst.AugAssign: self._augmented,
            cst.Return: self._return,
            cst.Raise: self._raise,
            cst.Assert: self._assert,
            cst.Break: self._break,
            cst.Continue: self._continue,
            cst.Del: self._delete,
            cst.Global: self._global,
            cst.Import: self._import,
            cst.ImportFrom: self._import_from,
        }

    def _expression(self, node: cst.Expr) -> None:
        self.low.mark(self.low.values.lower(node.value), "dropped")

    def _assign(self, node: cst.Assign) -> None:
        targets = [target.target for target in node.targets]
        bound = dotted(targets[0]).rsplit(".", 1)[-1]
        if isinstance(targets[0], cst.Subscript):
            bound = item_name(targets[0])
        value = self.low.values.named(node.value, bound, "assign")
        self.low.mark(value, "bound", tuple(name for target in targets for name in names(target)))
        for target in targets:
            self._bind(target, value, node)

    def _bind(self, target: cst.BaseExpression, value: Value, node: cst.CSTNode) -> None:
        if not isinstance(target, (cst.Tuple, cst.List)):
            self.low.assign(target, value, "=", node)
            return
        paired = value.kind in ("tuple", "list") and len(value.parts) == len(target.elements)
        for index, element in enumerate(target.elements):
            part = value.parts[index] if paired else Value("item", "", (value, Value("const", str(index))))
            self._bind(element.value, part, node)

    def _annotated(self, node: cst.AnnAssign) -> None:
        value = None
        if node.value is not None:
            value = self.low.values.named(node.value, dotted(node.target).rsplit(".", 1)[-1], "assign")
            self.low.mark(value, "bound", names(node.target))
        target = self.low.values.lower(node.target)
        text = annotation_text(node.annotation.annotation)
        self.low.assigns.append(
            Assign(target, value, "=", self.low.function, self.low.block, self.low.span(node), text)
        )

    def _augmented(self, node: cst.AugAssign) -> None:
        value = self.low.values.lower(node.value)
        self.low.assign(node.target, value, type(node.operator).__name__.removesuffix("Assign") + "=", node)

    def _return(self, node: cst.Return) -> None:
        value = self.low.values.lower(node.value) if node.value is not None else None
        if value is not None:
            self.low.mark(value, "returned")
        self.low.exit("return", value, None, node)

    def _raise(self, node: cst.Raise) -> None:
        value = self.low.values.lower(node.exc) if node.exc is not None else None
        cause = self.low.values.lower(node.cause.item) if node.cause is not None else None
        self.low.exit("raise", value, cause, node)

    def _assert(self, node: cst.Assert) -> None:
        self.low.exit("assert", self.low.values.lower(node.test), None, node)

    def _break(self, node: cst.Break) -> None:
        self.low.exit("break", None, None, node)

    def _continue(self, node: cst.Continue) -> None:
        self.low.exit("continue", None, None, node)

    def _delete(self, node: cst.Del) -> None:
        targets = (
            [element.value for element in node.target.elements] if isinstance(node.target, cst.Tuple) else [node.target]
        )
        for target in targets:
            self.low.assign(target, None, "del", node)

    def _global(self, node: cst.Global) -> None:
        self.low.globals[-1].extend(item.name.value for item in node.names)

    def _import(self, node: cst.Import) -> None:
        for alias in node.names:
            path = dotted(alias.name)
            name = dotted(alias.asname.name) if alias.asname else path.split(".")[0]
            bound = path if alias.asname else path.split(".")[0]
            self._add_import(name, bound, path, node)

    def _add_import(self, name: str, bound: str, path: str, node: cst.CSTNode) -> None:
        self.low.imports.append(
            Import(name, bound, self.low.function, self.low.block, self.low.span(node), self._guarded())
        )
        if bound != path:
            self.low.imports.append(
                Import("", path, self.low.function, self.low.block, self.low.span(node), self._guarded())
            )

    def _import_from(self, node: cst.ImportFrom) -> None:
        base = "." * len(node.relative) + (dotted(node.module) if node.module else "")
        if isinstance(node.names, cst.ImportStar):
            self.low.imports.append(
                Import("*", base, self.low.function, self.low.block, self.low.span(node), self._guarded())
            )
            return
        for alias in node.names:
            imported = dotted(alias.name)
            name = dotted(alias.asname.name) if alias.asname else imported
            path = base + imported if base.endswith(".") else f"{base}.{imported}"
            self.low.imports.append(
                Import(name, path, self.low.function, self.low.block, self.low.span(node), self._guarded())
            )

    def _guarded(self) -> bool:
        at = self.low.block
        while at >= 0:
            block = self.low.blocks[at]
            if block.kind in ("try", "handler"):
                return True
            if block.kind == "if" and block.value is not None and dotted_value(block.value) in _TYPE_CHECKING:
                return True
            at = block.parent
        return False

    # Compound statements.
