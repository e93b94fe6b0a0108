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
    if read & CHECKS:
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
