"""mutable-default-or-class-state."""

from durability.api import (
    Ask,
    Bad,
    FunctionSite,
    Good,
    Miss,
    Silent,
    Step,
    Story,
    Verdict,
    functions,
    handled,
    rule,
    suggest,
    unhandled,
)


@rule(
    lens="time",
    severity="medium",
    confidence="high",
    cwe=[1188],
    sources=["Python documentation, Programming FAQ: Why are default values shared between objects?"],
    story=Story(
        demo="The first call starts with an empty list.",
        production="The second caller finds what the first one left: somebody sees another person's items, or yesterday's date.",
        trigger="it is called a second time",
    ),
    action="Make the value anew in each call or each object",
    minutes=(5, 15),
    sites=functions(),
    examples=[
        Bad("def add(item, into=[]):  # <-\n    into.append(item)\n    return into\n"),
        Bad("import datetime\ndef log(text, at=datetime.datetime.now()):  # <-\n    print(at, text)\n"),
        Bad(
            "class Cart:\n    items = []\n    def add(self, item):  # <-\n        self.items.append(item)\n"
            "def visit():\n    return Cart()\n"
        ),
        Bad(
            {
                "app.py": "import base as b\nclass Orders(b.Collection):\n    def take(self, order):  # <-\n"
                "        self.rows[order] = 1\n"
                "def visit():\n    return Orders()\n",
                "base.py": "class Collection:\n    rows: dict = {}\n",
            },
            why="the base class keeps it, in another file",
        ),
        Bad(
            {
                "app.py": "from store import Base\nclass Users(Base):\n    def __init__(self):\n        self.size = 0\n"
                "    def add(self, user):  # <-\n        self.known.add(user)\ndef visit():\n    return Users()\n",
                "store/__init__.py": "from .base import Base\n",
                "store/base.py": "class Base:\n    known = set()\n",
            },
            why="a constructor, but it stores something else",
            decoy=True,
        ),
        Good(
            "def add(item, into=None):\n    into = [] if into is None else into\n    into.append(item)\n    return into\n"
        ),
        Good("def total(items=[]):\n    return sum(items)\n", why="it is only read"),
        Good(
            {
                "app.py": "from base import Collection\nclass Orders(Collection):\n    def take(self, order):\n"
                "        self.rows.append(order)\n"
                "def visit():\n    return Orders()\n",
                "base.py": "class Collection:\n    rows = []\n    def __init__(self):\n        self.rows = []\n",
            },
            why="the base class gives every object its own",
        ),
        Good("def add(item, into=[]):\n    into = list(into)\n    into.append(item)\n    return into\n", why="a copy"),
        Good(
            "class Names:\n    known = {}\n    def get(self, key):\n        if key not in self.known:\n"
            "            self.known[key] = key.title()\n        return self.known[key]\ndef visit():\n    return Names()\n",
            why="kept for all on purpose",
        ),
        Silent("items = []\nitems.append(1)\n", why="no function"),
        Miss("def add(item, into=[]):\n    change(into, item)\n    return into\n", why="somebody else changes it"),
    ],
)
def mutable_default_or_class_state(function: FunctionSite, ask: Ask) -> Verdict:
    """A value that is made once is shared by all calls, or by all objects of a class.

    Python evaluates a default, and the body of a class, when it reads the definition and never again.
    """
    shared = ask.shared_values(function)
    if not shared:
        return handled()
    first = shared[0]
    elsewhere = first.path != function.path
    return unhandled(
        f"{first.name} of {function.function.name}() {first.why}",
        fix=suggest("default to None and make it inside, or set it in __init__ (field(default_factory=...))"),
        trace=(
            Step(first.path, first.line, f"{first.name} is made here"),
            Step(function.path, function.line, f"{function.function.qualname}() uses it"),
        )
        if elsewhere
        else (),
    )
