"""Files that are written in one place and read in another."""

import pytest
from tests.program.test_program import linked

from durability.program.context import Context


def writes(context: Context) -> list[tuple[str, int, bool]]:
    found = context.state_files.origins
    return [(path, context.call(path, index).line, found[path, index].atomic) for path, index in sorted(found)]


@pytest.mark.parametrize(
    ("save", "load"),
    [
        ("open('a.json', 'w')", "open('a.json')"),
        ("open(P, 'w')", "open('a.json')"),
        ("open(os.path.join('d', 'a.json'), 'w')", "(Path('d') / 'a.json').read_text()"),
        ("Path(P).write_text('')", "open(P, 'r')"),
        ("open(f'd/{x}.json', 'w')", "open(f'd/{x}.json')"),
        ("open(where(x), 'w')", "open(where(x))"),
        ("open(os.getenv('S', 'a.json'), 'w')", "open('a.json')"),
    ],
)
def test_one_path_written_two_ways_is_one_file(save, load):
    head = "import os\nfrom pathlib import Path\nP = 'a.json'\ndef where(x):\n    return x + '.json'\n"
    context = linked(main=head + f"def save(x):\n    {save}\ndef load(x):\n    {load}\n")
    assert writes(context) == [("main.py", 7, False)]


@pytest.mark.parametrize(
    ("save", "load"),
    [
        ("open('a.json', 'a')", "open('a.json')"),
        ("open('a.json', 'w')", "open('b.json')"),
        ("open('a.bin', 'wb')", "open('a.bin')"),
        ("open(x, 'w')", "open(x)"),
    ],
)
def test_what_is_no_state(save, load):
    assert writes(linked(main=f"def save(x):\n    {save}\ndef load(x):\n    {load}\n")) == []


def test_a_helper_is_asked_for_the_paths_of_its_callers():
    context = linked(
        files="def put(path, text):\n    open(path, 'w').write(text)\ndef take(path):\n    return open(path).read()\n",
        main="from files import put, take\nS = 'a.json'\ndef f():\n    put(S, take(S))\n",
    )
    assert writes(context) == [("files.py", 2, False)]


def test_paths_made_from_one_another_end():
    names = "".join(f"p{n} = p{n + 1} + p{n + 1}\n" for n in range(60)) + "p60 = p0\n"
    assert writes(linked(main=names + "def f():\n    open(p0, 'w')\ndef g():\n    open(p0)\n")) in (
        [],
        [("main.py", 63, False)],
    )
