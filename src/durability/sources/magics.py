"""IPython's own syntax in a cell (`%magic`, `!command`, `name?`), replaced line by line so that Python remains."""

import re

# Their bodies are Python that runs in the notebook itself.
_PYTHON_BODIES = frozenset({"time", "timeit", "capture", "prun", "memit", "mprun", "debug", "snakeviz", "scalene"})
_CELL_MAGIC = re.compile(r"\s*%%(\w*)")
_TIMED = re.compile(r"([ \t]*)%(time|timeit)[ \t]+(?=[^\s-])")
_ASSIGNED = re.compile(r"([ \t]*[A-Za-z_][\w.\[\]'\", ]*?=[ \t]*)(?:!|%(?=\w))")
_MAGIC = re.compile(
    r"([ \t]*)(?:[%!]|\?{1,2}[\w.%*]|%{0,2}[A-Za-z_][\w.*]*\?{1,2}[ \t]*$|(?:pip|conda|mamba)3?[ \t]+(?:un)?install\b)"
)
_COMPOUND = re.compile(r"(?:for|while|if|with|def|class|try|async|match|@)\b")
_LEXEME = re.compile(r"\"\"\"|'''|\"(?:[^\"\\]|\\.)*+\"?|'(?:[^'\\]|\\.)*+'?|#.*|[(\[{]|[)\]}]|\\$")
_TRIPLE_END = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*+"""'),
    "'''": re.compile(r"(?:[^'\\]|\\.|'(?!''))*+'''"),
}


def plain_python(source: str) -> str:
    """The cell as Python with as many lines. A cell in another language becomes blank lines."""
    magic = _CELL_MAGIC.match(source)
    if magic:
        body = source.partition("\n")[2] if "\n" in source else ""
        skipped = source.count("\n", 0, magic.end())
        if magic[1] not in _PYTHON_BODIES:
            return "\n" * source.count("\n")
        lines = source.split("\n")
        return "\n" * (skipped + 1) + plain_python("\n".join(lines[skipped + 1 :])) if body else ""
    lines = _dedented(source.split("\n"))
    kept: list[str] = []
    state = _State()
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        replaced = _replaced(line) if state.at_statement else None
        if replaced is None:
            kept.append(line)
            state.feed(line)
            continue
        kept.append(replaced)
        while line.endswith("\\") and index < len(lines):
            line = lines[index]
            index += 1
            kept.append("")
    return "\n".join(kept)


def _dedented(lines: list[str]) -> list[str]:
    """IPython accepts a cell that is indented as a whole; Python does not."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    return [line.removeprefix(indent) for line in lines] if indent else lines


def _replaced(line: str) -> str | None:
    """The Python that stands in for a line of IPython's own; None for a line of Python."""
    timed = _TIMED.match(line)
    if timed:
        statement = line[timed.end() :]
        if _COMPOUND.match(statement):
            return f"{timed[1]}pass"
        # As wide as the magic, so that columns stay true.
        return f"{timed[1]}pass;".ljust(timed.end()) + statement
    assigned = _ASSIGNED.match(line)
    if assigned:
        return f"{assigned[1]}get_ipython().getoutput()"
    magic = _MAGIC.match(line)
    return f"{magic[1]}pass" if magic else None


class _State:
    """Whether the next line begins a statement, as far as brackets, strings and backslashes tell."""

    def __init__(self) -> None:
        self._depth = 0
        self._triple = ""
        self._continued = False

    @property
    def at_statement(self) -> bool:
        return not (self._depth or self._triple or self._continued)

    def feed(self, line: str) -> None:
        """Take in one line of Python."""
        self._continued = False
        at = 0
        while at < len(line):
            if self._triple:
                end = _TRIPLE_END[self._triple].match(line, at)
                if not end:
                    return
                self._triple = ""
                at = end.end()
                continue
            lexeme = _LEXEME.search(line, at)
            if not lexeme:
                return
            at = lexeme.end()
            self._take(lexeme[0])

    def _take(self, lexeme: str) -> None:
        if lexeme in _TRIPLE_END:
            self._triple = lexeme
        elif lexeme in "([{":
            self._depth += 1
        elif lexeme in ")]}":
            self._depth = max(self._depth - 1, 0)
        elif lexeme == "\\":
            self._continued = True
