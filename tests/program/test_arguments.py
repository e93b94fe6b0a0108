"""What parameters hold, as all callers of the program agree."""

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.links.modules import module_name
from durability.sources.project import manifests_of

ADD = "def add(conn, row):\n    conn.execute('INSERT INTO t VALUES (?)', row)\n"
CONNECTED = "import sqlite3\nfrom store import add\nadd(sqlite3.connect('a.db'), (1,))\n"


def meaning(target, **files):
    """What the only call of `target` in the program means."""
    texts = {f"{name.replace('__', '/')}.py": text for name, text in files.items()}
    facts = {path: collect(text, path, module_name(path)) for path, text in texts.items()}
    roles = {path: "test" if path.startswith("test") else "first-party" for path in facts}
    program = link(facts, roles, manifests_of({})).program
    [symbol] = [
        program.symbols[path][index]
        for path in sorted(facts)
        for index, call in enumerate(facts[path].calls)
        if call.target == target
    ]
    return symbol.identity if symbol.kind != "parameter" else "?"


@pytest.mark.parametrize(
    ("files", "identity"),
    [
        ({"store": ADD, "main": CONNECTED}, "sqlite3.Connection.execute"),
        ({"store": ADD, "main": CONNECTED.replace("add(", "add(row=(1,), conn=").replace(", (1,))", ")")}, "sqlite3.Connection.execute"),
        ({"store": ADD, "main": "import sqlite3, store as s\nwith sqlite3.connect('a.db') as db:\n    s.add(db, (1,))\n"}, "sqlite3.Connection.execute"),
        ({"store": ADD, "main": CONNECTED, "job": CONNECTED.replace("a.db", "b.db")}, "sqlite3.Connection.execute"),
        ({"store": ADD, "mid": "from store import add\ndef both(db, rows):\n    add(db, rows)\n", "main": "import sqlite3\nfrom mid import both\nboth(sqlite3.connect('a.db'), 1)\n"}, "sqlite3.Connection.execute"),
        ({"store": ADD, "mid": "from store import add\ndef both(db, rows):\n    add(db, rows)\n", "main": CONNECTED + "from mid import both\nboth(sqlite3.connect('a.db'), 1)\n"}, "sqlite3.Connection.execute"),
        ({"store": ADD + "    if row:\n        add(conn, None)\n", "main": CONNECTED}, "sqlite3.Connection.execute"),
        ({"store": "def add(folder, name):\n    (folder / name).unlink()\n", "main": "from pathlib import Path\nfrom store import add\nadd(Path('out'), 'a')\n"}, "pathlib.Path.unlink"),
        ({"store": ADD, "main": "from fake import Fake\nfrom store import add\nadd(Fake(), 1)\n", "fake": "class Fake:\n    def execute(self, *a): pass\n"}, "fake.py:Fake.execute"),
    ],
    ids=["position", "keyword", "alias and with", "two that agree", "handed on", "handed on and direct", "calls itself", "a path below", "project class"],
)  # fmt: skip
def test_a_parameter_holds_what_all_callers_pass(files, identity):
    target = "?.unlink" if identity.startswith("pathlib") else "conn.execute"
    assert meaning(target, **files) == identity


@pytest.mark.parametrize(
    "main",
    [
        "",
        CONNECTED + "add(open('a'), 1)\n",
        CONNECTED + "def other(thing):\n    add(thing, 1)\n",
        CONNECTED + "import threading\nthreading.Thread(target=add)\n",
        CONNECTED + "def other(*both):\n    add(*both)\n",
        CONNECTED + "def other(name):\n    add(make(name), 1)\n",
    ],
    ids=["nobody calls", "disagree", "an argument of nobody", "a callback", "unpacked", "made elsewhere"],
)
def test_a_parameter_is_left_open_when_a_caller_does_not_tell(main):
    assert meaning("conn.execute", store=ADD, main=main) == "?"


def test_what_tests_pass_does_not_count():
    fake = "class Fake:\n    def execute(self, *a): pass\nfrom store import add\nadd(Fake(), 1)\n"
    assert meaning("conn.execute", store=ADD, main=CONNECTED, test_store=fake) == "sqlite3.Connection.execute"
    assert meaning("conn.execute", store=ADD, test_store=fake) == "?"


def test_what_a_constructor_stores_is_what_it_was_given():
    store = "class Store:\n    def __init__(self, db):\n        self.db = db\n    def load(self):\n        self.db.execute('x')\n"
    main = "import sqlite3\nfrom store import Store\nStore(sqlite3.connect('a.db')).load()\n"
    assert meaning("self.db.execute", store=store, main=main) == "sqlite3.Connection.execute"


def test_what_is_passed_can_be_called_on_in_turn():
    low = "def save(db, row):\n    db.write(row)\n"
    store = "from low import save\nclass Store:\n    def __init__(self, db):\n        self.db = db\n    def add(self, row):\n        save(self, row)\n    def write(self, row): pass\n"
    assert meaning("db.write", low=low, store=store) == "store.py:Store.write"


PASSED = {
    "telegram": ("from telegram.ext import CommandHandler\nasync def on(update, context):\n    await update.message.reply_text('x')\nCommandHandler('on', on)\n", "update.message.reply_text", "telegram.Update.message.reply_text"),
    "telegram, by keyword": ("from telegram.ext import CommandHandler\nasync def on(u, c):\n    await c.bot.send_message(1, 'x')\nCommandHandler('on', callback=on)\n", "c.bot.send_message", "telegram.ext.CallbackContext.bot.send_message"),
    "discord command": ("from discord.ext import commands\nbot = commands.Bot('!')\n@bot.command()\nasync def on(ctx, who):\n    await ctx.send(who)\n", "ctx.send", "discord.ext.commands.Context.send"),
    "discord command of a class": ("from discord.ext import commands\nclass Cog(commands.Cog):\n    @commands.command()\n    async def on(self, ctx):\n        await ctx.send('x')\n", "ctx.send", "discord.ext.commands.Context.send"),
    "discord event by its name": ("import discord\nclient = discord.Client()\n@client.event\nasync def on_message(message):\n    await message.channel.send('x')\n", "message.channel.send", "discord.Message.channel.send"),
    "aiogram": ("from aiogram import Dispatcher\ndp = Dispatcher()\n@dp.message()\nasync def on(message):\n    await message.answer('x')\n", "message.answer", "aiogram.types.Message.answer"),
    "another event": ("import discord\nclient = discord.Client()\n@client.event\nasync def on_ready(message):\n    await message.channel.send('x')\n", "message.channel.send", "?"),
    "no handler": ("async def on(update, context):\n    await update.message.reply_text('x')\n", "update.message.reply_text", "?"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "target", "identity"), PASSED.values(), ids=PASSED)
def test_a_framework_says_what_it_passes_to_its_handlers(text, target, identity):
    assert meaning(target, main=text) == identity
