"""Which bindings of a name may hold at a place in a function: assignments, loops and contexts."""

from durability.facts.model import Assign, Block
from durability.program.flows.checks import Where
from durability.program.links.program import Program

_TABLES = frozenset({"model_dump", "dict", "to_dict", "asdict", "keys"})
"""Calls that give a table of fields by their names."""


class Reaching:
    """The bindings that come to a place."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def reaching(self, place: Where, name: str) -> tuple[list[Assign], tuple[int, int], bool]:
        """The bindings that may hold at a place, the start of the last one, and whether one of them always does."""
        above = set(self._program.blocks_above(place.key[0], place.block))
        own = [one for one in self._program.assigns_to(place.key[0], name) if one.function == place.key[1]]
        found: list[Assign] = []
        for assign in sorted(own, key=lambda one: one.span, reverse=True):
            if assign.op == "del":
                continue
            if assign.span[2:] > place.start:
                if self._same_loop(place, assign):
                    found.append(assign)
                continue
            found.append(assign)
            if assign.op == "=" and assign.block in above:
                return found, self._last(found, place), True
        return found, self._last(found, place), False

    def loops(self, place: Where, name: str) -> list[Block]:
        """The loops and contexts that bind a name where it is read: around it, or in the same statement, or before."""
        blocks = self._program.files[place.key[0]].blocks
        above = list(self._program.blocks_above(place.key[0], place.block))
        found = [
            number
            for number in self._program.blocks_in(place.key)
            if name in blocks[number].targets
            and blocks[number].kind in ("for", "comp", "with")
            and blocks[number].value
        ]
        around = [number for number in above if number in found]
        if around:
            return [blocks[around[0]]]
        later = [blocks[number] for number in found if blocks[number].kind == "comp"]
        inside = [block for block in later if block.span[:2] >= place.start]
        if inside:
            return [min(inside, key=lambda block: block.span)]
        return [blocks[number] for number in found if blocks[number].kind != "comp"]

    def _last(self, found: list[Assign], place: Where) -> tuple[int, int]:
        return max((one.span[:2] for one in found if one.span[2:] <= place.start), default=(0, 0))

    def _same_loop(self, place: Where, assign: Assign) -> bool:
        blocks = self._program.files[place.key[0]].blocks
        mine = {
            number
            for number in self._program.blocks_above(place.key[0], place.block)
            if blocks[number].kind in ("for", "while")
        }
        return any(number in mine for number in self._program.blocks_above(place.key[0], assign.block))


def takes_keys(block: Block, name: str) -> bool:
    """Whether a loop over a table gives its keys to a name: `for name in table`, `for name, value in table.items()`."""
    value = block.value
    if block.kind == "with" or value is None or not block.targets or block.targets[0] != name:
        return False
    if value.kind == "call":
        if len(block.targets) > 1:
            return value.text.endswith(".items")
        return value.text.rpartition(".")[2] in _TABLES
    return value.kind == "name" and len(block.targets) == 1
