"""Will this prototype survive production? Everything here is imported on first use."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from durability.config import Config
    from durability.errors import UsageError
    from durability.model import Finding
    from durability.report import Report, explain, scan, scan_source

__version__ = "0.1.0"
__all__ = ["Config", "Finding", "Report", "UsageError", "__version__", "explain", "scan", "scan_source"]

_HOMES = {
    "Config": "durability.config",
    "Finding": "durability.model",
    "Report": "durability.report",
    "UsageError": "durability.errors",
    "explain": "durability.report",
    "scan": "durability.report",
    "scan_source": "durability.report",
}


def __getattr__(name: str) -> Any:
    """The public name, from the module where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module 'durability' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
