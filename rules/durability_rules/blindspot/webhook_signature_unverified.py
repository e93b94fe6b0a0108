"""webhook-signature-unverified."""

from durability.api import (
    Ask,
    Bad,
    EntrySite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    entry_points,
    handled,
    rule,
    suggest,
    unhandled,
    unsure,
)

_APP = "from flask import Flask, abort, request\n{}\napp = Flask(__name__)\n@app.post('{}')\ndef told():{}\n{}    {}\n    return 'ok'\n"
_STORE = "import sqlite3\ndb = sqlite3.connect('a.db')\ndef paid(order):\n    db.execute('UPDATE orders SET paid = 1 WHERE id = ?', (order,))\n    db.commit()\n"
_ORDERS = "class Orders:\n    def paid(self, order):\n        mark(order)\nfrom .base import mark\n"
_CHECK = (
    "import hashlib\nimport hmac\nimport os\ndef check(request):\n    sent = request.headers.get('X-Signature', '')\n"
    "    expected = hmac.new(os.environ['KEY'].encode(), request.get_data(), hashlib.sha256).hexdigest()\n"
    "    if not hmac.compare_digest(sent, expected):\n        abort(401)\n"
)
_PAID = "s.paid(request.json['order'])"


@rule(
    lens="blindspot",
    severity="high",
    confidence="high",
    cwe=[345],
    sources=[
        "Stripe documentation, Verify webhook signatures",
        "CWE-345: Insufficient Verification of Data Authenticity",
    ],
    story=Story(
        demo="Only the payment service knows the address.",
        production="A stranger calls the address and says that an order is paid; the program believes it and ships.",
        trigger="somebody who finds the address",
    ),
    action="Check the signature that the sender adds to every call",
    minutes=(10, 30),
    sites=entry_points(roles=("route",)),
    examples=[
        Bad(
            {"app.py": _APP.format("import store as s", "/webhooks/stripe", "  # <-", "", _PAID), "store.py": _STORE},
            why="two files, an alias",
        ),
        Bad(
            {
                "app.py": _APP.format("from shop import Orders\ns = Orders()", "/webhook", "  # <-", "", _PAID),
                "shop/__init__.py": "from .orders import Orders\n",
                "shop/orders.py": _ORDERS,
                "shop/base.py": _STORE.replace("def paid", "def mark"),
            },
            why="a method behind a re-export",
        ),
        Bad(
            {
                "app.py": _APP.format(
                    "import store as s",
                    "/webhooks/stripe",
                    "  # <-",
                    "    signature = request.headers.get('X-Signature')\n    print(signature)\n",
                    _PAID,
                ),
                "store.py": _STORE,
            },
            why="the signature is read and compared with nothing",
            decoy=True,
        ),
        Good(
            {
                "app.py": _APP.format(
                    "import store as s\nfrom signing import check",
                    "/webhooks/stripe",
                    "",
                    "    check(request)\n",
                    _PAID,
                ),
                "store.py": _STORE,
                "signing.py": "from flask import abort\n" + _CHECK,
            },
            why="a helper in another file compares it and refuses",
        ),
        Good(
            {
                "app.py": _APP.format(
                    "import stripe\nimport store as s",
                    "/webhooks/stripe",
                    "",
                    "    event = stripe.Webhook.construct_event(request.data, request.headers['Stripe-Signature'], 'key')\n",
                    "s.paid(event['order'])",
                ),
                "store.py": _STORE,
            },
            why="the library raises when it does not fit",
        ),
        Silent(
            {"app.py": _APP.format("", "/webhooks/ping", "", "", "print(request.json)")},
            why="nothing is done with it",
        ),
        Miss(
            {"app.py": _APP.format("import store as s", "/payments/notify", "", "", _PAID), "store.py": _STORE},
            why="neither address nor name says that another service calls it",
        ),
    ],
)
def webhook_signature_unverified(entry: EntrySite, ask: Ask) -> Verdict | None:
    """A route that another service calls acts on what it is told, and never checks that it comes from there.

    Its address is no secret: it stands in logs, in the code and in the settings of the other service.
    """
    surface = ask.webhook(entry)
    if surface is None:
        return None
    if surface.authentication == "required":
        return handled()
    if surface.authentication == "unknown":
        return unsure("unresolved")
    return unhandled(
        f"{surface.entry.name} acts on what anybody sends",
        fix=suggest(
            "verify the sender's signature over the raw body, and refuse the call with 401 when it does not fit"
        ),
        trace=ask.way_to_harm(surface),
    )
