"""From facts to a linked program with its context: the step between the file phase and the program phase."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from durability.facts.model import FileFacts
from durability.knowledge import knowledge
from durability.program.context import Context, View
from durability.program.entrypoints.entries import entry_points
from durability.program.links.program import Program
from durability.program.links.supplied import with_supplied

if TYPE_CHECKING:
    from durability.sources.project import Manifests


def link(
    facts: Mapping[str, FileFacts], roles: Mapping[str, str], manifests: "Manifests", view: View = "project"
) -> Context:
    """Link the facts of all files. `roles` gives each path's file role, `view` how much of a project is there."""
    library = knowledge()
    program = Program(with_supplied(facts, roles, library, manifests.versions), roles, library, manifests.versions)
    return Context(program, entry_points(program, manifests.scripts), manifests, view)
