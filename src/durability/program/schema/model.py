"""The shape of stored data, as the program declares it."""

from msgspec import Struct

from durability.program.links.link import Symbol


class Column(Struct, frozen=True):
    """A column: `default` is the constant it gets when nothing is given, "" when there is none or it is not constant.

    `flag` says that it is on or off. `readable` is false where the declaration does not tell whether it is unique.
    """

    name: str
    unique: bool = False
    indexed: bool = False
    default: str = ""
    references: str = ""
    checked: bool = False
    flag: bool = False
    readable: bool = True


class Table(Struct, frozen=True):
    """A table: `keys` are the sets of columns of which the database takes each combination once.

    `model` is the class that stands for it. `readable` is false where some of its keys may be out of sight. `is_open`
    says that its rows take any field, as documents do; `declared` is false where nothing in sight makes indexes for it.
    """

    name: str
    path: str
    line: int
    columns: tuple[Column, ...] = ()
    keys: frozenset[frozenset[str]] = frozenset()
    indexes: frozenset[tuple[str, ...]] = frozenset()
    model: Symbol | None = None
    readable: bool = True
    is_open: bool = False
    declared: bool = True

    def column(self, name: str) -> Column | None:
        """The column of a name."""
        return next((item for item in self.columns if item.name == name), None)

    def holds_once(self, columns: frozenset[str]) -> bool:
        """Whether two rows can never be equal in these columns: some key lies within them."""
        shortened = columns | {name.removesuffix("_id") for name in columns} | {f"{name}_id" for name in columns}
        return any(key <= shortened for key in self.keys)

    def knows(self, columns: frozenset[str]) -> bool:
        """Whether every one of these columns is declared in sight, and plainly enough to tell whether it is a key."""
        named = {item.name: item.readable for item in self.columns}
        return self.is_open or all(named.get(name, named.get(name.removesuffix("_id"), False)) for name in columns)
