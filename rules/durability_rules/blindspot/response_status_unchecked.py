"""response-status-unchecked."""

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Unclear,
    Verdict,
    calls,
    handled,
    rule,
    suggest,
    unhandled,
    unsure,
)

CHECKS = frozenset(
    {
        "raise_for_status",
        "status_code",
        "ok",
        "is_success",
        "is_error",
        "status",
        "raise_on_error",
        "reason",
        "is_client_error",
        "is_server_error",
        "history",
    }
)
USES = frozenset(
    {
        "json",
        "text",
        "content",
        "read",
        "iter_lines",
        "iter_content",
        "iter_bytes",
        "aiter_bytes",
        "aiter_lines",
        "iter_text",
        "body",
        "raw",
    }
)
_FLAGS = frozenset(
    {"ok", "success", "successful", "status", "status_code", "statuscode", "error", "errors", "error_code", "errcode",
     "code", "retcode", "fault"}
)  # fmt: skip
"""Keys by which a body itself says whether the request worked."""


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[252, 253],
    sources=["OWASP API Security 2023, API10"],
    story=Story(
        demo="The other service answers with what was asked for.",
        production="The other service answers with an error page, and the product takes it for data: wrong figures, or a crash far away from the cause.",
        trigger="another service answers with an error",
    ),
    action="Check the status of every answer before using it",
    minutes=(2, 5),
    arms=["failure-taken-for-no"],
    sites=calls(effect="http"),
    examples=[
        Bad("import requests\ndef rate():\n    r = requests.get('u', timeout=3)  # <-\n    return r.json()['rate']\n"),
        Bad("import requests\ndef rate():\n    return requests.get('u', timeout=3).json()['rate']  # <-\n"),
        Bad(
            "import requests\ndef rate():\n    first = requests.get('a', timeout=3)\n    first.raise_for_status()\n"
            "    second = requests.get('b', timeout=3)  # <-\n    return second.json()\n",
            why="another answer is checked",
            decoy=True,
        ),
        Good(
            "import requests\ndef rate():\n    r = requests.get('u', timeout=3)\n    r.raise_for_status()\n    return r.json()\n"
        ),
        Good(
            "import requests\ndef rate():\n    r = requests.get('u', timeout=3)\n    if r.status_code != 200:\n        return None\n    return r.json()\n"
        ),
        Good(
            "import requests\ndef send():\n    answer = requests.post('u', timeout=3).json()\n"
            "    if not answer.get('ok'):\n        raise RuntimeError(answer['description'])\n    return answer['id']\n",
            why="the body says whether it worked, and is asked",
        ),
        Good(
            "import aiohttp\nasync def find(session: aiohttp.ClientSession):\n    async with session.get('u') as r:\n"
            "        data = await r.json()\n    if data['status'] != 'OK' or 'error' in data:\n        return None\n"
            "    return data['place']\n",
        ),
        Bad(
            "import requests\ndef rate(known):\n    data = requests.get('u', timeout=3).json()  # <-\n"
            "    if known.get('ok') and data['rate'] > 1:\n        return data['rate']\n    return data['text']\n"
            "",
            why="the flag of another table",
            decoy=True,
        ),
        Unclear(
            "import requests\ndef rate():\n    r = requests.get('u', timeout=3)\n    verify(r)\n    return r.json()\n"
        ),
        Silent("import requests\ndef ping():\n    requests.post('u', timeout=3)\n", why="no answer is used"),
        Miss(
            "import requests\ndef load():\n    return requests.get('u', timeout=3)\ndef rate():\n    return load().json()\n"
        ),
    ],
)
def response_status_unchecked(call: CallSite, ask: Ask) -> Verdict | None:
    """The body of an answer is used without looking at its status.

    An error answer has a body too; it is taken for the data that was asked for.
    """
    if call.library.status_checked or any(
        maker.argument(name) is not None
        for maker in ask.makers(call)
        for name in ("raise_for_status", "event_hooks", "hooks")
    ):
        return handled() if ask.attributes_of(call) & (USES | CHECKS) else None
    read = ask.attributes_of(call)
    if read & CHECKS or _FLAGS.intersection(key.lower() for key in ask.tested_keys(call)):
        return handled()
    if not read & USES:
        return None
    if ask.passed_on(call):
        return unsure("passed through")
    return unhandled(
        f"the answer of {call.shown}() is used whatever its status",
        fix=suggest("call raise_for_status() on the answer first"),
        cause=call.path,
    )
