"""whole-upload-in-memory."""

import re

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    calls,
    handled,
    rule,
    suggest,
    unhandled,
)

_SPOOLED = frozenset({"form", "json", "get_json"})
"""Forms go to disk when they are large, and JSON is no upload."""
ROUTE = "from fastapi import FastAPI, UploadFile, Request, HTTPException\napp = FastAPI()\n"

_MESSAGE = re.compile(r"verif|signature|hmac|construct_event|(?:^|\.)loads$", re.IGNORECASE)


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    cwe=[770, 400],
    sources=["OWASP API Security 2023, API4"],
    story=Story(
        demo="Somebody uploads a small file.",
        production="Somebody uploads a film by mistake: the server loads all of it into memory and dies, for everybody.",
        trigger="a large upload",
    ),
    action="Refuse uploads over a limit before reading them, and read in pieces",
    minutes=(10, 30),
    sites=calls(effect="body.read", roles=("route", "ui", "bot")),
    examples=[
        Bad(
            ROUTE
            + "@app.post('/up')\nasync def up(file: UploadFile):\n    data = await file.read()  # <-\n    return len(data)\n"
        ),
        Bad(ROUTE + "@app.post('/up')\nasync def up(request: Request):\n    return len(await request.body())  # <-\n"),
        Bad(
            ROUTE + "@app.post('/up')\nasync def up(file: UploadFile):\n    data = await file.read()  # <-\n"
            "    if len(data) > 1000:\n        raise HTTPException(413)\n    return 'ok'\n",
            why="the size is tested once everything is in memory",
            decoy=True,
        ),
        Good(
            ROUTE + "@app.post('/up')\nasync def up(file: UploadFile):\n    if file.size > 1000:\n"
            "        raise HTTPException(413)\n    return len(await file.read())\n"
        ),
        Good(
            ROUTE + "@app.post('/up')\nasync def up(file: UploadFile):\n    while chunk := await file.read(65536):\n"
            "        save(chunk)\n    return 'ok'\n"
        ),
        Silent(ROUTE + "@app.get('/')\ndef home():\n    with open('a') as f:\n        return f.read()\n"),
        Miss(
            ROUTE
            + "@app.post('/up')\nasync def up(file: UploadFile):\n    import shutil\n    shutil.copyfileobj(file.file, open('x', 'wb'))\n"
        ),
    ],
)
def whole_upload_in_memory(call: CallSite, ask: Ask) -> Verdict | None:
    """An upload is read whole, whatever its size.

    Neither a size test before the read, nor reading in pieces, nor a limit of the framework bounds it.
    """
    if call.name.rsplit(".", 1)[-1] in _SPOOLED or _is_message(call, ask):
        return None
    if call.arguments or call.function_reads_size() or ask.has_setting("MAX_CONTENT_LENGTH"):
        return handled()
    return unhandled(
        f"{call.shown}() reads the whole upload",
        fix=suggest("test the declared size first and read in pieces up to a limit"),
    )


def _is_message(call: CallSite, ask: Ask) -> bool:
    """Whether what is read is a message of another service: its signature is checked, or it is parsed."""
    return any(_MESSAGE.search(use.shown) for use in ask.uses(call.into, call))
