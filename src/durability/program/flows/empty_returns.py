"""Functions that say `return None` on one path and give a value on another, and the ones whose None is another's."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from durability.facts.model import Exit, Value
from durability.model import Step
from durability.program.flows.results import names_in
from durability.program.links.graph import FunctionKey

if TYPE_CHECKING:
    from durability.program.context import Context

_NONE_TESTS = frozenset({"Is", "Equal"})
_SWITCHES = frozenset({"True", "False"})


class EmptyReturns:
    """Every function that gives None by itself, and every one that gives None because what it called did."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._program = context.program

    def plain(self) -> list[tuple[FunctionKey, Step]]:
        """Functions that say `return None` by themselves, with the place where they do."""
        found = []
        for path in self._context.judged_paths():
            for index, function in enumerate(self._program.files[path].functions):
                key = (path, index)
                empty = [item for item in self._empty(key) if not self._is_asked_for(key, item)]
                own = [item for item in empty if not self._needs_what_never_is(key, item)]
                if index and own:
                    line = own[0].span[0]
                    found.append((key, Step(path, line, f"{function.qualname}() returns None")))
        return found

    def handed_on(self, key: FunctionKey, call: int) -> int:
        """The line on which a function returns None because a call gave it None; 0 when it does not."""
        for leaving in self._empty(key):
            tested = self._tested(key, leaving)
            if tested and call in self._calls_bound(key, tested):
                return leaving.span[0]
        return 0

    def _empty(self, key: FunctionKey) -> list[Exit]:
        returns = [item for item in self._program.exits_in(key) if item.kind == "return"]
        empty = [item for item in returns if item.value is None or is_none(item.value)]
        return empty if len(empty) < len(returns) else []

    def _is_asked_for(self, key: FunctionKey, leaving: Exit) -> bool:
        """Whether a test of nothing but parameters, or of a switch, leads there: whoever calls knows what it gave."""
        parameters = self._program.function(key).parameters
        names = {item.name for item in parameters}
        switches = {item.name for item in parameters if item.default is not None and item.default.text in _SWITCHES}
        for test in self._tests_above(key, leaving):
            asked = set(names_in(test))
            if asked and (asked <= names or asked & switches):
                return True
        return False

    def _needs_what_never_is(self, key: FunctionKey, leaving: Exit) -> bool:
        """Whether it is left there only where a function of the program gave None: that function says whether it does.

        `if not made` after a function that always makes a new object is never so either.
        """
        calls = self._calls_bound(key, self._tested(key, leaving))
        if calls and all(self._is_ours(key[0], call) for call in calls):
            return True
        made = self._calls_bound(key, self._denied(key, leaving))
        return bool(made) and all(self._always_makes(key[0], call) for call in made)

    def _tests_above(self, key: FunctionKey, leaving: Exit) -> Iterator[Value]:
        blocks = self._program.files[key[0]].blocks
        for index in self._program.blocks_above(key[0], leaving.block):
            test = blocks[index].value
            if blocks[index].kind in ("if", "else") and test is not None:
                yield test

    def _innermost(self, key: FunctionKey, leaving: Exit) -> Value | None:
        block = self._program.files[key[0]].blocks[leaving.block] if leaving.block >= 0 else None
        return block.value if block is not None and block.kind == "if" else None

    def _tested(self, key: FunctionKey, leaving: Exit) -> str:
        """The name that the `if` around a return compares with None."""
        test = self._innermost(key, leaving)
        if test is None or test.kind != "compare" or test.text not in _NONE_TESTS or not is_none(test.parts[-1]):
            return ""
        return test.parts[0].text if test.parts[0].kind == "name" else ""

    def _denied(self, key: FunctionKey, leaving: Exit) -> str:
        """The name that the `if` around a return denies."""
        test = self._innermost(key, leaving)
        if test is None or test.kind != "not" or test.parts[0].kind != "name":
            return ""
        return test.parts[0].text

    def _calls_bound(self, key: FunctionKey, name: str) -> list[int]:
        """The calls whose results a name of the function holds; none where it holds anything else."""
        values = [item.value for item in self._program.assigns_to(key[0], name) if item.function == key[1]]
        calls = [value.call for value in values if value is not None and value.kind == "call" and value.call >= 0]
        return calls if name and len(calls) == len(values) else []

    def _is_ours(self, path: str, call: int) -> bool:
        symbol = self._program.symbol(path, call)
        return symbol.kind == "function" and self._program.key_of(symbol) is not None

    def _always_makes(self, path: str, call: int) -> bool:
        """Whether a function of the program gives a newly made object whatever happens."""
        symbol = self._program.symbol(path, call)
        target = self._program.key_of(symbol) if symbol.kind == "function" else None
        if target is None:
            return False
        given = [item.value for item in self._program.exits_in(target) if item.kind == "return"]
        return bool(given) and all(value is not None and self._makes(target[0], value) for value in given)

    def _makes(self, path: str, value: Value) -> bool:
        if value.kind != "call" or value.call < 0:
            return False
        return self._program.name(path, value.call).rsplit(".", 1)[-1][:1].isupper()


def is_none(value: Value) -> bool:
    """Whether a value is None as written."""
    return value.kind == "const" and value.text == "None"
