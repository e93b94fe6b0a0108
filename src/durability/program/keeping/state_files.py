"""Files that hold what the program knows: written in one place, read again in another."""

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.facts.model import Value
from durability.model import Step
from durability.program.flows.handed import Place
from durability.program.flows.path_names import PathNames
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_OPEN = frozenset({"open", "io.open", "codecs.open", "aiofiles.open", "pathlib.Path.open"})
_WRITE = frozenset({"pathlib.Path.write_text", "pandas.DataFrame.to_csv", "pandas.DataFrame.to_json"})
_READ = frozenset(
    {"pathlib.Path.read_text", "pathlib.Path.read_bytes", "pandas.read_csv", "pandas.read_json", "numpy.load"}
)
_MOVE = frozenset({"os.replace", "os.rename", "shutil.move", "pathlib.Path.replace", "pathlib.Path.rename"})
_PICKLES = frozenset({"pickle.dump", "joblib.dump", "cloudpickle.dump"})


_THROWN_AWAY = ("/tmp/", "/var/tmp/", "/run/", "/dev/shm/")
"""Where a file lies that nobody counts on: it is gone with the next start of the machine."""

_WHOLE = frozenset({"read", "readlines"})
_PARSING = frozenset({"load", "safe_load", "list", "read_csv", "read_json"})


class StateWrite(Struct, frozen=True):
    """A place that puts a state file there: whether in one step, whether under a lock, and where it is read."""

    atomic: bool
    locked: bool
    reader: Step


class StateFiles:
    """The state files of the program: each write and each read is looked at once."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._paths = PathNames(context)

    @cached_property
    def origins(self) -> dict[Place, StateWrite]:
        """The calls that write a file which the program reads as well, by file and index."""
        readers = self._readers
        found = {}
        for site, value, atomic in self._writers():
            if not atomic and _only_once(site):
                continue
            names = {name for name in self._paths.of(value, site.key) if not name.startswith(_THROWN_AWAY)}
            read = next(
                (reader for name in sorted(names) for reader in readers.get(name, ()) if _apart(site, reader)), None
            )
            if read is not None:
                step = Step(read.path, read.line, f"{read.shown}() reads the same file")
                found[site.path, site.index] = StateWrite(atomic, self._locked(site), step)
        return found

    def appender(self, site: CallSite) -> Step | None:
        """Where the program adds to the file that a call reads; None when nothing in sight does."""
        names = self._paths.of(_target(site), site.key)
        found = next((call for name in sorted(names) for call in self._appenders.get(name, ())), None)
        return Step(found.path, found.line, f"{found.shown}() adds to the file") if found is not None else None

    @cached_property
    def _appenders(self) -> dict[str, list[CallSite]]:
        found: dict[str, list[CallSite]] = {}
        for name in sorted(_OPEN):
            for site in self._context.calls_by_name.get(name, ()):
                if "a" in _mode(site):
                    for path in self._paths.of(_target(site), site.key):
                        found.setdefault(path, []).append(site)
        return found

    @staticmethod
    def is_read(site: CallSite) -> bool:
        """Whether a call reads a file: one of the reading calls, or `open` without a mode to write."""
        return site.name not in _OPEN or "r" in _mode(site)

    @staticmethod
    def is_whole(site: CallSite) -> bool:
        """Whether a call, or what follows on the file it opens, takes all of the file at once."""
        if site.name not in _OPEN:
            return site.argument("nrows") is None and site.argument("chunksize") is None
        names = set(site.into) | {target for block in site.around() if block.kind == "with" for target in block.targets}
        blocks = site.program.files[site.path].blocks
        names |= {
            target
            for block in blocks
            if block.kind == "with" and block.value is not None and block.value.call == site.index
            for target in block.targets
        }
        for other in site.calls_here():
            last = other.shown.rsplit(".", 1)[-1]
            on_it = other.receiver is not None and (
                other.receiver.text in names or (other.receiver.kind == "call" and other.receiver.call == site.index)
            )
            given = any(
                item.value.text in names or (item.value.kind == "call" and item.value.call == site.index)
                for item in other.arguments
            )
            if (on_it and last in _WHOLE and not other.arguments) or (given and last in _PARSING):
                return True
        return False

    @cached_property
    def _readers(self) -> dict[str, list[CallSite]]:
        found: dict[str, list[CallSite]] = {}
        for name in sorted(_OPEN | _READ):
            for site in self._context.calls_by_name.get(name, ()):
                if name in _READ or "r" in _mode(site):
                    for path in self._paths.of(_target(site), site.key):
                        found.setdefault(path, []).append(site)
        return found

    def _writers(self) -> list[tuple[CallSite, Value | None, bool]]:
        groups = self._context.calls_by_name
        opened = [site for name in sorted(_OPEN) for site in groups.get(name, ()) if self._writes_state(site)]
        written = [site for name in sorted(_WRITE) for site in groups.get(name, ())]
        moved = [site for name in sorted(_MOVE) for site in groups.get(name, ())]
        return [
            *((site, _target(site), False) for site in opened + written),
            *((site, site.argument("dst", 0 if site.name.startswith("pathlib.") else 1), True) for site in moved),
        ]

    def _writes_state(self, site: CallSite) -> bool:
        """Whether a file is opened to be written anew, as text or as pickled objects: what is uploaded is no state."""
        mode = _mode(site)
        if "w" not in mode or "b" not in mode:
            return "w" in mode
        return any(item.name in _PICKLES and site.line <= item.line <= site.line + 3 for item in site.calls_here())

    def _locked(self, site: CallSite) -> bool:
        for block in site.around():
            if block.kind == "with" and block.value is not None:
                row = site.program.row(self._context.value_name(block.value, site.key))
                if (row is not None and row.effect == "lock") or "lock" in _last(block.value).lower():
                    return True
        return False


def _last(value: Value) -> str:
    return value.text.rsplit(".", 1)[-1]


def _mode(site: CallSite) -> str:
    value = site.argument("mode", 0 if site.name == "pathlib.Path.open" else 1)
    return "r" if value is None else value.text if value.kind == "text" else ""


def _target(site: CallSite) -> Value | None:
    if site.name.startswith("pathlib."):
        return site.fact.receiver
    return site.argument("file", 0)


def _apart(site: CallSite, reader: CallSite) -> bool:
    """Whether a read is of what an earlier run or another function wrote, not of what was written just now."""
    return reader.key != site.key or reader.line < site.line


def _only_once(site: CallSite) -> bool:
    """Whether it is only written when it is not there."""
    return any(block.kind == "if" and block.value is not None and _asks_exists(block.value) for block in site.around())


def _asks_exists(test: Value) -> bool:
    if test.kind == "not":
        return test.parts[0].kind == "call" and _last(test.parts[0]) in ("exists", "is_file", "isfile")
    return any(_asks_exists(part) for part in test.parts)
