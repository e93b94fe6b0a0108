"""Bandit's findings: evidence for our rules where they map, findings of their own where they do not; never scored."""

import hashlib
from collections.abc import Sequence

from durability.bridges.mapping import finding_for
from durability.engine.source import Analysed
from durability.model import Finding
from durability.program.ask import Context


def bandit_findings(analysed: Sequence[Analysed], context: Context) -> list[Finding]:
    """Findings for bandit's issues in first-party files, without those that our own rules judge."""
    found = []
    for item in analysed:
        if context.program.file_roles.get(item.path) != "first-party":
            continue
        ordinals: dict[str, int] = {}
        for issue in item.issues:
            told = finding_for(issue)
            if told is None:
                continue
            ordinals[told.name] = ordinals.get(told.name, -1) + 1
            text = "\0".join((told.name, item.path, issue.test_id, str(ordinals[told.name])))
            found.append(_finding(told, item, issue, hashlib.sha256(text.encode()).hexdigest()[:16], context))
    return found
