"""Expressions lowered to values: where each one comes from, with every call, comprehension and lambda recorded."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import libcst as cst

from durability.facts.literals import is_interesting, name_of_argument
from durability.facts.model import Argument, Call, Value
from durability.facts.spelling import dotted

if TYPE_CHECKING:
    from durability.facts.lower import Lowering

UNKNOWN = Value("unknown")
TEXT_LIMIT = 4_000
"""Characters kept of a literal: enough for any SQL statement or prompt a rule looks into."""

_SWALLOWED_WHOLE = 40
"""Elements of a literal collection that are kept; a data table says nothing more after that."""


def _encodable(text: str) -> str:
    """Unpaired surrogates as escapes: facts travel as UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


class Values:
    """Lowers expressions for one file; the enclosing function and block are the lowering's."""

    def __init__(self, lowering: "Lowering") -> None:
        self.low = lowering
        self.bound = ""
        self.where: Any = "other"
        self.awaiting = False
        self._table: dict[type[cst.CSTNode], Callable[[Any], Value]] = {
            cst.Name: self._name, cst.Attribute: self._attribute, cst.Call: self._call,
            cst.SimpleString: self._string, cst.ConcatenatedString: self._concatenated,
            cst.FormattedString: self._formatted, cst.Integer: self._constant, cst.Float: self._constant,
            cst.Imaginary: self._constant, cst.Ellipsis: lambda _: Value("const", "..."),
            cst.List: self._list, cst.Tuple: self._tuple, cst.Set: self._set, cst.Dict: self._dict,
            cst.Subscript: self._subscript, cst.BinaryOperation: self._binary, cst.BooleanOperation: self._boolean,
            cst.UnaryOperation: self._unary, cst.Comparison: self._comparison, cst.IfExp: self._choice,
            cst.Lambda: self._lambda, cst.Await: self._await, cst.Yield: self._yield, cst.NamedExpr: self._named,
            cst.ListComp: self._comprehension, cst.SetComp: self._comprehension,
            cst.GeneratorExp: self._comprehension, cst.DictComp: self._comprehension,
        }  # fmt: skip

    def lower(self, node: cst.BaseExpression) -> Value:
        """The value of an expression; what has no form of its own is `unknown`."""
        handler = self._table.get(type(node))
        return handler(node) if handler else UNKNOWN

    def target(self, node: cst.BaseExpression) -> Value:
        """The value of what is bound or deleted: an element of the environment is then set, and not read."""
        if isinstance(node, cst.Subscript):
            return self._element(node)
        return self.lower(node)

    def named(self, node: cst.BaseExpression, bound: str, where: str) -> Value:
        """The value of an expression that is given to the name `bound`."""
        kept = self.bound, self.where
        self.bound, self.where = bound, where
        value = self.lower(node)
        self.bound, self.where = kept
        return value

    def _name(self, node: cst.Name) -> Value:
        if node.value in ("None", "True", "False"):
            return Value("const", node.value)
        return Value("name", node.value)

    def _constant(self, node: cst.Integer | cst.Float | cst.Imaginary) -> Value:
        return Value("const", node.value)

    def _attribute(self, node: cst.Attribute) -> Value:
        base = self.lower(node.value)
        if base.kind in ("name", "attr"):
            self.low.read(base, node.attr.value)
        return Value("attr", node.attr.value, (base,))

    def _string(self, node: cst.SimpleString) -> Value:
        try:
            raw = node.evaluated_value
        except (SyntaxError, ValueError):
            return UNKNOWN
        text = _encodable(raw) if isinstance(raw, str) else raw.decode("latin-1")
        self._note(text, node)
        return Value("text", text[:TEXT_LIMIT])

    def _note(self, text: str, node: cst.CSTNode) -> None:
        if is_interesting(text, self.bound):
            self.low.literal(text[:TEXT_LIMIT], self.bound, self.where, node)

    def _concatenated(self, node: cst.ConcatenatedString) -> Value:
        pieces: list[Value] = []
        rest: cst.BaseExpression = node
        while isinstance(rest, cst.ConcatenatedString):
            pieces.append(self._piece(rest.left))
            rest = rest.right
        pieces.append(self._piece(rest))
        if all(piece.kind == "text" for piece in pieces):
            text = "".join(piece.text for piece in pieces)
            self._note(text, node)
            return Value("text", text[:TEXT_LIMIT])
        return Value("format", "f", tuple(pieces))

    def _piece(self, node: cst.BaseExpression) -> Value:
        if isinstance(node, cst.SimpleString):
            try:
                return Value("text", _encodable(str(node.evaluated_value))[:TEXT_LIMIT])
            except (SyntaxError, ValueError):
                return UNKNOWN
        return self.lower(node)

    def _formatted(self, node: cst.FormattedString) -> Value:
        parts: list[Value] = []
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText):
                parts.append(Value("text", part.value[:TEXT_LIMIT]))
            elif isinstance(part, cst.FormattedStringExpression):
                parts.append(self.lower(part.expression))
        head = parts[0].text if parts and parts[0].kind == "text" else ""
        self._note(head, node)
        return Value("format", "f", tuple(parts))

    def _elements(self, elements: Sequence[cst.BaseElement]) -> tuple[Value, ...]:
        values = []
        for index, element in enumerate(elements):
            value = self.lower(element.value)
            if index < _SWALLOWED_WHOLE:
                values.append(Value("star", "", (value,)) if isinstance(element, cst.StarredElement) else value)
        return tuple(values)

    def _list(self, node: cst.List) -> Value:
        return Value("list", str(len(node.elements)), self._elements(node.elements))

    def _tuple(self, node: cst.Tuple) -> Value:
        return Value("tuple", str(len(node.elements)), self._elements(node.elements))

    def _set(self, node: cst.Set) -> Value:
        return Value("set", str(len(node.elements)), self._elements(node.elements))

    def _dict(self, node: cst.Dict) -> Value:
        parts: list[Value] = []
        for element in node.elements:
            if isinstance(element, cst.DictElement):
                key = self.lower(element.key)
                value = self.named(element.value, key.text if key.kind == "text" else "", "dict")
                pair = (key, value)
            else:
                pair = (Value("star"), self.lower(element.value))
            if len(parts) < 2 * _SWALLOWED_WHOLE:
                parts.extend(pair)
        return Value("dict", str(len(node.elements)), tuple(parts))

    def _subscript(self, node: cst.Subscript) -> Value:
        element = self._element(node)
        target = dotted(node.value)
        if target.endswith("environ"):
            base, index = element.parts
            self.low.calls.append(self._environment(node, target, index, base))
            return Value("call", target + ".__getitem__", (), len(self.low.calls) - 1)
        return element

    def _element(self, node: cst.Subscript) -> Value:
        base = self.lower(node.value)
        indices = [self._index(element.slice) for element in node.slice]
        index = indices[0] if len(indices) == 1 else Value("tuple", str(len(indices)), tuple(indices))
        return Value("item", "", (base, index))

    def _environment(self, node: cst.Subscript, target: str, index: Value, base: Value) -> Call:
        arguments = (Argument("", index),)
        return Call(
            target + ".__getitem__", "", base, arguments, self.low.function, self.low.block, self.low.span(node)
        )

    def _index(self, node: cst.BaseSlice) -> Value:
        if isinstance(node, cst.Index):
            return self.lower(node.value)
        if isinstance(node, cst.Slice):
            bounds = (self.lower(bound) if bound else Value("const", "None") for bound in (node.lower, node.upper))
            return Value("slice", "", tuple(bounds))
        return UNKNOWN

    def _binary(self, node: cst.BinaryOperation) -> Value:
        operator = type(node.operator).__name__
        left, right = self.lower(node.left), self.lower(node.right)
        if operator == "Modulo" and left.kind in ("text", "format"):
            operands = right.parts if right.kind == "tuple" else (right,)
            return Value("format", "%", (left, *operands))
        if operator == "Add" and ("text" in (left.kind, right.kind) or "format" in (left.kind, right.kind)):
            return Value("format", "+", (*self._joined(left), *self._joined(right)))
        return Value("op", operator, (left, right))

    def _joined(self, value: Value) -> tuple[Value, ...]:
        return value.parts if value.kind == "format" and value.text == "+" else (value,)

    def _boolean(self, node: cst.BooleanOperation) -> Value:
        kind = "and" if isinstance(node.operator, cst.And) else "or"
        return Value(kind, "", (self.lower(node.left), self.lower(node.right)))  # type: ignore[arg-type]

    def _unary(self, node: cst.UnaryOperation) -> Value:
        inner = self.lower(node.expression)
        if isinstance(node.operator, cst.Not):
            return Value("not", "", (inner,))
        if isinstance(node.operator, cst.Minus) and inner.kind == "const":
            return Value("const", "-" + inner.text)
        return Value("op", type(node.operator).__name__, (inner,))

    def _comparison(self, node: cst.Comparison) -> Value:
        parts = [self.lower(node.left)]
        operators = []
        for target in node.comparisons:
            operators.append(type(target.operator).__name__)
            parts.append(self.lower(target.comparator))
        return Value("compare", " ".join(operators), tuple(parts))

    def _choice(self, node: cst.IfExp) -> Value:
        return Value("if", "", (self.lower(node.test), self.lower(node.body), self.lower(node.orelse)))

    def _await(self, node: cst.Await) -> Value:
        self.awaiting = isinstance(node.expression, cst.Call)
        return self.lower(node.expression)

    def _yield(self, node: cst.Yield) -> Value:
        value = None
        if isinstance(node.value, cst.From):
            value = self.lower(node.value.item)
        elif node.value is not None:
            value = self.lower(node.value)
        self.low.exit("yield", value, None, node)
        return Value("yield")

    def _named(self, node: cst.NamedExpr) -> Value:
        value = self.lower(node.value)
        self.low.assign(node.target, value, "=", node)
        return value

    def _lambda(self, node: cst.Lambda) -> Value:
        return Value("lambda", str(self.low.lambda_(node)))

    def _comprehension(self, node: cst.BaseComp) -> Value:
        return self.low.comprehension(node)

    def _call(self, node: cst.Call) -> Value:
        awaited, self.awaiting = self.awaiting, False
        kept = self.bound, self.where
        target = dotted(node.func)
        receiver = self.lower(node.func.value) if isinstance(node.func, cst.Attribute) else None
        if receiver is None and not isinstance(node.func, cst.Name):
            self.lower(node.func)
        low = self.low
        index = len(low.calls)
        call = Call(target, "", receiver, (), low.function, low.block, low.span(node), awaited)
        low.calls.append(call)
        call.arguments = tuple(
            self._argument(argument, index, name_of_argument(target, position))
            for position, argument in enumerate(node.args)
        )
        self.bound, self.where = kept
        if receiver is not None and receiver.kind in ("text", "format") and target.endswith(".format"):
            return Value("format", "format", (receiver, *(argument.value for argument in call.arguments)))
        return Value("call", target, (receiver,) if receiver else (), index)

    def _argument(self, node: cst.Arg, call: int, known_as: str) -> Argument:
        keyword = node.keyword.value if node.keyword else node.star
        kept, self.low.argument_of = self.low.argument_of, call
        value = self.named(node.value, keyword if node.keyword else known_as, "argument")
        self.low.argument_of = kept
        return Argument(keyword, value)
