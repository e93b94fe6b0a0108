"""What a name without rows of its own stands for, and how the rows that it borrows change on the way."""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from durability.knowledge.rows import Alias, Row


class Loan(Struct, frozen=True):
    """Rows of `source` may serve; `parent` becomes `child` in what they return, and `awaitable` ones get awaited."""

    source: str
    package: str = ""
    parent: str = ""
    child: str = ""
    awaitable: bool = False
    inherited: bool = False


def loans(name: str, rows: Mapping[str, tuple[Row, ...]], aliases: Mapping[str, Alias]) -> Iterator[Loan]:
    """Names whose rows may serve for `name`, nearest first: aliases, types of attributes, parent classes."""
    prefix, rest = name, ""
    while prefix:
        alias = aliases.get(prefix)
        if alias is not None:
            yield Loan(alias.of + rest, package=alias.package, parent=alias.of, child=prefix)
        if rest:
            for row in rows.get(prefix, ())[:1]:
                yield from _relatives(row, rest)
        prefix, _, last = prefix.rpartition(".")
        rest = f".{last}{rest}"


def lend(row: Row, name: str, loan: Loan) -> Row:
    """`row` as a row of `name`."""
    awaited = loan.awaitable and row.blocking
    return replace(
        row,
        name=name,
        package=_package(row, loan),
        returns=_swapped(row.returns, loan),
        enters=_swapped(row.enters, loan),
        async_=row.async_ or awaited,
        blocking=row.blocking and not awaited,
    )


def _package(row: Row, loan: Loan) -> str:
    """Versions of a lent row speak of the lender's distribution, except under an alias that names its own."""
    if loan.inherited and row.versions:
        return row.package
    return loan.package or row.package


def _relatives(row: Row, rest: str) -> Iterator[Loan]:
    if row.attribute and row.returns:
        yield Loan(row.returns + rest)
    for parent in row.parents:
        yield Loan(parent + rest, parent=parent, child=row.name, package=row.package, inherited=True)
    for parent in row.awaitable_parents:
        yield Loan(parent + rest, parent=parent, child=row.name, package=row.package, awaitable=True, inherited=True)


def _swapped(dotted: str, loan: Loan) -> str:
    if not loan.parent or not (dotted == loan.parent or dotted.startswith(loan.parent + ".")):
        return dotted
    return loan.child + dotted[len(loan.parent) :]
