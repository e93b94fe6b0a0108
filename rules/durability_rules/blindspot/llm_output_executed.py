"""llm-output-executed."""

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
    rule,
    suggest,
    unhandled,
)

DOES = {
    "sql": "runs a statement",
    "code": "runs code",
    "shell": "runs a command",
    "url": "asks for an address",
    "path": "opens a path",
}
RUNS = ("db.query", "db.write", "db.schema", "http", "process", "blocking", "cpu", "file", "none")
MODEL = (
    "from fastapi import FastAPI, HTTPException\nfrom openai import OpenAI\nimport sqlite3\napp = FastAPI()\nclient = OpenAI()\n"
    "def ask(text):\n    r = client.chat.completions.create(model='m', messages=[{'role': 'user', 'content': text}])\n"
    "    return r.choices[0].message.content\n"
)


@rule(
    lens="blindspot",
    severity="critical",
    confidence="high",
    cwe=[94, 78, 89],
    sources=["OWASP Top 10 for LLM Applications 2025, LLM05 and LLM06"],
    story=Story(
        demo="The model answers with the query you hoped for.",
        production="Somebody talks the model into another answer, and your server runs it: data is read, changed or deleted.",
        trigger="somebody writes instructions for the model into a field or a document",
    ),
    action="Let the model choose among actions that you wrote, and run nothing it wrote as it is",
    minutes=(30, 240),
    sites=calls(
        effect=RUNS,
        roles=SERVING,
    ),
    examples=[
        Bad(MODEL + "@app.get('/calc')\ndef calc(q: str):\n    return eval(ask(q))  # <-\n"),
        Bad(
            MODEL
            + "@app.get('/report')\ndef report(q: str):\n    sql = ask('Write SQL for: ' + q).strip().strip('`')\n"
            "    if not sql.lower().startswith('select'):\n        raise HTTPException(400)\n"
            "    return sqlite3.connect('a.db').execute(sql).fetchall()  # <-\n",
            why="a statement that begins with SELECT still reads everybody's rows",
            decoy=True,
        ),
        Bad(
            {
                "app.py": "from fastapi import FastAPI\nimport brain as b\nimport subprocess\napp = FastAPI()\n"
                "@app.post('/do')\ndef do(task: str):\n    return subprocess.getoutput(b.command(task))  # <-\n",
                "brain.py": "import anthropic\nclient = anthropic.Anthropic()\ndef command(task):\n"
                "    m = client.messages.create(model='m', max_tokens=9, messages=[{'role': 'user', 'content': task}])\n"
                "    return m.content[0].text.strip()\n",
            }
        ),
        Bad(
            {
                "app.py": "from fastapi import FastAPI\nfrom agent import Agent\nfrom store import run\napp = FastAPI()\n"
                "agent = Agent()\n@app.get('/ask')\ndef ask(q: str):\n    return run(agent.sql(q))\n",
                "agent/__init__.py": "from .writer import Agent\n",
                "agent/writer.py": "import json\nfrom openai import OpenAI\nclass Agent:\n    def __init__(self):\n"
                "        self.client = OpenAI()\n    def sql(self, q):\n"
                "        r = self.client.chat.completions.create(model='m', messages=[{'role': 'user', 'content': q}])\n"
                "        return json.loads(r.choices[0].message.content)['sql']\n",
                "store.py": "import sqlite3\ndef run(sql):\n    return sqlite3.connect('a.db').execute(sql).fetchall()  # <-\n",
            }
        ),
        Good(
            MODEL + "QUERIES = {'users': 'SELECT name FROM users', 'orders': 'SELECT id FROM orders'}\n"
            "@app.get('/report')\ndef report(q: str):\n    name = ask(q).strip()\n    if name not in QUERIES:\n"
            "        raise HTTPException(400)\n"
            "    return sqlite3.connect('a.db').execute('SELECT * FROM ' + name).fetchall()\n"
        ),
        Good(
            {
                "app.py": MODEL
                + "from store import top\n@app.get('/top')\ndef top_rows(q: str):\n    return top(ask(q))\n",
                "store.py": "import sqlite3\ndef top(count):\n    count = int(count)\n"
                "    return sqlite3.connect('a.db').execute(f'SELECT * FROM t LIMIT {count}').fetchall()\n",
            },
            why="made a number in the other file",
        ),
        Silent(
            MODEL + "@app.get('/keep')\ndef keep(q: str):\n"
            "    sqlite3.connect('a.db').execute('INSERT INTO t VALUES (?)', (ask(q),))\n    return {}\n",
            why="passed as a parameter",
        ),
        Miss(
            MODEL + "queue = []\n@app.get('/plan')\ndef plan(q: str):\n    queue.append(ask(q))\n    return {}\n"
            "@app.get('/go')\ndef go():\n    return eval(queue.pop())\n",
            why="kept in a list between two requests",
        ),
    ],
)
def llm_output_executed(call: CallSite, ask: Ask) -> Verdict | None:
    """What a language model wrote is run, asked for or opened as it is.

    The answer of a model becomes a statement, a command, code, an address or a path, and nothing limits what it may be.
    """
    kind = ask.sink(call)
    found = ask.flow(call, "model") if kind is not None else None
    if kind is None or found is None or not found.comes or "external" in found.others:
        return None
    failing = unhandled(
        f"{call.shown}() {DOES[kind]} that a model wrote",
        fix=suggest("let the model choose a name, and look up in a table what to do"),
        cause=found.source,
    )
    return found.raw.judge(yes=failing, no=handled())
