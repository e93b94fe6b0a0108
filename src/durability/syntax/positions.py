"""Positions of chosen nodes from one recording code-generation pass (LibCST's provider costs four times as much)."""

from bisect import bisect_right
from itertools import accumulate
from types import TracebackType

import libcst as cst
from libcst._nodes.internal import CodegenState

from durability.facts.model import Span

RECORDED: frozenset[type[cst.CSTNode]] = frozenset(
    {
        cst.Call, cst.FunctionDef, cst.ClassDef, cst.ExceptHandler, cst.ExceptStarHandler, cst.For, cst.While, cst.If,
        cst.With, cst.Try, cst.TryStar, cst.Assign, cst.AnnAssign, cst.AugAssign, cst.Return, cst.Raise, cst.Yield,
        cst.Assert, cst.Break, cst.Continue, cst.Del, cst.Import, cst.ImportFrom, cst.SimpleString,
        cst.ConcatenatedString, cst.FormattedString, cst.Lambda, cst.Match, cst.MatchCase, cst.Subscript, cst.Else,
        cst.Finally, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp, cst.IndentedBlock,
        cst.SimpleStatementLine, cst.SimpleStatementSuite, cst.Expr, cst.Decorator, cst.NamedExpr,
    }
)  # fmt: skip


class _Unrecorded:
    """A context that records nothing."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


_UNRECORDED = _Unrecorded()


class _Recorded:
    """Notes at which token a node begins and ends."""

    __slots__ = ("end_node", "node", "start", "state")

    def __init__(self, state: "_State", node: cst.CSTNode, end_node: cst.CSTNode | None) -> None:
        self.state = state
        self.node = node
        self.end_node = end_node
        self.start = 0

    def __enter__(self) -> None:
        self.start = len(self.state.tokens)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end = len(self.state.tokens)
        if self.end_node is not None:
            known = self.state.spans.get(id(self.end_node))
            end = known[1] if known else end
        self.state.spans[id(self.node)] = (self.start, end)


class _State(CodegenState):
    """LibCST's code-generation state, with token indices kept per recorded node."""

    __slots__ = ("spans", "starts")

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.spans: dict[int, tuple[int, int]] = {}
        self.starts: list[int] = []

    def before_codegen(self, node: cst.CSTNode) -> None:
        if type(node) in RECORDED:
            self.starts.append(len(self.tokens))

    def after_codegen(self, node: cst.CSTNode) -> None:
        if type(node) in RECORDED:
            start = self.starts.pop()
            self.spans.setdefault(id(node), (start, len(self.tokens)))

    def record_syntactic_position(  # type: ignore[override]
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> _Recorded | _Unrecorded:
        return _Recorded(self, node, end_node) if type(node) in RECORDED else _UNRECORDED


class Positions:
    """Spans of the recorded nodes of one module, by node identity; valid while the tree lives."""

    def __init__(self, module: cst.Module) -> None:
        state = _State(module)
        module._codegen(state)
        self.tokens = state.tokens
        self._spans = state.spans
        self._offsets = [0, *accumulate(map(len, state.tokens))]
        self.text = "".join(state.tokens)
        self._lines = [0]
        at = self.text.find("\n")
        while at >= 0:
            self._lines.append(at + 1)
            at = self.text.find("\n", at + 1)

    def span(self, node: cst.CSTNode) -> Span:
        """The span of a node; (1, 1, 1, 1) when its type is not recorded."""
        found = self._spans.get(id(node))
        if found is None:
            return (1, 1, 1, 1)
        offsets, lines = self._offsets, self._lines
        begin, end = offsets[found[0]], offsets[min(found[1], len(offsets) - 1)]
        first = bisect_right(lines, begin)
        last = bisect_right(lines, end)
        return (first, begin - lines[first - 1] + 1, last, end - lines[last - 1] + 1)

    def comments(self, marker: str) -> list[tuple[int, int, str]]:
        """Line, column and text of each comment that contains `marker`."""
        found = []
        for index, token in enumerate(self.tokens):
            if token.startswith("#") and marker in token:
                offset = self._offsets[index]
                line = bisect_right(self._lines, offset)
                found.append((line, offset - self._lines[line - 1] + 1, token))
        return found
