"""Answers of other services as JSON, and how deep the program reaches into them."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.facts.model import Value
from durability.program.flows.guards import Subject
from durability.program.flows.handed import Origin, Place, spread
from durability.program.flows.results import names_in
from durability.program.flows.uses import Around, Use
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_RESPONSES = ("requests.", "httpx.", "aiohttp.", "urllib3.", "niquests.")
_TESTS = ("if", "while", "for", "match")
_SHAPE_ERRORS = frozenset({"KeyError", "IndexError", "LookupError", "Exception", "BaseException"})
_CHECKS = ("validate", "model_validate", "parse_obj", "validate_python", "loads", "load", "from_dict", "structure")


class Reach(Struct, frozen=True):
    """One place that reaches into an answer: how it is written, on which line, and whether something copes."""

    written: str
    line: int
    guarded: bool


class RemoteJson:
    """The JSON of remote answers, followed through the functions that hand it on as it came."""

    def __init__(self, context: "Context") -> None:
        self._context = context

    @cached_property
    def origins(self) -> dict[Place, Origin]:
        """Every call that gives the parsed body of a remote answer."""
        starts = {
            (site.path, site.index): Origin(f"{site.shown}() is what the other side sends")
            for name, group in sorted(self._context.calls_by_name.items())
            if name.endswith(".json") and name.startswith(_RESPONSES)
            for site in group
        }
        return spread(self._context, starts, (), self._returned, "gives what the other side sends")

    def _returned(self, key: FunctionKey, call: int) -> int:
        subject = Subject(self._context, key, call)
        return next((use.span[0] for use in subject.uses() if use.root == "return" and use.around is None), 0)

    def reaches(self, site: CallSite) -> tuple[Reach, ...]:
        """The uses that go at least two levels down, or take the first element, in source order."""
        subject = Subject(self._context, site.key, site.index)
        uses = list(subject.uses())
        checked = any(self._checks(use, site) for use in uses)
        ways = [(use, tuple(_path(use.around)), "") for use in uses]
        ways += [way for use, path, _ in ways for way in self._pieces(use, path, subject)]
        return tuple(
            Reach(_written(path), use.span[0], checked or not _is_bold(path) or self._copes(subject, use, piece))
            for use, path, piece in ways
            if len(path) > 1 or _takes_first(path)
        )

    def _pieces(self, use: Use, path: tuple[str, ...], subject: Subject) -> Iterator[tuple[Use, tuple[str, ...], str]]:
        """The ways that go on from a piece with a name: `items = data["items"]`, then `items[0]`."""
        if use.root != "assign" or not path or not _is_whole(use.around):
            return
        assigns = self._context.program.assigns_in(subject.key)
        names = [item.target.text for item in assigns if item.span == use.span and item.target.kind == "name"]
        again = [item.span for item in assigns if item.span > use.span and plain_name(item.target) in names]
        for name in names:
            for later in self._context.uses.of(subject.key, name):
                rest = tuple(_path(later.around))
                if rest and later.span > use.span and not any(span <= later.span for span in again):
                    yield later, path + rest, name

    def _checks(self, use: Use, site: CallSite) -> bool:
        """Whether the answer is given to something that checks it: a model, a validator, a project function."""
        around = use.around
        if around is None or around.value.kind not in ("call", "star") or around.position == 0:
            return False
        name = around.value.text.rsplit(".", 1)[-1]
        symbol = site.program.symbol(site.path, around.value.call) if around.value.call >= 0 else None
        return name in _CHECKS or name[:1].isupper() or (symbol is not None and symbol.kind != "library")

    def _copes(self, subject: Subject, use: Use, piece: str) -> bool:
        """Whether a test asks the answer before, or a handler on the way takes what a surprise raises."""
        if any(_asks(subject, test, piece) for test, _ in use.guards):
            return True
        context = self._context
        blocks = context.program.files[subject.key[0]].blocks
        before = [blocks[index] for index in context.program.blocks_in(subject.key) if blocks[index].span < use.span]
        if any(
            block.kind in _TESTS and block.value is not None and _asks(subject, block.value, piece) for block in before
        ):
            return True
        return context.caught.takes(subject.key, use.block, _SHAPE_ERRORS)


def _asks(subject: Subject, test: Value, piece: str) -> bool:
    """Whether a test looks into the answer, or at a piece of it; that there is one says nothing about its shape."""
    if piece and piece in names_in(test):
        return True
    if subject.is_self(test):
        return False
    if test.kind in ("not", "and", "or"):
        return any(_asks(subject, part, piece) for part in test.parts)
    if test.kind == "compare" and any(part.text == "None" for part in test.parts):
        return any(_asks(subject, part, piece) for part in test.parts)
    return subject.mentions(test)


def _path(around: Around | None) -> Iterator[str]:
    """The keys and positions that are read one after the other, inside out; `.get` for a lookup that copes."""
    while around is not None:
        value = around.value
        if value.kind == "item" and around.position == 0:
            yield _index(value.parts[1])
        elif value.kind == "call" and around.position == 0 and value.text.endswith(".get"):
            yield ".get"
        else:
            return
        around = around.outer


def _is_whole(around: Around | None) -> bool:
    """Whether nothing but keys and positions stands around a value."""
    while around is not None and around.position == 0 and around.value.kind in ("item", "call"):
        if around.value.kind == "call" and not around.value.text.endswith(".get"):
            return False
        around = around.outer
    return around is None


def _index(value: Value) -> str:
    if value.kind == "text":
        return f'["{value.text}"]'
    return f"[{value.text}]" if value.kind == "const" else "[:]" if value.kind == "slice" else "[…]"


def _is_bold(path: tuple[str, ...]) -> bool:
    """Whether a surprise in the answer raises: two keys in a row, or a position."""
    keys = [step for step in path if step.startswith('["')]
    return len(keys) > 1 or _takes_first(path)


def _takes_first(path: tuple[str, ...]) -> bool:
    return any(step in ("[0]", "[-1]") for step in path)


def _written(path: tuple[str, ...]) -> str:
    return "".join(path)
