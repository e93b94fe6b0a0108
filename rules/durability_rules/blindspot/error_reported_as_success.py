"""error-reported-as-success."""

import re

from durability.api import (
    Ask,
    Bad,
    Good,
    HandlerSite,
    Miss,
    Silent,
    Step,
    Story,
    Verdict,
    handled,
    handlers,
    harmless,
    rule,
    suggest,
    unhandled,
)

_NARROW = frozenset({"ValueError", "TypeError", "KeyError", "IndexError", "AttributeError", "ImportError"})
_NARROW |= {"IntegrityError", "DuplicateKeyError", "FileNotFoundError", "JSONDecodeError", "CancelledError"}
_CHANGES = ("db.write", "db.commit", "charge", "refund", "file.write")
_ABOUT_SENDING = re.compile(
    r"send|mail|sms|notif|contact|otp|reset|invit|messag|remind|whatsapp|telegram|alert|verif", re.IGNORECASE
)
"""Names of what is asked for in order to write to somebody; elsewhere a message only goes along."""

_SHOWS = ("streamlit.error", "streamlit.warning", "streamlit.exception", "streamlit.toast")
_SENDS = ("post", "put", "patch", "delete")
_APP = "from fastapi import FastAPI\n"
_STORE = (
    "import requests\ndef save(item):\n    try:\n        requests.post('http://store', json=item, timeout=5)\n"
    "    except Exception:{}\n        print('failed')\n"
)
_ROUTE = "app = FastAPI()\n@app.post('/')\ndef add(item: dict):\n    {}\n    return {{'status': 'ok'}}\n"
_TRY = "import requests\n" + _APP + "app = FastAPI()\n@app.post('/')\ndef add(item: dict):\n    try:\n"
_SEND = "        requests.post('http://store', json=item, timeout=5)\n"


