"""quadratic-membership."""

from durability.api import (
    Ask,
    Bad,
    Good,
    LoopSite,
    Miss,
    Silent,
    Step,
    Story,
    Verdict,
    harmless,
    loops,
    rule,
    suggest,
    unhandled,
)


@rule(
    lens="scale",
    severity="low",
    confidence="high",
    cwe=[407, 1067],
    sources=["Python wiki, TimeComplexity: `x in list` looks at every item"],
    story=Story(
        demo="A hundred rows are done at once.",
        production="Twice the rows take four times as long, until the import that ran in a blink does not end before people give up.",
        trigger="the data grows",
    ),
    action="Keep what is looked up in a set or dictionary",
    minutes=(5, 15),
    preview=True,
    sites=loops(),
    examples=[
        Bad(
            "def unique(rows):\n    seen = []\n    for row in rows:  # <-\n        if row not in seen:\n"
            "            seen.append(row)\n    return seen\n"
        ),
        Bad(
            {
                "main.py": "import data as d\nold = list(d.load())\nfor row in d.load():  # <-\n    if row['id'] in old:\n        print(row)\n",
                "data.py": "def load():\n    return open('rows').readlines()\n",
            },
            why="the list comes from a helper in another file",
        ),
        Bad(
            {
                "main.py": "from tools import Merge\nMerge().run([], [])\n",
                "tools/__init__.py": "from .merging import Merge\n",
                "tools/merging.py": "class Merge:\n    def run(self, old, new):\n        keys = [row['id'] for row in old]\n"
                "        index = set()\n        for row in new:  # <-\n            index.add(row['id'])\n"
                "            if row['id'] not in keys:\n                old.append(row)\n",
            },
            why="there is a set, but the list is what is searched",
            decoy=True,
        ),
        Good(
            "def unique(rows):\n    seen = set()\n    for row in rows:\n        if row not in seen:\n"
            "            seen.add(row)\n    return seen\n"
        ),
        Good(
            "def kinds(rows):\n    known = ['a', 'b']\n    for row in rows:\n        if row in known:\n            print(row)\n",
            why="two items, whatever the data",
        ),
        Good(
            {
                "main.py": "from data import known\ndef new(rows):\n    keys = known()\n    for row in rows:\n"
                "        if row not in keys:\n            print(row)\n",
                "data.py": "def known():\n    return {line.strip() for line in open('keys')}\n",
            },
            why="the other file gives a set",
        ),
        Silent("print('a' in ['a', 'b'])\n", why="no loop"),
        Miss(
            "def unique(rows):\n    seen = []\n    for row in rows:\n        keep(seen, row)\ndef keep(seen, row):\n"
            "    if row not in seen:\n        seen.append(row)\n",
            why="the search is in a helper",
        ),
    ],
)
def quadratic_membership(loop: LoopSite, ask: Ask) -> Verdict:
    """A loop looks through a whole list in every round, and the list grows with the data.

    Looking for an item in a list compares it with one after the other; in a set it takes one step.
    """
    found = ask.scanned_list(loop)
    if found is None:
        return harmless()
    name, line = found
    return unhandled(
        f"each round looks through the whole list {name}",
        fix=suggest(f"make {name} a set or dict"),
        trace=(
            Step(loop.path, loop.line, "for each of these"),
            Step(loop.path, line, f"the whole of {name} is searched"),
        ),
    )
