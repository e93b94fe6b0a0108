"""Functions that look at who is asking and let those pass as well who show nothing: an optional login."""

import re

from durability.facts.model import Value
from durability.program.links.graph import FunctionKey
from durability.program.links.program import Program
from durability.program.links.spelling import plain_name

_SHOWN = re.compile(r"token|credential|authorization|bearer|api_?key|session|cookie", re.IGNORECASE)
_NEXT = re.compile(r"(?:^|\.)(?:call_next|get_response)$")
_ANY_ERROR = re.compile(r"(?:^|\.)(?:HTTPException|Exception|BaseException)$")


def lets_pass(program: Program, key: FunctionKey) -> bool:
    """Whether a function gives None, or goes on to the handler, where what a caller would show is missing."""
    blocks = program.files[key[0]].blocks
    for item in program.exits_in(key):
        if item.kind == "return" and _gives_nothing(item.value):
            above = (blocks[number] for number in program.blocks_above(key[0], item.block))
            if any(block.kind == "if" and block.value is not None and _is_missing(block.value) for block in above):
                return True
    return False


def is_caught(program: Program, key: FunctionKey, index: int) -> bool:
    """Whether the refusal of what a call runs is caught, and None given instead."""
    path = key[0]
    blocks = program.files[path].blocks
    giving = {
        number
        for item in program.exits_in(key)
        if item.kind == "return" and _gives_nothing(item.value)
        for number in program.blocks_above(path, item.block)
        if blocks[number].kind == "handler" and _catches_all(blocks[number].refs)
    }
    around = set(program.blocks_above(path, program.files[path].calls[index].block))
    return any(
        of is not None and of.text.isdigit() and int(of.text) in around for of in (blocks[n].value for n in giving)
    )


def _catches_all(refs: tuple[str, ...]) -> bool:
    return not refs or any(_ANY_ERROR.search(ref) for ref in refs)


def _gives_nothing(value: Value | None) -> bool:
    if value is None or (value.kind == "const" and value.text == "None"):
        return True
    return value.kind == "call" and _NEXT.search(value.text) is not None


def _is_missing(test: Value) -> bool:
    """Whether a test holds for whoever shows nothing."""
    if test.kind == "not" and test.parts:
        return _SHOWN.search(plain_name(test.parts[0])) is not None and test.parts[0].kind == "name"
    if test.kind == "or":
        return any(_is_missing(part) for part in test.parts)
    if test.kind == "compare" and len(test.parts) == 2 and test.text in ("Is", "Equal"):
        return test.parts[1].text == "None" and _SHOWN.search(plain_name(test.parts[0])) is not None
    return False
