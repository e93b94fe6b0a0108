"""orm-lazy-load-in-loop."""

from durability.api import (
    SERVING,
    Ask,
    Bad,
    Good,
    LoopSite,
    Miss,
    Silent,
    Story,
    Verdict,
    handled,
    loops,
    rule,
    suggest,
    unhandled,
)

_MODELS = (
    "from sqlalchemy import ForeignKey, create_engine\n"
    "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, sessionmaker\n"
    "class Base(DeclarativeBase):\n    pass\n"
    "class Customer(Base):\n    __tablename__ = 'customers'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    "class Order(Base):\n    __tablename__ = 'orders'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    "    customer_id: Mapped[int] = mapped_column(ForeignKey('customers.id'))\n"
    "    customer: Mapped[Customer] = relationship({lazy})\n"
    "Session = sessionmaker(create_engine('postgresql://db/shop'))\n"
)
_ROUTE = "from flask import Flask\napp = Flask(__name__)\n"


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    cwe=[1073],
    sources=["SQLAlchemy documentation, Relationship Loading Techniques: lazy loading and the N plus one problem"],
    story=Story(
        demo="Ten orders, ten customers, and the page is there at once.",
        production="Each row of the page asks the database again for what belongs to it; with a year of data nobody waits that long.",
        trigger="the data grows",
    ),
    action="Load what belongs to the rows together with them",
    minutes=(10, 30),
    sites=loops(roles=SERVING),
    examples=[
        Bad(
            {
                "app.py": _ROUTE
                + "from models import Order, Session\n@app.get('/')\ndef home():\n    db = Session()\n    out = []\n"
                "    for order in db.query(Order).limit(50).all():  # <-\n        out.append(order.customer.id)\n    return str(out)\n",
                "models.py": _MODELS.replace("{lazy}", ""),
            },
            why="a limit bounds the rows, each still asks once more",
            decoy=True,
        ),
        Bad(
            {
                "app.py": _ROUTE + "from shop import Shop as S\nshop = S()\n@app.get('/')\ndef home():\n"
                "    found = []\n    for order in shop.orders():  # <-\n        found.append(order.customer.id)\n    return str(found)\n",
                "shop/__init__.py": "from .orders import Shop\n",
                "shop/orders.py": "from .models import Order, Session\nclass Shop:\n    def orders(self):\n"
                "        db = Session()\n        return db.query(Order).all()\n",
                "shop/models.py": _MODELS.replace("{lazy}", ""),
            },
            why="the query is in a method behind a re-export",
        ),
        Good(
            {
                "app.py": _ROUTE + "from store import orders\n@app.get('/')\ndef home():\n    out = []\n"
                "    for order in orders():\n        out.append(order.customer.id)\n    return str(out)\n",
                "store.py": "from models import Order, Session\nfrom sqlalchemy.orm import joinedload\ndef orders():\n"
                "    return Session().query(Order).options(joinedload(Order.customer)).all()\n",
                "models.py": _MODELS.replace("{lazy}", ""),
            },
            why="the query of the other file brings them along",
        ),
        Good(
            {
                "app.py": _ROUTE + "from models import Order, Session\n@app.get('/')\ndef home():\n    out = []\n"
                "    for order in Session().query(Order).all():\n        out.append(order.customer.id)\n    return str(out)\n",
                "models.py": _MODELS.replace("{lazy}", "lazy='selectin'"),
            },
            why="the model says so",
        ),
        Silent(
            {
                "app.py": _ROUTE + "from models import Order, Session\n@app.get('/')\ndef home():\n    out = []\n"
                "    for order in Session().query(Order).all():\n        out.append(order.customer_id)\n    return str(out)\n",
                "models.py": _MODELS.replace("{lazy}", ""),
            },
            why="the key is in the row",
        ),
        Miss(
            {
                "app.py": _ROUTE + "from models import Order, Session\n@app.get('/')\ndef home():\n    out = []\n"
                "    for order in Session().query(Order).all():\n        out.append(show(order))\n    return str(out)\n"
                "def show(order):\n    return order.customer.id\n",
                "models.py": _MODELS.replace("{lazy}", ""),
            },
            why="read in a helper",
        ),
    ],
)
def orm_lazy_load_in_loop(loop: LoopSite, ask: Ask) -> Verdict | None:
    """A loop over stored objects reads what belongs to each, and each read is a query of its own.

    The attribute looks like any other; the mapper asks the database when it is read.
    """
    found = ask.lazy_load(loop)
    if found is None:
        return None
    if found.eager:
        return handled()
    return unhandled(
        f"each round loads {found.attribute} with a query of its own",
        fix=suggest("load it with the rows: selectinload or joinedload, select_related or prefetch_related"),
        trace=found.trace,
    )
