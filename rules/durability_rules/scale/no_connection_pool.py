"""no-connection-pool."""

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

_DRIVERS = (
    "psycopg2.connect", "psycopg.connect", "psycopg.Connection.connect", "psycopg.AsyncConnection.connect",
    "asyncpg.connect", "pymysql.connect", "pymysql.Connect", "mysql.connector.connect", "MySQLdb.connect",
    "MySQLdb.Connect", "aiomysql.connect", "pyodbc.connect", "pymssql.connect", "oracledb.connect",
    "cx_Oracle.connect", "snowflake.connector.connect",
)  # fmt: skip
_POOLED = (
    "psycopg2.pool.AbstractConnectionPool.getconn", "psycopg_pool.ConnectionPool.connection",
    "psycopg_pool.ConnectionPool.getconn", "psycopg_pool.AsyncConnectionPool.connection",
    "psycopg_pool.AsyncConnectionPool.getconn", "asyncpg.pool.Pool.acquire",
    "mysql.connector.pooling.MySQLConnectionPool.get_connection", "sqlalchemy.Engine.connect",
    "sqlalchemy.Engine.begin", "sqlalchemy.ext.asyncio.AsyncEngine.connect", "sqlalchemy.ext.asyncio.AsyncEngine.begin",
)  # fmt: skip
_MAKERS = (
    "sqlalchemy.create_engine", "sqlalchemy.ext.asyncio.create_async_engine", "asyncpg.create_pool",
    "aiomysql.create_pool", "psycopg2.pool.SimpleConnectionPool", "psycopg2.pool.ThreadedConnectionPool",
    "psycopg_pool.ConnectionPool", "psycopg_pool.AsyncConnectionPool", "mysql.connector.pooling.MySQLConnectionPool",
)  # fmt: skip
"""Made per request, a pool is no pool."""


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    cwe=[1072],
    sources=["PostgreSQL documentation, max_connections", "SQLAlchemy documentation, Connection pooling"],
    story=Story(
        demo="One visitor, one connection to the database.",
        production="Every request opens its own connection and logs in anew; when many people come at once the database refuses them.",
        trigger="more people come at once than the database takes connections",
    ),
    action="Take connections from one pool that is made when the server starts",
    minutes=(20, 60),
    sites=calls(name=(*_DRIVERS, *_POOLED, *_MAKERS), roles=("route", "bot", "ui", "tool")),
    examples=[
        Bad(
            "from flask import Flask\nimport psycopg2\napp = Flask(__name__)\n@app.get('/')\ndef home():\n"
            "    db = psycopg2.connect('dbname=shop')  # <-\n    return str(db.cursor())\n"
        ),
        Bad(
            {
                "app.py": "from fastapi import Depends, FastAPI\nfrom db import connection as c\napp = FastAPI()\n"
                "@app.get('/')\ndef home(db=Depends(c)):\n    return str(db)\n",
                "db.py": "import pymysql\ndef connection():\n    db = pymysql.connect(host='db')  # <-\n    yield db\n    db.close()\n",
            },
            why="closing it is right, and does not make it a pool",
            decoy=True,
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nfrom store import Store\napp = Flask(__name__)\nstore = Store()\n"
                "@app.get('/')\ndef home():\n    return str(store.rows())\n",
                "store/__init__.py": "from .sql import Store\n",
                "store/sql.py": "from sqlalchemy import create_engine\nclass Store:\n    def rows(self):\n"
                "        engine = create_engine('postgresql://db/shop')  # <-\n        return engine\n",
            },
            why="a new pool for every request",
        ),
        Good(
            {
                "app.py": "from flask import Flask\nfrom db import pool\napp = Flask(__name__)\n@app.get('/')\ndef home():\n"
                "    db = pool.getconn()\n    try:\n        return str(db)\n    finally:\n        pool.putconn(db)\n",
                "db.py": "from psycopg2.pool import ThreadedConnectionPool\npool = ThreadedConnectionPool(1, 10, 'dbname=shop')\n",
            }
        ),
        Good(
            "from flask import Flask\nfrom functools import lru_cache\nimport sqlalchemy\napp = Flask(__name__)\n"
            "@lru_cache\ndef engine():\n    return sqlalchemy.create_engine('postgresql://db/shop')\n"
            "@app.get('/')\ndef home():\n    return str(engine())\n",
            why="made once and kept",
        ),
        Silent("import psycopg2\ndb = psycopg2.connect('dbname=shop')\n", why="a script opens one"),
        Silent(
            "from flask import Flask\nimport sqlite3\napp = Flask(__name__)\n@app.get('/')\ndef home():\n"
            "    return str(sqlite3.connect('a.db'))\n",
            why="a file needs no pool",
        ),
        Miss(
            "from flask import Flask\nimport importlib\napp = Flask(__name__)\n@app.get('/')\ndef home():\n"
            "    return str(importlib.import_module('psycopg2').connect('dbname=shop'))\n",
            why="the driver is chosen at run time",
        ),
    ],
)
def no_connection_pool(call: CallSite, ask: Ask) -> Verdict:
    """A request opens its own connection to a database server.

    Connecting costs several round trips, and a server admits a fixed number of connections for all.
    """
    way = ask.made_again(call)
    if way is None or call.name in _POOLED:
        return handled()
    what = "a new pool" if call.name in _MAKERS else "a new connection"
    return unhandled(
        f"{call.shown}() makes {what} each time {call.function.name}() runs",
        fix=suggest("make one pool when the server starts and take connections from it"),
        cause=f"{call.path}:{call.line}",
        trace=way if len(way) > 1 else (),
    )
