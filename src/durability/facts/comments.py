"""Suppression comments: `# durability: ignore[rule-name] reason`."""

import re

from durability.facts.model import SuppressionComment

MARKER = "durability:"
_GRAMMAR = re.compile(r"#\s*durability:\s*ignore\[([^\]]*)\]\s*(.*)$")
_NAME = re.compile(r"^[a-z][a-z0-9-]*(?:/[a-z0-9-]+)?$")


def read_comment(text: str, line: int, column: int, line_text: str) -> SuppressionComment | None:
    """The suppression a comment states; one that is meant as such and cannot be read carries a `problem`."""
    if not re.match(r"#\s*durability:", text):
        return None
    alone = line_text.strip().startswith("#")
    found = _GRAMMAR.match(text)
    if not found:
        return SuppressionComment((), "", line, column, alone, line, line, "write `# durability: ignore[rule-name] reason`")
    rules = tuple(name.strip() for name in found.group(1).split(",") if name.strip())
    reason = found.group(2).strip().lstrip("-:— ").strip()
    problem = ""
    if not rules or not all(_NAME.match(name) for name in rules):
        problem = "name the rules to ignore inside the brackets"
    elif not reason:
        problem = "say why: the reason is required"
    return SuppressionComment(rules, reason, line, column, alone, line, line, problem)
