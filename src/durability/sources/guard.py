"""Bounds on how deeply a text nests, checked before a parser that would overflow its stack sees it.

LibCST 1.9 overflows an 8 MB stack at about 1,200 nested brackets or 6,500 operators in a row. It needs time that grows
with the square of the depth, and fourfold with each level inside a `case` pattern. What is counted here bounds the
height of the tree that it would build.
"""

import re

from durability.sources.lexing import TOKEN, OpenString

RECURSION_LIMIT = 10_000
"""For `sys.setrecursionlimit` before a text that passed is parsed, generated or walked on an 8 MB stack."""

MOST_HEIGHT = 1_600
"""Stands for 66 nested brackets, 400 operators, dots, calls or subscripts in a row, 800 adjacent string pieces, or
what they add up to on one path."""

MOST_BLOCKS = 400
MOST_CASE_BRACKETS = 7
MOST_WORK = 30_000_000
"""Tokens times height, in all: about half a minute of parsing."""

_BRACKET, _OPERATOR, _PIECE = 20, 4, 2
_INDENTS = 100  # LibCST and Python refuse more by themselves
_CASE_GROWTH = 4
_ELIF = re.compile(r"^[ \t\f]*elif\b", re.MULTILINE)
_LINE = re.compile(r"^([ \t\f]*)(elif\b|else\b|[^\s#])", re.MULTILINE)


def depth_problem(text: str) -> str | None:
    """Why the text must not be parsed; None when it may. Takes time linear in the text."""
    return _block_problem(text) or _Scan(text).problem()


def _block_problem(text: str) -> str | None:
    """Each `elif` nests inside the one before it."""
    if len(_ELIF.findall(text)) + _INDENTS <= MOST_BLOCKS:
        return None
    chains: list[tuple[int, int]] = []
    height = 0
    for match in _LINE.finditer(text):
        column = len(match[1].expandtabs(8))
        chained = 0
        while chains and chains[-1][0] >= column:
            same, chained = chains.pop()
            height -= chained + 1
            chained = chained if same == column else 0
        chained = chained + 1 if match[2] in ("elif", "else") else 0
        chains.append((column, chained))
        height += chained + 1
        if height > MOST_BLOCKS:
            where = _line(text, match.start())
            return f"too deep: blocks and elif branches nest over {MOST_BLOCKS} levels at line {where}"
    return None


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


class _Scan:
    """Follows the brackets of one text and keeps, for each that is open, how high its content stands so far.

    `row` is the weight of the operators since the last comma, `inner` the height of the highest bracket among them,
    `best` the height of what stands before that comma. A comma between the parameters of a lambda parts nothing:
    `lambdas` counts those whose colon has not come.
    """

    __slots__ = (
        "best", "deepest", "inner", "is_case", "lambdas", "outer", "position", "row", "seen", "start", "strings",
        "text", "work",
    )  # fmt: skip

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = self.work = 0
        self.strings: list[OpenString] = []
        self.outer: list[tuple[int, int, int, int]] = []
        self._begin(0)

    def _begin(self, position: int) -> None:
        """A statement starts here."""
        self.start = position
        self.row = self.inner = self.best = self.lambdas = self.seen = self.deepest = 0
        self.is_case = False

    def problem(self) -> str | None:
        """The first problem of the text."""
        while self.position < len(self.text):
            in_text = bool(self.strings) and not self.strings[-1].in_field
            problem = self._string_text() if in_text else self._code()
            if problem:
                return problem
        if self.strings:
            return self._endless()
        # A bracket that is never closed is left to the parser, whose message says more.
        return None if self.outer else self._end(len(self.text))

    def _code(self) -> str | None:
        """Take tokens up to where the text of an f-string begins."""
        for match in TOKEN.finditer(self.text, self.position):
            token = match[1]
            self.seen += 1
            problem = None
            if token is None:
                if match[3]:
                    self._open_string(match[2], match[3])
                    self.position = match.end()
                    return None
                self.row += _PIECE
            elif token in "()[]{}:":
                problem = self._bracket(token)
                if self.strings and not self.strings[-1].in_field:
                    self.position = match.end()
                    return problem
            elif token == ",":
                if not self.lambdas:
                    self._part()
            elif token[0] in "\n;":
                problem = None if self.outer else self._end(match.end())
            else:
                self.row += _OPERATOR
                self.lambdas += token == "lambda"
                self.is_case = self.is_case or (token == "case" and self.seen == 1)
            if problem:
                return problem
        self.position = len(self.text)
        return None

    def _bracket(self, token: str) -> str | None:
        if self.strings:
            self.strings[-1].take(token)
        if token == ":":
            self.lambdas -= bool(self.lambdas)
            return None
        if token in ")]}":
            self._close(_BRACKET)
            if self.strings and not self.strings[-1].in_field:
                self._part()
            return None
        self.row += _OPERATOR  # a call or a subscript, which nest in a row
        self._open()
        depth = len(self.outer)
        self.deepest = max(self.deepest, depth)
        return self._too_deep() if depth * _BRACKET > MOST_HEIGHT else None

    def _part(self) -> None:
        """What follows stands beside what came before, neither above nor below it."""
        self.best = max(self.best, self.row + self.inner)
        self.row = self.inner = 0

    def _open(self) -> None:
        self.outer.append((self.row, self.inner, self.best, self.lambdas))
        self.row = self.inner = self.best = self.lambdas = 0

    def _close(self, weight: int) -> None:
        if self.outer:
            height = max(self.best, self.row + self.inner) + weight
            self.row, inner, self.best, self.lambdas = self.outer.pop()
            self.inner = max(inner, height)

    def _open_string(self, prefix: str, quote: str) -> None:
        self.row += _PIECE
        self.strings.append(OpenString(quote, "r" in prefix.lower()))
        self._open()

    def _string_text(self) -> str | None:
        """Pass over what an f-string says outside its fields."""
        string = self.strings[-1]
        end = string.text_end(self.text, self.position)
        if self.text.startswith(string.quote, end):
            self.position = end + len(string.quote)
            self.strings.pop()
            self._close(0)
            return None
        brace = self.text[end : end + 1]
        if brace == "{" or (brace == "}" and string.specifiers):
            self.position = end + 1
            return self._bracket(brace)
        return self._endless()

    def _end(self, position: int) -> str | None:
        """A statement ends."""
        height = max(self.best, self.row + self.inner)
        if height > MOST_HEIGHT:
            return self._too_deep()
        if self.is_case:
            if self.deepest > MOST_CASE_BRACKETS:
                where = _line(self.text, self.start)
                return f"too deep: a case pattern nests over {MOST_CASE_BRACKETS} levels at line {where}"
            self.work += self.seen * _OPERATOR * _CASE_GROWTH**self.deepest
        self.work += self.seen * height
        if self.work > MOST_WORK:
            return "too deep: so much is nested in all that parsing would take minutes"
        self._begin(position)
        return None

    def _too_deep(self) -> str:
        where = _line(self.text, self.start)
        return f"too deep: the statement at line {where} nests too many brackets, operators or string pieces"

    def _endless(self) -> str:
        return f"not Python: an f-string in the statement at line {_line(self.text, self.start)} never ends"
