"""sync-db-in-async-route."""

from durability.api import (
    SERVING,
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
    harmless,
    rule,
    suggest,
    unhandled,
)

_ROUTE = "from fastapi import Depends, FastAPI\nimport asyncio, sqlite3\napp = FastAPI()\n"
_DATABASE = ("db",)


@rule(
    lens="scale",
    severity="high",
    confidence="high",
    cwe=[1088],
    sources=[
        "FastAPI documentation, Concurrency and async / await",
        "SQLAlchemy documentation, Asynchronous I/O (asyncio)",
    ],
    story=Story(
        demo="The query takes a moment, and only one person is waiting.",
        production="While the database answers one person, the server does nothing for anybody else; one slow query stops it for all.",
        trigger="two people use it at the same moment",
    ),
    action="Make the route a plain `def`, or use an asynchronous driver",
    minutes=(5, 30),
    arms=["insert-guarded-only-by-read", "shared-sqlite-connection"],
    sites=(
        calls(effect=_DATABASE, roles=SERVING, in_async=True),
        calls(reaches=_DATABASE, roles=SERVING, in_async=True),
    ),
    examples=[
        Bad(
            _ROUTE + "@app.get('/')\nasync def home():\n    db = sqlite3.connect('a.db')  # <-\n    return str(db)\n",
        ),
        Bad(
            {
                "app.py": _ROUTE + "from db import session\n@app.get('/')\nasync def home(db=Depends(session)):\n"
                "    await asyncio.sleep(0)\n    return db.query('x').all()  # <-\n",
                "db.py": "from sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker\n"
                "engine = create_engine('postgresql://db/shop')\nSession = sessionmaker(bind=engine)\n"
                "def session():\n    db = Session()\n    try:\n        yield db\n    finally:\n        db.close()\n",
            },
            why="the session comes from a dependency in another file; awaiting something else does not help",
            decoy=True,
        ),
        Bad(
            {
                "app.py": _ROUTE
                + "from store import Store as S\nstore = S()\n@app.get('/')\nasync def home():\n    return store.rows()  # <-\n",
                "store/__init__.py": "from .sql import Store\n",
                "store/sql.py": "import psycopg2\nclass Store:\n    def __init__(self):\n        self.db = psycopg2.connect('dbname=shop')\n"
                "    def rows(self):\n        cursor = self.db.cursor()\n        cursor.execute('SELECT 1')\n"
                "        return cursor.fetchall()\n",
            },
            why="a method of an object from another file",
        ),
        Good(
            {
                "app.py": _ROUTE + "from db import session\nfrom sqlalchemy import select\n@app.get('/')\n"
                "async def home(db=Depends(session)):\n    return await db.execute(select(1))\n",
                "db.py": "from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine\n"
                "engine = create_async_engine('postgresql+asyncpg://db/shop')\nSession = async_sessionmaker(engine)\n"
                "async def session():\n    async with Session() as db:\n        yield db\n",
            }
        ),
        Silent(
            _ROUTE + "@app.get('/')\ndef home():\n    return str(sqlite3.connect('a.db'))\n", why="runs in a thread"
        ),
        Miss(
            _ROUTE + "import importlib\n@app.get('/')\nasync def home():\n"
            "    return importlib.import_module('sqlite3').connect('a.db')\n",
            why="the driver is chosen at run time",
        ),
    ],
)
def sync_db_in_async_route(call: CallSite, ask: Ask) -> Verdict | None:
    """A coroutine asks the database through a driver that blocks, and stops every other request with it.

    In a plain `def` the same query would run in a thread; in `async def` it runs on the event loop.
    """
    if ask.calls_coroutine(call):
        return None  # judged where it asks the database itself
    if not ask.is_project(call) and (call.awaited or any(maker.awaited for maker in ask.makers(call))):
        return handled()
    found = ask.blocks(call, _DATABASE)
    failing = unhandled(
        f"{call.shown}() holds the event loop while the database answers, in async {call.function.name}()",
        fix=suggest("make the function a plain def, or use an asynchronous driver"),
        cause=ask.place_of_work(found) if found.trace else f"{call.path}:{call.function.qualname}",
    )
    return found.judge(yes=failing, no=harmless())
