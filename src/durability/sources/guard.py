"""Bounds on how deeply a text nests, checked before a parser that would overflow its stack sees it.

LibCST 1.9 overflows an 8 MB stack at about 1,200 nested brackets or 6,500 operators in a row, needs time that grows with
the square of the depth, and inside a `case` with four to its power. What is counted here bounds the height of the tree
it would build: one for an operator, dot, call, subscript or string piece, five for a bracket.
"""

import re

from durability.sources.lexing import TOKEN, OpenString

RECURSION_LIMIT = 10_000
"""For `sys.setrecursionlimit` before a text that passed is parsed, generated or walked on an 8 MB stack."""

MOST_HEIGHT = 400
MOST_BLOCKS = 400
MOST_CASE_BRACKETS = 7
MOST_WORK = 8_000_000
"""Tokens times height, in all: about half a minute of parsing."""

_BRACKET = 5
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
            return f"too deep: blocks and elif branches nest over {MOST_BLOCKS} levels at line {_line(text, match.start())}"
    return None


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


class _Scan:
    """Follows the brackets of one text and keeps, for each that is open, how high its content stands so far."""

    __slots__ = ("best", "deepest", "inner", "is_case", "ops", "outer", "pending", "position", "seen", "start", "strings",
                 "text", "work")  # fmt: skip

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = self.work = 0
        self.strings: list[OpenString] = []
        self._begin(0)

    def _begin(self, position: int) -> None:
        """A statement starts here. `ops` and `inner` are of the part since the last comma, `best` of those before."""
        self.start = position
        self.outer: list[tuple[int, int, int, int]] = []
        self.ops = self.inner = self.best = self.pending = self.seen = self.deepest = 0
        self.is_case = False

    def problem(self) -> str | None:
        """The first problem of the text."""
        while self.position < len(self.text):
            in_text = bool(self.strings) and not self.strings[-1].in_field
            problem = self._string_text() if in_text else self._code()
            if problem:
                return problem
        if self.strings:
            return f"not Python: the f-string at line {_line(self.text, self.start)} never ends"
        if self.outer:
            return None  # a bracket that is never closed: the parser's own message says more
        return self._end(len(self.text))

    def _code(self) -> str | None:
        """Take tokens up to where the text of an f-string begins."""
        for match in TOKEN.finditer(self.text, self.position):
            token = match[1]
            self.seen += 1
            if token is None:
                self.ops += match[4] is None
                if match[3]:
                    self._open_string(match[2], match[3])
                    self.position = match.end()
                    return None
            elif token == "\n" or token == ";":
                problem = None if self.outer else self._end(match.end())
                if problem:
                    return problem
            elif token == ",":
                if not self.pending:
                    self.best = max(self.best, self.ops + self.inner)
                    self.ops = self.inner = 0
            elif token in "([{":
                problem = self._open()
                if problem:
                    return problem
            elif token in ")]}":
                self._close(_BRACKET)
            elif token == ":":
                self.pending -= bool(self.pending)
            elif token == "case":
                self.is_case = self.is_case or self.seen == 1
            else:
                self.ops += 1
                self.pending += token == "lambda"
            if self.strings and token and token in "([{)]}:":
                self.strings[-1].take(token)
                if not self.strings[-1].in_field:
                    self.position = match.end()
                    return None
        self.position = len(self.text)
        return None

    def _open_string(self, prefix: str, quote: str) -> None:
        self.strings.append(OpenString(quote, "r" in prefix.lower()))
        self.outer.append((self.ops, self.inner, self.best, self.pending))
        self.ops = self.inner = self.best = self.pending = 0

    def _string_text(self) -> str | None:
        """Pass over what an f-string says outside its fields."""
        string = self.strings[-1]
        end = string.text_end(self.text, self.position)
        if self.text.startswith(string.quote, end):
            self.position = end + len(string.quote)
            self.strings.pop()
            self._close(0)
        elif end < len(self.text) and self.text[end] in "{}" and (string.specifiers or self.text[end] == "{"):
            self.position = end
            return self._brace(string)
        else:
            return f"not Python: the f-string at line {_line(self.text, self.start)} never ends"
        return None

    def _brace(self, string: OpenString) -> str | None:
        token = self.text[self.position]
        self.position += 1
        string.take(token)
        if token == "{":
            return self._open()
        self._close(_BRACKET)
        return None

    def _open(self) -> str | None:
        self.outer.append((self.ops + 1, self.inner, self.best, self.pending))
        self.ops = self.inner = self.best = self.pending = 0
        depth = len(self.outer)
        self.deepest = max(self.deepest, depth)
        return self._too_deep() if depth * _BRACKET > MOST_HEIGHT else None

    def _close(self, weight: int) -> None:
        if self.outer:
            height = max(self.best, self.ops + self.inner) + weight
            self.ops, inner, self.best, self.pending = self.outer.pop()
            self.inner = max(inner, height)

    def _end(self, position: int) -> str | None:
        """A statement ends."""
        height = max(self.best, self.ops + self.inner)
        if height > MOST_HEIGHT:
            return self._too_deep()
        if self.is_case:
            if self.deepest > MOST_CASE_BRACKETS:
                return f"too deep: a case pattern nests over {MOST_CASE_BRACKETS} levels at line {_line(self.text, self.start)}"
            self.work += self.seen * _CASE_GROWTH**self.deepest
        self.work += self.seen * height
        if self.work > MOST_WORK:
            return "too deep: so much is nested in all that parsing would take minutes"
        self._begin(position)
        return None

    def _too_deep(self) -> str:
        line = _line(self.text, self.start)
        return f"too deep: brackets, operators and string pieces nest over {MOST_HEIGHT} levels at line {line}"
