"""error-masked-as-empty."""

from durability.api import (
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
    }
)


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[392, 394],
    sources=["Yuan et al., Simple Testing Can Prevent Most Critical Failures, OSDI 2014"],
    story=Story(
        demo="There is always something to show.",
        production="An outage looks like an empty list: people believe that there is nothing, and act on it.",
        trigger="whatever is asked fails",
    ),
    action="Let callers tell a failure from an empty answer",
    minutes=(5, 15),
    sites=handlers(),
    examples=[
        Bad("def orders(db):\n    try:\n        return db.load()\n    except Exception:  # <-\n        return []\n"),
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
        Silent("def orders(db):\n    return db.load() or []\n"),
        Miss(
            "def orders(db):\n    found = []\n    try:\n        found = db.load()\n    except Exception:\n        log()\n    return found\n"
        ),
    ],
)
def error_masked_as_empty(handler: HandlerSite) -> Verdict:
    """A failure is answered with an empty value that a success could give as well.

    The caller cannot tell "there is none" from "we do not know".
    """
    if handler.types and all(name in _NARROW for name in handler.types):
        return handled()
    if any(_is_empty(value) for value in handler.returned):
        return unhandled(
            "an error is returned as an empty value",
            fix=suggest("raise, or return something that says it failed"),
            cause=handler.path,
        )
    return handled()


def _is_empty(value: Value | None) -> bool:
    if value is None:
        return False
    if value.kind in ("list", "dict", "tuple", "set"):
        return not value.parts
    if value.kind == "text":
        return not value.text
    return value.kind == "const" and value.text in ("None", "0", "0.0", "False")
