"""error-masked-as-empty."""

from durability.api import (
    Ask,
    Bad,
    Good,
    HandlerSite,
    Miss,
    Silent,
    Story,
    Value,
    Verdict,
    handled,
    handlers,
    harmless,
    rule,
    suggest,
    unhandled,
)

_NARROW = frozenset(
    {
        "ValueError",
        "TypeError",
        "KeyError",
        "IndexError",
        "AttributeError",
        "ImportError",
        "StopIteration",
        "UnicodeDecodeError",
        "LookupError",
        "FileNotFoundError",
        "JSONDecodeError",
        "DoesNotExist",
        "NotFound",
        "NoResultFound",
        "ObjectDoesNotExist",
    }
)
_OUTSIDE = ("db", "http", "llm", "file", "process", "message", "charge", "cache")
_MAY_BE_NONE = frozenset({"get", "first", "fetchone", "one_or_none", "scalar_one_or_none", "find_one"})


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    preview=True,
    cwe=[392, 394],
    sources=["Yuan et al., Simple Testing Can Prevent Most Critical Failures, OSDI 2014"],
    story=Story(
        demo="There is always something to show.",
        production="An outage looks like an empty list: people believe that there is nothing, and act on it.",
        trigger="whatever is asked fails",
    ),
    action="Let callers tell a failure from an empty answer",
    minutes=(5, 15),
    arms=["no-error-boundary"],
    sites=handlers(),
    examples=[
        Bad("def orders(db):\n    try:\n        return db.load()\n    except Exception:  # <-\n        return []\n"),
        Bad(
            "import sqlite3\ndb = sqlite3.connect('x')\ndef user(key):\n    try:\n        row = db.execute('SELECT 1').fetchone()\n        return row.name if row else None\n    except Exception:  # <-\n        return None\n",
            why="None is what an unknown key gives too",
        ),
        Bad("def balance(db):\n    try:\n        return db.load()\n    except OSError:  # <-\n        return 0\n"),
        Bad(
            "import logging\ndef orders(db):\n    try:\n        return db.load()\n    except Exception:  # <-\n        logging.exception('no orders')\n        return {}\n",
            why="whoever called still sees no orders",
            decoy=True,
        ),
        Good(
            "def orders(db):\n    try:\n        return db.load()\n    except OSError as error:\n        raise Unavailable() from error\n"
        ),
        Good(
            "def number(text):\n    try:\n        return int(text)\n    except ValueError:\n        return None\n",
            why="a narrow error with one meaning",
        ),
        Good(
            "def order(db):\n    try:\n        return build(db.load())\n    except Exception:\n        return None\n",
            why="nothing but a failure gives None",
        ),
        Good(
            "def canonical(text):\n    try:\n        found = parse(text)\n        if found is None:\n            return None\n        return found.name\n    except Exception:\n        return None\n",
            why="nothing outside is asked: no text, no answer",
        ),
        Good(
            "import click\n@click.command()\ndef load():\n    try:\n        return fetch()\n    except Exception as error:\n        click.echo(error)\n        return []\n",
            why="the person at the terminal reads it",
        ),
        Good(
            "def valid(text):\n    try:\n        return parse(text) is not None\n    except Exception:\n        return False\n",
            why="no is an answer that says what to do",
        ),
        Good(
            "def order(db):\n    try:\n        return db.load() or None\n    except ApiError as error:\n        if error.code == 404:\n            return []\n        raise\n",
            why="one failure means that there is none, the others travel",
        ),
        Bad(
            {
                "app.py": "import store as s\ndef page():\n    rows = s.orders()\n    print('orders')\n    return len(rows)\n",
                "store.py": "import requests\ndef orders():\n    try:\n        return requests.get('http://o', timeout=3).json()\n"
                "    except Exception:  # <-\n        return []\n",
            },
            why="a caller in another file counts what is not there",
        ),
        Bad(
            {
                "app.py": "from shop import Shop\ndef page():\n    rows = Shop().orders()\n    if rows:\n        print(len(rows))\n    return rows\n",
                "shop/__init__.py": "from .orders import Shop\n",
                "shop/orders.py": "import requests\nclass Shop:\n    def orders(self):\n        try:\n"
                "            return requests.get('http://o', timeout=3).json()\n        except Exception:  # <-\n            return []\n",
            },
            why="it asks whether there are rows, and takes none for an answer",
            decoy=True,
        ),
        Good(
            {
                "app.py": "from store import orders\ndef page():\n    rows = orders()\n    if not rows:\n        raise RuntimeError('no orders')\n    return rows\n",
                "store.py": "import requests\ndef orders():\n    try:\n        return requests.get('http://o', timeout=3).json()\n"
                "    except Exception:\n        return []\n",
            },
            why="its only caller, in another file, takes none for a failure",
        ),
        Good(
            {
                "app.py": "from store import root\ndef page():\n    if found := root():\n        return found\n"
                "    raise RuntimeError('no root')\n",
                "store.py": "import requests\ndef root():\n    try:\n        return requests.get('http://o', timeout=3).json()\n"
                "    except Exception:\n        return {}\n",
            },
            why="tested in the very line in which it is asked for",
        ),
        Bad(
            {
                "app.py": "from store import root\ndef page():\n    if root()['name'] == 'a':\n        return 'a'\n"
                "    return 'b'\n",
                "store.py": "import requests\ndef root():\n    try:\n        return requests.get('http://o', timeout=3).json()\n"
                "    except Exception:  # <-\n        return {}\n",
            },
            why="a test of what is in it is none of whether it is there",
            decoy=True,
        ),
        Silent("def orders(db):\n    return db.load() or []\n"),
        Miss(
            "def orders(db):\n    found = []\n    try:\n        found = db.load()\n    except Exception:\n        log()\n    return found\n"
        ),
    ],
)
def error_masked_as_empty(handler: HandlerSite, ask: Ask) -> Verdict:
    """A failure is answered with an empty value that a success could give as well.

    The caller cannot tell "there is none" from "we do not know".
    """
    if (
        not handler.guarded_calls
        or handler.reraises
        or handler.tells_person
        or (handler.types and all(name.rsplit(".", 1)[-1] in _NARROW for name in handler.types))
    ):
        return harmless()
    if any(_is_empty(value) or (_is_none(value) and _may_be_none(handler, ask)) for value in handler.returned):
        if ask.told_apart(handler):
            return handled()
        return unhandled(
            "an error is returned as an empty value",
            fix=suggest("raise, or return something that says it failed"),
            cause=handler.path,
            trace=ask.used_blindly(handler),
        )
    return harmless()


def _is_empty(value: Value | None) -> bool:
    if value is None:
        return False
    if value.kind in ("list", "dict", "tuple", "set"):
        return not value.parts
    if value.kind == "text":
        return not value.text
    return value.kind == "const" and value.text in ("0", "0.0")


def _is_none(value: Value | None) -> bool:
    return value is not None and value.kind == "const" and value.text == "None"


def _may_be_none(handler: HandlerSite, ask: Ask) -> bool:
    """Whether what is asked can be out, and None is its answer as well, so that None does not say that it failed."""
    if not any(ask.has_effect(call, effect) for call in handler.guarded_calls for effect in _OUTSIDE):
        return False
    tried = (item for item in handler.exits_here() if handler.within(item.block, handler.guarded_block))
    return any(item.kind == "return" and _ends_in_none(item.value) for item in tried)


def _ends_in_none(value: Value | None) -> bool:
    if value is not None and value.kind == "if":
        return any(_ends_in_none(part) for part in value.parts[1:])
    if value is not None and value.kind == "call":
        return value.text.rsplit(".", 1)[-1] in _MAY_BE_NONE
    return _is_none(value)
