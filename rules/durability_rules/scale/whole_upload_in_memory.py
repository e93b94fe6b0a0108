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

_MESSAGE = re.compile(r"verif|signature|hmac|construct_event|(?:^|\.)loads$|parse_qs", re.IGNORECASE)
_BODIES = (".body", ".get_data")
_DECODING = frozenset({"decode", "str"})


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
        Silent(
            ROUTE + "from pydantic import BaseModel\nclass Order(BaseModel):\n    n: int\n@app.post('/up')\n"
            "async def up(order: Order, request: Request):\n    print(await request.body())\n    return order.n\n",
            why="the framework has read and parsed it already",
        ),
        Silent(
            ROUTE + "import json\n@app.post('/up')\nasync def up(request: Request):\n    raw = await request.body()\n"
            "    text = raw.decode()\n    return json.loads(text)['n']\n",
            why="JSON is no upload",
        ),
        Bad(
            ROUTE + "from pydantic import BaseModel\nclass Note(BaseModel):\n    n: int\n@app.post('/up')\n"
            "async def up(file: UploadFile):\n    note = Note(n=1)\n    return len(await file.read()), note  # <-\n",
            why="a model beside it that says nothing of the file",
            decoy=True,
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
    """Whether what is read is a message of another program: its signature is checked, it is parsed, or a model is."""
    if not call.name.endswith(_BODIES):
        return any(_MESSAGE.search(use.shown) for use in ask.uses(call.into, call))
    if ask.takes_model(call):
        return True
    bodies = [other for other in call.calls_here() if other.name.endswith(_BODIES)]
    names = tuple(name for other in bodies for name in other.into)
    decoded = (use for use in ask.uses(names, call) if use.shown.rpartition(".")[2] in _DECODING)
    names += tuple(name for use in decoded for name in use.into)
    return any(_MESSAGE.search(use.shown) for use in ask.uses(names, call))
