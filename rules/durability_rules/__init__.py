"""The built-in rule pack: one failure mode per file, in a folder per lens."""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from durability.api import Rule

LENSES = ("scale", "time", "blindspot")


def rules() -> "list[Rule]":
    """Every rule of the pack, by lens and name. A file holds one rule: the function named like the file."""
    found = []
    for lens in LENSES:
        package = import_module(f"{__name__}.{lens}")
        for module in sorted(item.name for item in iter_modules(package.__path__)):
            found.append(getattr(import_module(f"{package.__name__}.{module}"), module))
    return found
