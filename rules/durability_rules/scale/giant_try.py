"""giant-try."""

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    HandlerSite,
    Miss,
    Silent,
    Story,
    Verdict,
    handlers,
    harmless,
    rule,
    suggest,
    unhandled,
)

LARGEST = 12
FINAL = ("db.commit", "charge", "refund", "message", "enqueue")
LASTING = ("db.write", *FINAL)
_DB = "import sqlite3\ndb = sqlite3.connect('x')\n"
_SAVE = "        db.execute('INSERT INTO a VALUES (1)')\n        db.commit()\n"
_TWO = _SAVE + "        x = step(x)\n" + _SAVE


def _lines(count: int) -> str:
    return "".join(f"        x = step{number}(x)\n" for number in range(count))


@rule(
    lens="scale",
    severity="low",
    confidence="high",
    preview=True,
    cwe=[396],
    sources=["PEP 8, Programming Recommendations: limit the try clause"],
    story=Story(
        demo="One net under everything.",
        production="When a step in the middle fails, the steps before it are done and the ones after it are not, and nothing tells which.",
        trigger="a failure half-way",
    ),
    action="Put only the call that can fail into the try",
    minutes=(5, 15),
    sites=handlers(),
    examples=[
        Bad(_DB + "def run(x):\n    try:\n" + _TWO + _lines(13) + "    except OSError:  # <-\n        return None\n"),
        Bad(_DB + "def run(x):\n    try:\n" + _TWO + _lines(20) + "    except Exception:  # <-\n        pass\n"),
        Bad(
            _DB
            + "def run(x):\n    try:\n"
            + _TWO
            + _lines(13)
            + "    except OSError as error:  # <-\n        raise RunError('step 3') from error\n",
            why="names a step without knowing which",
            decoy=True,
        ),
        Good(_DB + "def run(x):\n    try:\n        x = step(x)\n    except OSError:\n        return None\n"),
        Good(
            _DB + "def run(x):\n    try:\n" + _SAVE + _lines(30) + "    except OSError:\n        return None\n",
            why="one change, which is made or not",
        ),
        Good(
            _DB + "def run(x):\n    try:\n" + _TWO + _lines(13) + "    except OSError:\n        db.rollback()\n",
            why="taken back",
        ),
        Silent("def run(x):\n    return step(x)\n"),
        Miss(_DB + "with suppress(OSError):\n" + (_TWO + _lines(13)).replace("        ", "    ")),
    ],
)
def giant_try(handler: HandlerSite, ask: Ask) -> Verdict:
    """One handler guards many steps, and some of them change something for good.

    It cannot know which of them failed, so it cannot undo what was done before. Reading may fail half-way.
    """
    size = handler.guarded_statements
    if size <= LARGEST or any(call.library.effect == "db.rollback" for call in handler.calls):
        return harmless()
    lasting = _lasting(handler, ask)
    if len(lasting) < 2:
        return harmless()
    first, second = (call.shown for call in lasting[:2])
    return unhandled(
        f"one handler guards {size} statements: {first}() may be done and {second}() not",
        fix=suggest("guard the call that can fail"),
        cause=handler.path,
    )


def _lasting(handler: HandlerSite, ask: Ask) -> list[CallSite]:
    """The guarded calls that change something for good; what is written counts once when it is committed."""
    found = [call for call in handler.guarded_calls if _has(call, ask, LASTING)]
    commits = _has_any(found, ask, ("db.commit",))
    return [call for call in found if not commits or _has(call, ask, FINAL)]


def _has(call: CallSite, ask: Ask, effects: tuple[str, ...]) -> bool:
    return any(ask.has_effect(call, effect) for effect in effects)


def _has_any(found: list[CallSite], ask: Ask, effects: tuple[str, ...]) -> bool:
    return any(_has(call, ask, effects) for call in found)
