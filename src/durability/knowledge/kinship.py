"""What a name without rows of its own stands for, and how the rows that it borrows change on the way."""

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from durability.knowledge.rows import Alias, Row


class Loan(Struct, frozen=True):
    """Rows of `source` may serve.

    On the way `parent` becomes `child` in what they return, blocking ones become `awaitable`, and what the parent
    leaves to the subclass (`heirs`: the rows of the subclass itself) is filled in.
    """

    source: str
    package: str = ""
    parent: str = ""
    child: str = ""
    awaitable: bool = False
    heirs: tuple[Row, ...] = ()


def loans(name: str, own: Callable[[str], tuple[Row, ...]], aliases: Mapping[str, Alias]) -> Iterator[Loan]:
    """Names whose rows may serve for `name`, nearest first: aliases, types of attributes and elements, parents.

    `own` gives the rows that stand under a name in the tables. "[]" in a name is an element of what is before it.
    """
    prefix, rest = name, ""
    while prefix:
        alias = aliases.get(prefix)
        if alias is not None:
            yield Loan(alias.of + rest, package=alias.package, parent=alias.of, child=prefix)
        if rest:
            yield from _relatives(own(prefix), rest)
        if prefix.endswith("[]"):
            yield from _members(own(prefix[:-2] + ".__getitem__"), rest)
            prefix, rest = prefix[:-2], "[]" + rest
            continue
        prefix, _, last = prefix.rpartition(".")
        yield from _members(own(prefix + ".__getattr__"), rest)
        rest = f".{last}{rest}"


def lend(rows: tuple[Row, ...], name: str, loan: Loan) -> tuple[Row, ...]:
    """`rows` as rows of `name`."""
    return tuple(_renamed(row, name, loan) for lent in rows for row in _inherited(lent, loan))


def _members(rows: tuple[Row, ...], rest: str) -> Iterator[Loan]:
    """What `x[...]` or `x.any` gives where the table says that they are all of one type."""
    yield from (Loan(row.returns + rest) for row in rows[:1] if row.returns)


def _relatives(heirs: tuple[Row, ...], rest: str) -> Iterator[Loan]:
    if not heirs:
        return
    row = heirs[0]
    is_class = row.name.rpartition(".")[2][:1].isupper()
    if row.returns != row.name and row.returns and (row.attribute or is_class):
        yield Loan(row.returns + rest)
    for parent in row.parents:
        yield Loan(parent + rest, parent=parent, child=row.name, heirs=heirs)
    for parent in row.awaitable_parents:
        yield Loan(parent + rest, parent=parent, child=row.name, heirs=heirs, awaitable=True)


def _inherited(row: Row, loan: Loan) -> tuple[Row, ...]:
    """A method whose wait the parent does not know waits as the constructor of the subclass says, per version."""
    if row.versions or not loan.heirs:
        return (row,)
    if row.timeout != "unknown" or not row.timeout_receiver:
        return (replace(row, package=loan.heirs[0].package),)
    return tuple(
        replace(row, package=heir.package, versions=heir.versions, timeout=heir.timeout, attempts=heir.attempts)
        for heir in loan.heirs
    )


def _renamed(row: Row, name: str, loan: Loan) -> Row:
    awaited = loan.awaitable and row.blocking
    return replace(
        row,
        name=name,
        package=loan.package or row.package,
        returns=_swapped(row.returns, loan),
        enters=_swapped(row.enters, loan),
        async_=row.async_ or awaited,
        blocking=row.blocking and not awaited,
    )


def _swapped(dotted: str, loan: Loan) -> str:
    if not loan.parent or not (dotted == loan.parent or dotted.startswith(loan.parent + ".")):
        return dotted
    return loan.child + dotted[len(loan.parent) :]
