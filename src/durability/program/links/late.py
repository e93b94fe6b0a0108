"""Packages that a function imports and nothing loads when the program starts."""

from typing import TYPE_CHECKING

from durability.knowledge.stdlib import STDLIB
from durability.program.links.modules import imported_paths
from durability.program.sites import FunctionSite

if TYPE_CHECKING:
    from durability.program.context import Context


def loaded_late(context: "Context", site: FunctionSite) -> tuple[str, ...]:
    """What a function imports from third parties, without what any first-party module imports at its top."""
    return tuple(path for path in site.hidden_imports if _is_late(context, path, site.path))


def _is_late(context: "Context", dotted: str, importer: str) -> bool:
    top = dotted.partition(".")[0]
    modules = context.program.linker.modules
    if dotted.startswith(".") or top in STDLIB or modules.is_namespace(top):
        return False
    if imported_paths(modules, dotted, importer):
        return False
    files = context.program.files
    heads = (item for path in context.judged_paths() for item in files[path].imports)
    return not any(item.function == 0 and not item.guarded and item.path.partition(".")[0] == top for item in heads)
