"""non-idempotent-retry."""

from durability.api import (
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    handled,
    repeated,
    rule,
    suggest,
    unhandled,
)

_LOOP = (
    "import time\nimport stripe\ndef charge(user, cents):\n    for attempt in range(3):\n        try:\n"
    "            return stripe.Charge.create(amount=cents, currency='eur', customer=user{}){}\n        except Exception:\n"
    "            time.sleep(2 ** attempt)\n    raise RuntimeError('no charge')\n"
)
_ORDERS = (
    "import requests\nfrom tenacity import retry, stop_after_attempt\nclass Orders:\n    @retry(stop=stop_after_attempt(3))\n"
    "    def place(self, order):\n        answer = create_order(order){}\n        return answer['id']\n"
    "def create_order(order):\n    answer = requests.{}('https://shop.example/orders', json=order, timeout=5{})\n"
    "    answer.raise_for_status()\n    return answer.json()\n"
)
_APP = "from fastapi import FastAPI\n{}\napp = FastAPI()\n@app.post('/buy')\ndef buy(user: str):\n    return {}\n"


@rule(
    lens="time",
    severity="high",
    confidence="high",
    cwe=[841],
    sources=["RFC 9110 section 9.2.2, Idempotent Methods", "Stripe API reference, Idempotent requests"],
    story=Story(
        demo="The first try works.",
        production="The answer to a try gets lost, the program tries again, and the customer pays or orders twice.",
        trigger="an answer that is lost on its way",
    ),
    action="Give what is tried again a key, by which the other side knows that it is the same request",
    minutes=(10, 30),
    sites=repeated(),
    examples=[
        Bad(_LOOP.format("", "  # <-")),
        Bad(
            {
                "app.py": _APP.format("import payments as p", "p.charge(user, 500)"),
                "payments.py": _LOOP.format("", "  # <-"),
            },
            why="two files, an alias",
        ),
        Bad(
            {
                "app.py": _APP.format("from shop import Orders\norders = Orders()", "orders.place({'user': user})"),
                "shop/__init__.py": "from .orders import Orders\n",
                "shop/orders.py": _ORDERS.format("  # <-", "post", ""),
            },
            why="a decorator repeats a method that creates an order",
        ),
        Bad(
            {
                "again.py": "import time\ndef again(tries):\n    def around(function):\n        def inner(*given):\n"
                "            for attempt in range(tries):\n                try:\n                    return function(*given)\n"
                "                except Exception:\n                    time.sleep(2 ** attempt)\n            raise RuntimeError('no')\n"
                "        return inner\n    return around\n",
                "pay.py": "import requests\nfrom again import again\n@again(3)\ndef pay(cents):\n"
                "    return requests.post('https://pay.example/v1/charges', json={'cents': cents}, timeout=3)  # <-\n",
            },
            why="a decorator of the project repeats it",
        ),
        Bad(
            _LOOP.format(", metadata={'attempt': attempt}", "  # <-"),
            why="a note on the charge is no key",
            decoy=True,
        ),
        Good(_LOOP.format(", idempotency_key=user", ""), why="the other side knows the key"),
        Good(
            {
                "app.py": _APP.format("from shop import Orders\norders = Orders()", "orders.place({'user': user})"),
                "shop/__init__.py": "from .orders import Orders\n",
                "shop/orders.py": _ORDERS.format("", "post", ", headers={'Idempotency-Key': order['key']}"),
            },
            why="a key in the headers, in another file",
        ),
        Silent(
            _LOOP.replace(
                "stripe.Charge.create(amount=cents, currency='eur', customer=user{})", "stripe.Charge.retrieve(user{})"
            ).format("", ""),
            why="it only looks",
        ),
        Silent(
            "import stripe\ndef charge(user):\n    return stripe.Charge.create(amount=5, currency='eur', customer=user)\n",
            why="nothing tries again",
        ),
        Miss(
            "import smtplib\ndef tell(to):\n    for attempt in range(3):\n        try:\n            return smtplib.SMTP('m').sendmail('a', to, 'x')\n"
            "        except OSError:\n            pass\n    raise RuntimeError\n",
            why="a message may arrive twice as well, which does less harm than none",
        ),
    ],
)
def non_idempotent_retry(call: CallSite, ask: Ask) -> Verdict:
    """What charges, refunds or creates something elsewhere is tried again, without a key that says it is the same.

    A try whose answer is lost has happened, and the next one happens too.
    """
    found = ask.repeated(call)
    if ask.is_repeatable(found.effect):
        return handled()
    return unhandled(
        f"{found.effect.shown}() is tried again without an idempotency key",
        fix=suggest("send the same idempotency key with every try, or look whether the last one has worked"),
        cause=f"{found.effect.place[0]}:{found.effect.line}",
        trace=found.trace,
    )