@rule(
    lens="blindspot",
    severity="high",
    confidence="medium",
    preview=True,
    cwe=[392, 393],
    sources=["Yuan et al., Simple Testing Can Prevent Most Critical Failures, OSDI 2014"],
    story=Story(
        demo="Saving works, and the page says so.",
        production="When saving fails the page still says that it worked: people go on, and what they entered is gone.",
        trigger="the database or a service refuses a change",
    ),
    action="Answer with a failure when the change failed",
    minutes=(5, 20),
    sites=handlers(),
    examples=[
        Bad(_TRY + _SEND + "    except Exception:  # <-\n        print('failed')\n    return {'status': 'ok'}\n"),
        Bad(
            _TRY + _SEND + "    except Exception:  # <-\n        import logging\n        logging.exception('failed')\n"
            "    return {'success': True}\n",
            decoy=True,
            why="the log knows, the client does not",
        ),
        Bad(
            {
                "app.py": _APP + "import store as st\n" + _ROUTE.format("st.save(item)"),
                "store.py": _STORE.format("  # <-"),
            }
        ),
        Bad(
            {
                "app.py": _APP + "from shop import Orders\norders = Orders()\n" + _ROUTE.format("orders.add(item)"),
                "shop/__init__.py": "from shop.orders import Orders\n",
                "shop/orders.py": "from shop.store import save as keep\nclass Orders:\n"
                "    def add(self, item):\n        keep(item)\n",
                "shop/store.py": _STORE.format("  # <-"),
            }
        ),
        Bad(
            _TRY + _SEND + "    except Exception:  # <-\n        print('failed')\n"
            "    return JSONResponse(content={'success': True}, status_code=201)\nfrom fastapi.responses import JSONResponse\n",
            why="the answer is wrapped",
        ),
        Bad(
            {
                "app.py": "import smtplib\n"
                + _APP
                + "from answers import Answer\napp = FastAPI()\n@app.post('/contact')\n"
                "def contact(text: str):\n    try:\n        smtplib.SMTP('mail', timeout=5).sendmail('a', 'b', text)\n"
                "    except Exception:  # <-\n        print('failed')\n    return Answer(success=True, message='Thank you')\n",
                "answers.py": "from pydantic import BaseModel\nclass Answer(BaseModel):\n    success: bool\n    message: str\n",
            },
            why="nobody is written to, and an object of the program says that it worked",
        ),
        Bad(
            "import requests\nimport streamlit as st\ndef keep(item):\n    try:\n"
            "        requests.post('http://store', json=item, timeout=5)\n        return True\n"
            "    except Exception:  # <-\n        print('failed')\n        return False\n"
            "def page():\n    kept = keep({'a': 1})\n    st.success('Saved')\nif st.button('save'):\n    page()\n",
            why="the helper says that it failed, and the page does not read it",
        ),
        Good(
            "import smtplib\n" + _TRY + "        smtplib.SMTP('mail', timeout=5).sendmail('a', 'b', 'c')\n"
            "        requests.post('http://store', json=item, timeout=5)\n    except ValueError:\n        print('failed')\n"
            "    return {'status': 'ok'}\n",
            why="one kind of error, which is expected",
        ),
        Silent(
            "import smtplib\n" + _APP + "app = FastAPI()\n@app.post('/orders')\ndef order(item: dict):\n    try:\n"
            "        smtplib.SMTP('mail', timeout=5).sendmail('a', 'b', 'c')\n    except Exception:\n        print('failed')\n"
            "    return {'status': 'ok'}\n",
            why="the order is what was asked for, and the message only goes along",
        ),
        Good(
            "import requests\nimport streamlit as st\nif st.button('save'):\n    try:\n"
            "        requests.post('http://store', json={}, timeout=5)\n    except Exception:\n        st.error('not saved')\n"
            "    st.success('ready')\n",
            why="the page tells of the failure",
        ),
        Good(
            _TRY
            + _SEND
            + "    except Exception as error:\n        raise Failed() from error\n    return {'ok': True}\n"
        ),
        Good(
            {
                "app.py": _APP + "import store\n" + _ROUTE.format("if not store.save(item): raise Failed()"),
                "store.py": _STORE.format("") + "        return False\n    return True\n",
            },
            why="the caller looks at the result",
        ),
        Silent("def add(item):\n    return {'status': 'ok'}\n"),
        Miss(
            _TRY + _SEND + "    except Exception:\n        print('failed')\n    return answer()\n"
            "def answer():\n    return {'status': 'ok'}\n",
            why="the answer is made by a helper",
        ),
    ],
)
def error_reported_as_success(handler: HandlerSite, ask: Ask) -> Verdict | None:
    """A handler takes the failure of a change, and the entry point answers that it worked.

    The caller goes on as if the change were kept.
    """
    changed = [
        call
        for call in handler.guarded_calls
        if any(ask.has_effect(call, effect) for effect in _CHANGES)
        or (_is_for_sending(handler) and (call.effect == "message" or ask.has_effect(call, "message")))
        or (ask.has_effect(call, "http") and call.effect != "message" and call.shown.rsplit(".", 1)[-1] in _SENDS)
    ]
    if not changed:
        return None
    narrow = handler.types and all(name.rsplit(".", 1)[-1] in _NARROW for name in handler.types)
    if narrow or handler.ends_process or handler.tells_caller or handler.hands_on:
        return harmless()
    if handler.reraises:
        return handled()
    if handler.tries_another or handler.answers_failure or any(call.name in _SHOWS for call in handler.calls):
        return harmless()
    chain = ask.told_success(handler)
    if not chain:
        return harmless()
    return unhandled(
        f"a failure of {changed[0].shown}() is answered with success",
        fix=suggest("raise, or answer with a failure status"),
        trace=(*chain, Step(handler.path, handler.line, "takes the error and goes on")),
    )


def _is_for_sending(handler: HandlerSite) -> bool:
    return bool(handler.reach.entries) and all(_ABOUT_SENDING.search(name) for name in handler.reach.entries)
