"""The compiled tables in memory, and every way to ask them."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path

import msgspec

from durability.errors import UsageError
from durability.knowledge.kinship import lend, loans
from durability.knowledge.names import Distributions, normal
from durability.knowledge.rows import Entry, Host, Implied, Parameter, Row, Tables

COMPILED = Path(__file__).parent / "compiled.msgpack"


@cache
def knowledge() -> "Knowledge":
    """The tables that ship with the package, loaded once."""
    return load(COMPILED)


def load(compiled: Path) -> "Knowledge":
    """The tables of a compiled file. Raises UsageError when it is missing or damaged."""
    try:
        return Knowledge(msgspec.msgpack.decode(compiled.read_bytes(), type=Tables))
    except (OSError, msgspec.MsgspecError) as error:
        raise UsageError(f"the library tables cannot be read ({error}): run python -m durability.knowledge") from None


class Knowledge:
    """Library behaviour by canonical dotted name. Lookups are memoised; the tables never change."""

    def __init__(self, tables: Tables) -> None:
        self.digest = tables.digest
        self.entries: tuple[Entry, ...] = tables.entries
        self.parameters: tuple[Parameter, ...] = tables.parameters
        self.implied: tuple[Implied, ...] = tables.implied
        self._hosts: tuple[tuple[re.Pattern[str], Host], ...] | None = None
        self._written = tables.hosts
        self._distributions = Distributions(tables.distributions)
        self._brings = {item.name: item.brings for item in tables.brings}
        self._aliases = {alias.name: alias for alias in tables.aliases}
        self._quiet = {quiet.name: quiet for quiet in tables.quiet}
        self._shared: dict[str, tuple[Row, ...]] = {}
        for shared in tables.rows:
            for name in shared.names:
                self._shared[name] = (*self._shared.get(name, ()), shared.row)
        self._rows: dict[str, tuple[Row, ...]] = {}
        self._entries: dict[str, tuple[Entry, ...]] = {}
        for entry in tables.entries:
            self._entries[entry.name] = (*self._entries.get(entry.name, ()), entry)
        self._found: dict[str, tuple[Row, ...]] = {}
        self._entered: dict[str, tuple[Entry, ...]] = {}
        self._merged: dict[tuple[str, str], Row | None] = {}
        self._prefixes: set[str] | None = None

    def rows(self, name: str) -> tuple[Row, ...]:
        """Every row of `name`, one per version range; () when nothing is known.

        A name without rows of its own gets those of what it stands for: an alias of its prefix, the type of an
        attribute or element on the way, or a parent class; such rows carry the name that was asked for. Under a quiet
        prefix, a name without any gets a row that says that it does nothing outside the process.
        """
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = self._resolve(name, frozenset()) or self._silent(name)
        return found

    def row(self, name: str, versions: Mapping[str, str]) -> Row | None:
        """The row of `name` for a project's versions: the locked one, else the newest admitted, else the newest.

        `versions` maps a distribution to a locked version or a specifier (`durability.knowledge.versions.Versions`).

        Where several rows are still admitted and differ, the columns in question are unknown and listed in `disputed`.
        """
        rows = self.rows(name)
        if not rows:
            return None
        if len(rows) == 1 and not rows[0].versions:
            return rows[0]
        wanted = next((text for key, text in versions.items() if normal(key) == normal(rows[0].package)), "")
        key = (name, wanted)
        if key not in self._merged:
            from durability.knowledge.versions import admitted, merged

            self._merged[key] = merged(admitted(rows, wanted))
        return self._merged[key]

    def returns(self, name: str) -> str | None:
        """The dotted type of what `name` gives (a class gives itself), after awaiting; None when not known."""
        rows = self.rows(name)
        types = {row.returns for row in rows}
        return (types.pop() or None) if len(types) == 1 else None

    def one_of(self, name: str) -> int | None:
        """The position of the class, or of the query, that `name` gives an object of; None where it does not."""
        rows = self.rows(name)
        return rows[0].one_of if rows else None

    def is_known(self, name: str) -> bool:
        """Whether `name` has rows that say something, be they its own or borrowed."""
        return bool(self._resolve(name, frozenset()))

    @cached_property
    def variants(self) -> dict[str, tuple[str, ...]]:
        """The conditions that some row is for, by the last part of the name: `commit=False` of `save`."""
        found: dict[str, set[str]] = {}
        for name in self._shared:
            last, _, condition = name.rpartition(".")[2].partition("(")
            if condition.removesuffix(")"):
                found.setdefault(last, set()).add(condition.removesuffix(")"))
        return {last: tuple(sorted(conditions)) for last, conditions in found.items()}

    def enters(self, name: str) -> str | None:
        """The dotted type that `with` or `async with` on the result of `name` gives; None when not known."""
        types = {row.enters or row.returns for row in self.rows(name)}
        return (types.pop() or None) if len(types) == 1 else None

    def runs(self, name: str) -> Row | None:
        """The row of a name whose call runs a callable that it is given; None for other names."""
        return next((row for row in self.rows(name) if row.runs is not None), None)

    def entry(self, name: str) -> tuple[Entry, ...]:
        """How `name` registers entry points; through aliases, attributes and parents, as for rows."""
        found = self._entered.get(name)
        if found is None:
            found = self._entered[name] = self._resolve_entry(name, frozenset())
        return found

    def host(self, address: str, method: str) -> Host | None:
        """What an address says of a request to it; `method` in capitals, "" where it is not known."""
        if self._hosts is None:
            self._hosts = tuple((re.compile(host.name), host) for host in self._written)
        for pattern, host in self._hosts:
            if (not method or method in host.methods) and pattern.search(address):
                return host
        return None

    def has_prefix(self, name: str) -> bool:
        """Whether any row, entry or alias has this name or stands below it."""
        if self._prefixes is None:
            self._prefixes = {
                prefix
                for known in (*self._shared, *self._entries, *self._aliases, *self._quiet)
                for prefix in _prefixes(known)
            }
        return name in self._prefixes

    def names(self) -> tuple[str, ...]:
        """Every name that has rows of its own, sorted."""
        return tuple(sorted(self._shared))

    def names_with(self, effect: str) -> tuple[str, ...]:
        """Every name with a row of this effect, sorted."""
        return tuple(sorted(name for name, rows in self._shared.items() if any(row.effect == effect for row in rows)))

    def distribution_of(self, import_name: str) -> str:
        """The distribution that usually brings a dotted import name."""
        return self._distributions.of(import_name)

    def distributions_of(self, import_name: str) -> tuple[str, ...]:
        """Every distribution known to bring a dotted import name, the usual one first."""
        return self._distributions.all_of(import_name)

    def brought_by(self, distribution: str) -> frozenset[str]:
        """Everything that a distribution (in normal form) always brings along, directly or not."""
        found: set[str] = set()
        pending = [distribution]
        while pending:
            for name in self._brings.get(pending.pop(), ()):
                if name not in found:
                    found.add(name)
                    pending.append(name)
        return frozenset(found)

    def _own(self, name: str) -> tuple[Row, ...]:
        own = self._rows.get(name)
        if own is None:
            shared = self._shared.get(name, ())
            own = self._rows[name] = tuple(msgspec.structs.replace(row, name=name) for row in shared)
        return own

    def _resolve(self, name: str, asked: frozenset[str]) -> tuple[Row, ...]:
        own = self._own(name)
        if own:
            return own
        for loan in loans(name, self._own, self._aliases):
            if loan.source in asked:
                continue
            rows = self._resolve(loan.source, asked | {name})
            if rows:
                return lend(rows, name, loan)
        return ()

    def _resolve_entry(self, name: str, asked: frozenset[str]) -> tuple[Entry, ...]:
        own = self._entries.get(name)
        if own is not None:
            return own
        for loan in loans(name, self._own, self._aliases):
            if loan.source in asked:
                continue
            found = self._resolve_entry(loan.source, asked | {name})
            if found:
                return found
        return ()

    def _silent(self, name: str) -> tuple[Row, ...]:
        plain = name.replace("()", "").replace("[]", "")
        for known in (plain, *(loan.source for loan in loans(plain, self._own, self._aliases))):
            for prefix in _prefixes(known):
                quiet = self._quiet.get(prefix)
                if quiet is not None:
                    return (Row(name=name, effect="none", package=quiet.package),)
        return ()


def _prefixes(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]
