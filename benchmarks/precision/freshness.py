"""Whether the labels still fit: findings without a label, and labels whose finding is gone."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from benchmarks.precision.labels import Label
from durability.model import Finding

SAMPLE = 8
"""Findings per rule that are read in a repository that is no demo."""


class Drift(NamedTuple):
    """What a new scan shows: findings nobody has read yet, and labels of findings that are no more."""

    unread: tuple[tuple[str, Finding], ...]
    gone: tuple[Label, ...]


def wanted(findings: Sequence[Finding], kind: str) -> list[Finding]:
    """The findings that must have a label: all of a demo, else the first few of each rule by hash of fingerprint."""
    if kind == "demo":
        return list(findings)
    by_rule: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda item: _hash(item.fingerprint)):
        by_rule.setdefault(finding.rule, []).append(finding)
    return [finding for rule in sorted(by_rule) for finding in by_rule[rule][:SAMPLE]]


def drift(labels: Iterable[Label], scanned: Mapping[str, Sequence[Finding]]) -> Drift:
    """Compares the labels of the scanned repositories with what was found in them."""
    known = [label for label in labels if label.repo in scanned]
    kinds = {label.repo: label.kind for label in known}
    read = {label.key for label in known}
    present = {(repo, finding.fingerprint) for repo, findings in scanned.items() for finding in findings}
    unread = tuple(
        (repo, finding)
        for repo, findings in scanned.items()
        for finding in wanted(findings, kinds.get(repo, "demo"))
        if (repo, finding.fingerprint) not in read
    )
    return Drift(unread, tuple(label for label in known if label.key not in present))


def _hash(fingerprint: str) -> str:
    return hashlib.sha256(fingerprint.encode()).hexdigest()
