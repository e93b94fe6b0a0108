"""request-body-unvalidated."""

from durability.api import (
    Ask,
    Bad,
    FunctionSite,
    Good,
    Miss,
    Partial,
    Silent,
    Story,
    Verdict,
    functions,
    handled,
    partial,
    rule,
    suggest,
    unhandled,
)

FLASK = "from flask import Flask, request, jsonify\napp = Flask(__name__)\n"
FASTAPI = "from fastapi import FastAPI, Request, Depends\nfrom pydantic import BaseModel\napp = FastAPI()\n"


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[20],
    sources=["OWASP ASVS 5, V2 Validation", "FastAPI documentation, Request Body"],
    story=Story(
        demo="The form sends exactly what the code expects.",
        production="Somebody sends a field too few, or a text where a number belongs: the page breaks, or nonsense is stored for good.",
        trigger="input that is not what the demo sent",
    ),
    action="Describe what each route accepts with a schema and let it refuse the rest",
    minutes=(10, 20),
    sites=functions(roles=("route",)),
    examples=[
        Bad(
            FLASK
            + "@app.route('/o', methods=['POST'])\ndef order():  # <-\n    data = request.get_json()\n    return data['item']\n"
        ),
        Bad(FASTAPI + "@app.post('/o')\ndef order(data: dict):  # <-\n    return data['item']\n"),
        Bad(
            FASTAPI
            + "class Order(BaseModel):\n    item: str\n@app.post('/o')\nasync def order(request: Request):  # <-\n"
            "    data = await request.json()\n    return data['item']\n",
            why="the schema is there and not used",
            decoy=True,
        ),
        Good(
            FASTAPI
            + "class Order(BaseModel):\n    item: str\n@app.post('/o')\ndef order(data: Order):\n    return data.item\n"
        ),
        Good(
            FLASK
            + "from pydantic import BaseModel\nclass Order(BaseModel):\n    item: str\n@app.route('/o', methods=['POST'])\ndef order():\n    return Order(**request.get_json()).item\n"
        ),
        Partial(
            FLASK
            + "@app.route('/o', methods=['POST'])\ndef order():\n    data = request.get_json()\n    if not data or 'item' not in data:\n        return jsonify(error='item'), 400\n    return data['item']\n"
        ),
        Silent(FASTAPI + "@app.get('/o/{n}')\ndef order(n: int):\n    return n\n"),
        Miss(FLASK + "@app.route('/o', methods=['POST'])\ndef order():\n    return request.form['item']\n"),
    ],
)
def request_body_unvalidated(function: FunctionSite, ask: Ask) -> Verdict | None:
    """A route takes whatever it is sent.

    The body is used by key, without a schema that says which fields there are, of which type and in which range.
    """
    taken = ask.body(function)
    if taken.kind == "none":
        return None
    if taken.kind == "schema":
        return handled()
    advice = suggest("declare a model of the body and take that as the parameter")
    if taken.kind == "tested":
        return partial(f"{function.function.name}() tests its input by hand", missing="types and ranges", fix=advice)
    return unhandled(f"{function.function.name}() uses the request body without a schema", fix=advice)
