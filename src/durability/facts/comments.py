"""Suppression comments: `# durability: ignore[rule-name] reason`."""

import io
import re
import tokenize
from collections.abc import Sequence

from durability.facts.model import SuppressionComment

MARKER = "durability:"
_GRAMMAR = re.compile(r"#\s*durability:\s*ignore\[([^\]]*)\]\s*(.*)$")
_NAME = re.compile(r"^[a-z][a-z0-9-]*(?:/[a-z0-9-]+)?$")


def read_comments(comments: Sequence[tuple[int, int, str]], text: str) -> tuple[SuppressionComment, ...]:
    """The suppressions among `(line, column, comment)`; each covers its statement, or the next one when alone."""
    if not comments:
        return ()
    lines = text.split("\n")
    statements = _logical_lines(text)
    found = []
    for line, column, comment in comments:
        if re.match(r"#\s*durability:", comment):
            alone = lines[line - 1].strip().startswith("#")
            found.append(_read(comment, line, column, alone, _covered(statements, line, alone)))
    return tuple(found)


def _read(text: str, line: int, column: int, alone: bool, covered: tuple[int, int]) -> SuppressionComment:
    match = _GRAMMAR.match(text)
    if not match:
        problem = "write `# durability: ignore[rule-name] reason`"
        return SuppressionComment((), "", line, column, alone, *covered, problem)
    rules = tuple(name.strip() for name in match.group(1).split(",") if name.strip())
    reason = match.group(2).strip().lstrip("-:— ").strip()
    problem = ""
    if not rules or not all(_NAME.match(name) for name in rules):
        problem = "name the rules to ignore inside the brackets"
    elif not reason:
        problem = "say why: the reason is required"
    return SuppressionComment(rules, reason, line, column, alone, *covered, problem)


def _covered(statements: list[tuple[int, int]], line: int, alone: bool) -> tuple[int, int]:
    if alone:
        return next((item for item in statements if item[0] > line), (line, line))
    return next((item for item in statements if item[0] <= line <= item[1]), (line, line))


def _logical_lines(text: str) -> list[tuple[int, int]]:
    """First and last line of each logical line; what the running Python cannot tokenize falls back to single lines."""
    found: list[tuple[int, int]] = []
    first = 0
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NEWLINE:
                found.append((first or token.start[0], token.start[0]))
                first = 0
            elif token.type not in skipped and not first:
                first = token.start[0]
    except (tokenize.TokenError, SyntaxError):
        return [(number, number) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    return found
