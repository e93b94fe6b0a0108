"""swallowed-exception."""

from durability.api import (
    Ask,
    Bad,
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

HEAD = "import requests, sqlite3, os\n"
CONSEQUENCE = ("http", "llm", "db", "file.write", "message", "charge", "refund", "enqueue", "process")
BENIGN = frozenset(
    {
        "ImportError", "ModuleNotFoundError", "KeyboardInterrupt", "StopIteration", "StopAsyncIteration", "GeneratorExit",
        "asyncio.CancelledError", "asyncio.TimeoutError", "queue.Empty", "queue.Full", "FileNotFoundError",
        "FileExistsError", "PermissionError", "ProcessLookupError", "BrokenPipeError", "ConnectionResetError", "SystemExit",
        "NotImplementedError", "asyncio.QueueEmpty", "asyncio.QueueFull", "sqlite3.IntegrityError",
        "fastapi.WebSocketDisconnect", "starlette.websockets.WebSocketDisconnect",
    }
)  # fmt: skip
_ABSENT = ("DoesNotExist", "NoResultFound", "NotFound")
"""What is looked for is not there: an answer, whatever the library calls it."""
_CLEANUP = (
    "close",
    "aclose",
    "disconnect",
    "rollback",
    "unlink",
    "remove",
    "rmtree",
    "kill",
    "terminate",
    "shutdown",
    "stop",
    "quit",
    "drop_index",
    "drop_indexes",
    "drop_table",
    "drop_constraint",
)


@rule(
    lens="blindspot",
    severity="high",
    confidence="high",
    cwe=[390, 1069],
    sources=["Yuan et al., Simple Testing Can Prevent Most Critical Failures, OSDI 2014"],
    story=Story(
        demo="Nothing goes wrong, so nothing is hidden.",
        production="Something fails and nobody hears of it: the product goes on as if it had worked, and data goes missing quietly.",
        trigger="a call to a service or the database fails",
    ),
    action="Let the error travel, or report it and tell the caller",
    minutes=(5, 15),
    arms=["no-error-boundary"],
    sites=handlers(),
    examples=[
        Bad(
            HEAD
            + "def save(db, x):\n    try:\n        db.execute('x')\n        requests.post('u', json=x, timeout=3)\n    except Exception:  # <-\n        pass\n"
        ),
        Bad(
            HEAD
            + "def sync(urls):\n    for u in urls:\n        try:\n            requests.get(u, timeout=3)\n        except:  # <-\n            continue\n"
        ),
        Bad(
            HEAD
            + "import logging\nlogging.basicConfig()\ndef save(x):\n    try:\n        requests.post('u', json=x, timeout=3)\n"
            "    except Exception as error:  # <-\n        ...\n",
            why="logging is set up and not used here",
            decoy=True,
        ),
        Good(
            HEAD
            + "def save(x):\n    try:\n        requests.post('u', json=x, timeout=3)\n    except requests.RequestException as error:\n        raise RuntimeError('not saved') from error\n"
        ),
        Good(
            HEAD
            + "import logging\ndef save(x):\n    try:\n        requests.post('u', json=x, timeout=3)\n    except requests.RequestException:\n        logging.exception('not saved')\n        return False\n"
        ),
        Good(
            HEAD
            + "def f(users, key):\n    try:\n        requests.put('u', json=users.get(key), timeout=1)\n    except User.DoesNotExist:\n        pass\n",
            why="nobody of that name is an answer",
        ),
        Good(
            HEAD
            + "class Locked(Exception):\n    pass\ndef f(x):\n    try:\n        requests.put('u', json=x, timeout=1)\n        check(x)\n    except Locked:\n        pass\n",
            why="an answer that the project gives itself",
        ),
        Good(
            HEAD + "MIRRORS = ('http://a', 'http://b')\ndef load():\n    for mirror in MIRRORS:\n        try:\n"
            "            answer = requests.get(mirror, timeout=3)\n            answer.raise_for_status()\n"
            "            return answer.json()\n        except Exception:\n            continue\n"
            "    raise RuntimeError('no mirror answers')\n",
            why="the next mirror is asked, and when none answers it says so",
        ),
        Good(
            HEAD
            + "def load(db, key):\n    try:\n        return requests.get(f'http://cache/{key}', timeout=1).json()\n"
            "    except requests.RequestException:\n        pass\n"
            "    return requests.get(f'http://store/{key}', timeout=9).json()\n",
            why="asked elsewhere",
        ),
        Bad(
            HEAD + "def load(keys):\n    found = []\n    for key in keys:\n        try:\n"
            "            answer = requests.get(key, timeout=3)\n            found.append(answer.json())\n"
            "        except Exception:  # <-\n            continue\n    return found\n",
            why="the next item is no other source of this one",
            decoy=True,
        ),
        Bad(
            HEAD + "def load(key):\n    try:\n        return requests.get(key, timeout=3).json()\n"
            "    except Exception:  # <-\n        pass\n    return {}\n",
            why="nothing is no other way",
            decoy=True,
        ),
        Silent(
            "from pymongo import MongoClient\ndb = MongoClient().shop\ndef tidy():\n    try:\n"
            "        db.orders.drop_index('old')\n    except Exception:\n        pass\n",
            why="what may be gone already is taken away",
        ),
        Silent(
            "def number(text):\n    try:\n        return int(text)\n    except ValueError:\n        pass\n",
            why="nothing outside the program is at stake",
        ),
        Miss(
            HEAD
            + "from contextlib import suppress\ndef save(x):\n    with suppress(Exception):\n        requests.post('u', json=x, timeout=3)\n"
        ),
    ],
)
def swallowed_exception(handler: HandlerSite, ask: Ask) -> Verdict | None:
    """An error is caught and dropped.

    The handler is empty, and what it guards reaches outside the program: the caller goes on as if it had worked.
    """
    touched = [call for call in handler.guarded_calls if any(ask.has_effect(call, effect) for effect in CONSEQUENCE)]
    if not touched or all(call.shown.rsplit(".", 1)[-1] in _CLEANUP for call in touched):
        return None
    if not handler.empty or (handler.types and all(_benign(name, handler) for name in handler.types)):
        return harmless()
    if ask.tries_next(handler):
        return harmless()
    what = touched[0].shown
    return unhandled(
        f"errors of {what}() are dropped", fix=suggest("catch the narrow error, log it, and raise or return a failure")
    )


def _benign(name: str, handler: HandlerSite) -> bool:
    """Whether an error is an answer: something is absent or there already, or the project itself says so by name."""
    last = name.rsplit(".", 1)[-1].lstrip(":")
    if name in BENIGN or last in _ABSENT:
        return True
    return any(
        item.name == last for path in handler.context.judged_paths() for item in handler.program.files[path].classes
    )
