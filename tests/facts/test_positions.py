"""Positions agree with LibCST's own provider, and the facts of a file survive the trip to another process."""

import sysconfig
from pathlib import Path

import libcst as cst
import msgspec
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

import durability
from durability.facts.collect import collect
from durability.facts.model import FileFacts
from durability.sources.text import Unreadable, check
from durability.syntax.positions import RECORDED, Positions

SOURCES = sorted(Path(durability.__file__).parent.rglob("*.py"))[::6] + [
    Path(sysconfig.get_paths()["stdlib"]) / name for name in ("dataclasses.py", "argparse.py", "asyncio/base_events.py")
]
ODD = "x = (\n    1 +\n    2)\n\n@decorated\ndef f(a,  b = 'ü'):\n\treturn [y for y in (a , b) if  y]\n\nwith a as b, c as d: pass\n"


@pytest.mark.parametrize("source", [*SOURCES, ODD], ids=lambda item: item.name if isinstance(item, Path) else "odd")
def test_positions_are_those_of_libcst(source):
    text = source.read_text("utf-8") if isinstance(source, Path) else source
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    ours = Positions(wrapper.module)
    assert ours.text == text
    for node, span in wrapper.resolve(PositionProvider).items():
        # A block's own start is nobody's: only its end is asked for.
        if type(node) in RECORDED and not isinstance(node, cst.IndentedBlock):
            assert ours.span(node) == (span.start.line, span.start.column + 1, span.end.line, span.end.column + 1)


@pytest.mark.parametrize("source", [*SOURCES, ODD], ids=lambda item: item.name if isinstance(item, Path) else "odd")
def test_facts_survive_a_round_trip(source):
    text = source.read_text("utf-8") if isinstance(source, Path) else source
    try:
        check(text)
    except Unreadable:
        return
    facts = collect(text, "a.py", "a")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=FileFacts) == facts
