"""Calls of repositories by class, and a sample of the links into project code."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from durability.config import Config
from durability.engine.linking import link
from durability.engine.workers import analyse_all
from durability.model import CallCounts
from durability.program.links.program import Program
from durability.sources.files import discover
from durability.sources.project import read_manifests


class Link(NamedTuple):
    """One call and the project function or class that it was linked to."""

    repo: str
    path: str
    line: int
    call: str
    target: str

    @property
    def rank(self) -> str:
        """Where it stands in the sample: by hash, so that nobody chose it."""
        return hashlib.sha256("\0".join((self.repo, self.path, str(self.line), self.call)).encode()).hexdigest()


def program_of(root: Path) -> Program:
    """The linked program of a folder."""
    discovery = discover(root, exclude=Config().exclude)
    facts = {item.path: item.facts for item in analyse_all(discovery.files, 0, None) if item.facts is not None}
    manifests = read_manifests(root, [*discovery.python_names, *discovery.manifests])
    return link(facts, {file.path: file.role for file in discovery.files}, manifests).program


def links_of(repo: str, program: Program) -> Iterator[Link]:
    """Every call of first-party code that is linked to a function or class of the project."""
    for path in sorted(program.files):
        if program.file_roles.get(path) != "first-party":
            continue
        for index, symbol in enumerate(program.symbols[path]):
            if symbol.kind in ("function", "class"):
                call = program.files[path].calls[index]
                yield Link(repo, path, call.span[0], call.target, symbol.identity)


def unresolved(counts: CallCounts) -> float:
    """The share of calls whose meaning is not known; 0 when there are none."""
    total = counts.project + counts.library + counts.other_library + counts.unresolved
    return counts.unresolved / total if total else 0.0
