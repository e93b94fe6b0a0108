"""What is said of the files of a project; structs only."""

from msgspec import Struct

from durability.sources.roles import FileRole


class Skipped(Struct, frozen=True):
    """A file or folder that is not analysed, and why."""

    path: str
    reason: str


class SourceFile(Struct, frozen=True):
    """A Python file or notebook. `path` is relative to the root with `/`."""

    path: str
    absolute: str
    role: FileRole
    notebook: bool


class Discovery(Struct, frozen=True):
    """What a folder holds. Everything is sorted by path.

    `other_languages` maps a language to its lines; `python_names` is every Python file and notebook that was
    considered, also skipped and excluded ones; `excluded` is what the user's patterns left out; `manifests` are the
    files that `read_manifests` understands.
    """

    files: tuple[SourceFile, ...]
    skipped: tuple[Skipped, ...]
    other_languages: dict[str, int]
    python_names: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
