"""How each framework registers what it calls: names, roles and whole addresses of entry points."""

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.links.modules import module_name
from durability.sources.project import manifests_of


def entries(files, manifests=None):
    """The entry points of a program, hooks left out, as `role name`."""
    facts = {path: collect(text, path, module_name(path)) for path, text in files.items()}
    context = link(facts, dict.fromkeys(facts, "first-party"), manifests_of(manifests or {}))
    return sorted(f"{entry.role} {entry.name}" for entry in context.entries if not entry.hook)


FASTAPI = "from fastapi import APIRouter, FastAPI\napp = FastAPI()\n"
FLASK = "from flask import Blueprint, Flask\napp = Flask(__name__)\n"
BOT = "from telegram.ext import Application, CommandHandler\n"
FRAMEWORKS = {
    "fastapi decorator": (FASTAPI + "@app.get('/a')\ndef a(): pass\n", ["route GET /a"]),
    "fastapi add": (FASTAPI + "def a(): pass\napp.add_api_route('/a', a, methods=['POST'])\n", ["route POST /a"]),
    "fastapi websocket": (FASTAPI + "@app.websocket('/ws')\nasync def a(ws): pass\n", ["route WEBSOCKET /ws"]),
    "fastapi lifespan": ("from fastapi import FastAPI\nasync def life(app):\n    yield\napp = FastAPI(lifespan=life)\n", ["startup life"]),
    "starlette list": ("from starlette.applications import Starlette\nfrom starlette.routing import Mount, Route\ndef a(request): pass\ndef b(request): pass\napp = Starlette(routes=[Route('/a', a), Mount('/x', routes=[Route('/b', b, methods=['POST'])])])\n", ["route GET /a", "route POST /x/b"]),
    "flask route": (FLASK + "@app.route('/a', methods=['POST'])\ndef a(): pass\n@app.get('/b')\ndef b(): pass\n", ["route GET /b", "route POST /a"]),
    "flask blueprint": (FLASK + "bp = Blueprint('b', __name__, url_prefix='/old')\n@bp.post('/a')\ndef a(): pass\napp.register_blueprint(bp, url_prefix='/new')\n", ["route POST /new/a"]),
    "flask rule": (FLASK + "def a(): pass\napp.add_url_rule('/a', 'a', a)\n", ["route GET /a"]),
    "flask class": (FLASK + "from flask.views import MethodView\nclass A(MethodView):\n    def get(self): pass\n    def post(self): pass\n    def other(self): pass\napp.add_url_rule('/a', view_func=A.as_view('a'))\n", ["route GET /a", "route POST /a"]),
    "flask restful": (FLASK + "from flask_restful import Api, Resource\nbp = Blueprint('b', __name__, url_prefix='/api')\napi = Api(bp)\nclass A(Resource):\n    def get(self): pass\napi.add_resource(A, '/a')\n", ["route GET /api/a"]),
    "django": ("from django.urls import path, re_path\ndef a(request): pass\nurlpatterns = [path('a/', a), re_path(r'^b/(?P<n>\\d+)/$', a)]\n", ["route ANY /a/", "route ANY /b/<n>/"]),
    "django inline include": ("from django.urls import include, path\ndef a(request): pass\nurlpatterns = [path('v1/', include([path('a/', a)]))]\n", ["route ANY /v1/a/"]),
    "django wrapped": ("from django.urls import path\nfrom django.views.decorators.csrf import csrf_exempt\nfrom django.views import View\nclass A(View):\n    def post(self, request): pass\nurlpatterns = [path('a/', csrf_exempt(A.as_view()))]\n", ["route POST /a/"]),
    "django api view": ("from django.urls import path\nfrom rest_framework.decorators import api_view\n@api_view(['GET', 'POST'])\ndef a(request): pass\nurlpatterns = [path('a/', a)]\n", ["route GET/POST /a/"]),
    "django allowed methods": (
        "from django.urls import path\nfrom django.views.decorators.csrf import csrf_exempt\n"
        "from django.views.decorators.http import require_GET, require_http_methods, require_POST\n"
        "@csrf_exempt\n@require_POST\ndef a(request): pass\n@require_GET\ndef b(request): pass\n"
        "@require_http_methods(['GET', 'POST'])\ndef c(request): pass\n@require_http_methods(ALLOWED)\ndef d(request): pass\n"
        "urlpatterns = [path('a/', a), path('b/', b), path('c/', c), path('d/', d)]\n",
        ["route GET /b/", "route GET/POST /c/", "route POST /a/", "route ANY /d/"],
    ),
    "django view set": ("from django.urls import include, path\nfrom rest_framework import routers, viewsets\nfrom rest_framework.decorators import action\nclass A(viewsets.ModelViewSet):\n    def list(self, request): pass\n    def update(self, request, pk): pass\n    @action(detail=True, methods=['post'])\n    def pay(self, request, pk): pass\nrouter = routers.DefaultRouter()\nrouter.register(r'as', A)\nurlpatterns = [path('api/', include(router.urls))]\n", ["route DELETE /api/as/{pk}/", "route GET /api/as/", "route GET /api/as/{pk}/", "route PATCH /api/as/{pk}/", "route POST /api/as/", "route POST /api/as/{pk}/pay/", "route PUT /api/as/{pk}/"]),
    "django mapped view set": ("from django.urls import path\nfrom rest_framework import viewsets\nclass A(viewsets.ViewSet):\n    def find(self, request): pass\nurlpatterns = [path('a/', A.as_view({'get': 'find'}))]\n", ["route GET /a/"]),
    "django command": ("from django.core.management.base import BaseCommand\nclass Command(BaseCommand):\n    def handle(self, *a, **k): pass\n", ["cli Command.handle"]),
    "django signal": ("from django.dispatch import receiver\nfrom django.db.models.signals import post_save\n@receiver(post_save)\ndef saved(sender, **k): pass\n", ["worker saved"]),
    "aiohttp": ("from aiohttp import web\nasync def a(request): pass\nasync def b(request): pass\nasync def c(request): pass\nroutes = web.RouteTableDef()\n@routes.get('/d')\nasync def d(request): pass\napp = web.Application()\napp.router.add_get('/a', a)\napp.add_routes([web.post('/b', b)])\nsub = web.Application()\nsub.router.add_route('PUT', '/c', c)\napp.add_subapp('/s', sub)\n", ["route GET /a", "route GET /d", "route POST /b", "route PUT /s/c"]),
    "click": ("import click\n@click.group()\ndef cli(): pass\n@cli.command()\ndef a(): pass\n", ["cli a", "cli cli"]),
    "typer": ("import typer\napp = typer.Typer()\n@app.command()\ndef a(): pass\n", ["cli a"]),
    "argparse": ("import argparse\ndef a(args): pass\np = argparse.ArgumentParser()\np.set_defaults(func=a)\n", ["cli a"]),
    "main": ("def main(): pass\nif __name__ == '__main__':\n    main()\n", ["cli python main.py"]),
    "celery": ("from celery import Celery\napp = Celery('x')\n@app.task\ndef a(): pass\n", ["worker a"]),
    "rq": ("from redis import Redis\nfrom rq import Queue\ndef a(): pass\nq = Queue(connection=Redis())\nq.enqueue(a)\n", ["worker a"]),
    "dramatiq": ("import dramatiq\n@dramatiq.actor\ndef a(): pass\n", ["worker a"]),
    "schedule": ("import schedule\ndef a(): pass\nschedule.every(10).minutes.do(a)\n", ["worker a"]),
    "apscheduler": ("from apscheduler.schedulers.background import BackgroundScheduler\ndef a(): pass\ns = BackgroundScheduler()\ns.add_job(a, 'interval')\n", ["worker a"]),
    "streamlit main at the end": ("import streamlit as st\ndef main():\n    st.title('x')\nmain()\n", ["ui main.py"]),
    "streamlit": ("import streamlit as st\ndef a(): pass\nst.title('x')\nst.button('b', on_click=a)\n", ["ui a", "ui main.py"]),
    "gradio": ("import gradio as gr\ndef a(x): return x\ngr.Interface(fn=a, inputs='text', outputs='text').launch()\n", ["ui a"]),
    "telegram": (BOT + "async def a(update, context): pass\napp = Application.builder().token('x').build()\napp.add_handler(CommandHandler('start', a))\n", ["bot a"]),
    "aiogram": ("from aiogram import Router\nrouter = Router()\n@router.message()\nasync def a(message): pass\n", ["bot a"]),
    "discord": ("import discord\nfrom discord.ext import commands\nbot = commands.Bot('!')\n@bot.command()\nasync def a(ctx): pass\n@bot.event\nasync def on_ready(): pass\n", ["bot a", "bot on_ready"]),
    "slack": ("from slack_bolt import App\napp = App()\n@app.command('/a')\ndef a(ack): pass\n", ["bot a"]),
    "lambda": ("def lambda_handler(event, context): pass\ndef store(event, context): pass\ndef typed(event: Click, context): pass\n"
        "def helper(event, context): pass\ndef use(x): return helper(x, x)\n", ["route ANY lambda_handler", "route ANY store"]),
    "generic views that leave actions to the framework": (
        "from rest_framework import viewsets\nfrom rest_framework.routers import DefaultRouter\n"
        "class Orders(viewsets.ModelViewSet):\n    def get_queryset(self): pass\n    def perform_create(self, serializer): pass\n"
        "    def destroy(self, request, pk=None): pass\n    def perform_destroy(self, instance): pass\n"
        "router = DefaultRouter()\nrouter.register('orders', Orders)\nurlpatterns = router.urls\n",
        ["route DELETE /orders/{pk}/", "route GET /orders/", "route GET /orders/{pk}/", "route PATCH /orders/{pk}/", "route POST /orders/", "route PUT /orders/{pk}/"],
    ),
    "mcp": ("from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool()\ndef a(): pass\n", ["tool a"]),
    "langchain": ("from langchain_core.tools import tool\n@tool\ndef a(q: str): pass\n", ["tool a"]),
    "adk tools": ("from google.adk.agents import Agent\nBASE = [find]\ndef find(q: str): pass\ndef pay(n: int): pass\ndef other(): pass\nagent = Agent(name='a', tools=[*BASE, pay])\n", ["tool find", "tool pay"]),
    "methods as tools": ("from pydantic_ai import Agent, Tool\nclass Desk:\n    def __init__(self):\n        self.tools = [self.find] + [Tool(self.pay)]\n        self.agent = Agent('m', tools=self.tools)\n    def find(self, q): pass\n    def pay(self, n): pass\n    def get(self): pass\n", ["tool Desk.find", "tool Desk.pay"]),
    "tools by position": ("from langchain_openai import ChatOpenAI\nfrom langgraph.prebuilt import create_react_agent\ndef find(q: str): pass\nmodel = ChatOpenAI()\nagent = create_react_agent(model, [find])\n", ["tool find"]),
    "tools bound to a model": ("from langchain_openai import ChatOpenAI\ndef find(q: str): pass\nmodel = ChatOpenAI().bind_tools([find])\n", ["tool find"]),
    "a tool made of a function": ("from llama_index.core.tools import FunctionTool\ndef find(q: str): pass\ntool = FunctionTool.from_defaults(find, name='f')\n", ["tool find"]),
    "a tool made twice": ("from agents import Agent, function_tool\n@function_tool\ndef find(q: str): pass\ndef pay(n: int): pass\nagent = Agent(name='a', tools=[find, function_tool(pay)])\n", ["tool find", "tool pay"]),
    "an object that is a tool": ("from agno.agent import Agent\nclass Store:\n    def get(self): pass\n    def __call__(self, q): pass\nagent = Agent(tools=[Store()])\n", ["tool Store.__call__"]),
    "tools that another part makes": ("from google.adk.agents import Agent\ndef toolset(read): pass\nagent = Agent(name='a', tools=[toolset(read=True)])\n", []),
    "pyrogram": ("from pyrogram import Client, filters\napp = Client('x')\n@app.on_message(filters.private)\nasync def a(client, message): pass\napp.run()\n", ["bot a"]),
    "telebot steps": ("import telebot\nbot = telebot.TeleBot('x')\n@bot.message_handler(commands=['go'])\ndef a(message):\n    sent = bot.reply_to(message, 'who?')\n    bot.register_next_step_handler(sent, b)\ndef b(message): pass\n", ["bot a", "bot b"]),
    "pyramid with an address": ("from pyramid.view import view_config\n@view_config(route_name='home')\ndef home(request): pass\ndef main(config):\n    config.add_route('home', '/h')\n", ["route ANY /h"]),
    "cornice": ("from cornice import Service\nbugs = Service(name='bugs', path='/bugs/')\n@bugs.get(renderer='json')\ndef listed(request): pass\n", ["route GET /bugs/"]),
    "click groups": ("import click\n@click.group()\ndef cli(): pass\n@cli.group()\ndef db(): pass\n@db.command()\ndef drop(): pass\n", ["cli cli", "cli db", "cli drop"]),
    "falcon": ("import falcon\nclass A:\n    def on_get(self, req, resp): pass\napp = falcon.App()\na = A()\napp.add_route('/a', a)\n", ["route GET /a"]),
    "own servlets": ("class A(Base):\n    async def on_GET(self, request): pass\n    def on_get_ready(self): pass\n", ["route A.on_GET"]),
    "bound method": ("from aiohttp import web\nclass Api:\n    async def info(self, request): pass\ndef run():\n    app = web.Application()\n    api = Api()\n    app.add_routes([web.get('/i', api.info)])\n", ["route GET /i"]),
    "pyramid": ("from pyramid.view import view_config\n@view_config(route_name='home')\ndef home(request): pass\n", ["route ANY /…"]),
}  # fmt: skip


@pytest.mark.parametrize(("source", "names"), FRAMEWORKS.values(), ids=FRAMEWORKS)
def test_frameworks_call_what_is_registered(source, names):
    assert entries({"main.py": source}) == sorted(names)


ORDERS = "from fastapi import APIRouter\nrouter = APIRouter(prefix='/orders')\n@router.get('/{n}')\ndef one(n): pass\n"
SHOP = "from django.urls import path\nfrom .views import Cart\nurlpatterns = [path('cart/', Cart.as_view())]\n"
CART = "from django.views import View\nclass Cart(View):\n    def get(self, request): pass\n"
ACROSS = {
    "two files": ({"orders.py": ORDERS, "main.py": FASTAPI + "from orders import router as r\napp.include_router(r, prefix='/v1')\n"}, ["route GET /v1/orders/{n}"]),
    "three files, package": ({"api/orders.py": ORDERS, "api/__init__.py": "from fastapi import APIRouter\nfrom .orders import router as orders\nrouter = APIRouter(prefix='/api')\nrouter.include_router(orders)\n", "main.py": FASTAPI + "import api\napp.include_router(api.router, prefix='/v1')\n"}, ["route GET /v1/api/orders/{n}"]),
    "loop over literals": ({"orders.py": ORDERS, "main.py": FASTAPI + "import orders\nfor r, p in [(orders.router, '/a')]:\n    app.include_router(r, prefix=p)\n"}, ["route GET /a/orders/{n}"]),
    "mounted twice": ({"orders.py": ORDERS, "main.py": FASTAPI + "from orders import router\nfor p in ('/v1', '/v2'):\n    pass\napp.include_router(router, prefix='/v1')\napp.include_router(router, prefix='/v2')\n"}, ["route GET /v1/orders/{n}", "route GET /v2/orders/{n}"]),
    "prefix of settings": ({"conf.py": "class Settings:\n    API: str = '/v3'\nsettings = Settings()\n", "orders.py": ORDERS, "main.py": FASTAPI + "from conf import settings\nfrom orders import router\napp.include_router(router, prefix=f'{settings.API}/x')\n"}, ["route GET /v3/x/orders/{n}"]),
    "prefix of the environment": ({"orders.py": ORDERS, "main.py": FASTAPI + "import os\nfrom orders import router\napp.include_router(router, prefix=os.getenv('P', '/v4'))\n"}, ["route GET /v4/orders/{n}"]),
    "prefix not known": ({"orders.py": ORDERS, "main.py": FASTAPI + "import os\nfrom orders import router\napp.include_router(router, prefix=os.environ['P'])\n"}, ["route GET /…/orders/{n}"]),
    "mounted application": ({"inner.py": FASTAPI + "@app.get('/a')\ndef a(): pass\n", "main.py": FASTAPI + "from inner import app as inner\napp.mount('/in', inner)\n"}, ["route GET /in/a"]),
    "blueprint in a factory": ({"web.py": "from flask import Blueprint\nbp = Blueprint('b', __name__)\n@bp.route('/a')\ndef a(): pass\n", "main.py": "from flask import Flask\ndef create_app():\n    from web import bp\n    app = Flask(__name__)\n    app.register_blueprint(bp, url_prefix='/w')\n    return app\n"}, ["route GET /w/a"]),
    "django include": ({"site/urls.py": "from django.urls import include, path\nurlpatterns = [path('shop/', include('shop.urls'))]\n", "shop/__init__.py": "", "shop/urls.py": SHOP, "shop/views.py": CART}, ["route GET /shop/cart/"]),
    "a helper starts what it gets": ({"clock.py": "import threading\ndef background(work, *args):\n    threading.Thread(target=work, args=args).start()\n", "main.py": "from clock import background\ndef prune(): pass\nbackground(prune)\n"}, ["worker prune"]),
    "a helper's object starts a method": ({"clock.py": "import threading\nclass Clock:\n    def every(self, work, seconds):\n        threading.Timer(seconds, work).start()\n", "main.py": "from clock import Clock\nclass Store:\n    def __init__(self):\n        self.clock = Clock()\n        self.clock.every(self.prune, 5)\n    def prune(self): pass\nstore = Store()\n"}, ["worker Store.prune"]),
    "a helper registers what it gets": ({"reg.py": "def register(app, path, handler, methods):\n    app.add_api_route(path, handler, methods=methods)\n", "main.py": FASTAPI + "from reg import register\ndef a(): pass\ndef b(): pass\nregister(app, '/a', a, ['POST'])\nregister(app, '/b', handler=b, methods=['PUT'])\n"}, ["route POST /a", "route PUT /b"]),
    "a helper that keeps what it gets": ({"reg.py": "kept = []\ndef register(handler):\n    kept.append(handler)\n", "main.py": FASTAPI + "from reg import register\ndef a(): pass\nregister(a)\n"}, []),
    "a decorator around a handler": ({"guard.py": "import functools\ndef logged(work):\n    @functools.wraps(work)\n    def inner(*args, **kwargs):\n        return work(*args, **kwargs)\n    return inner\n", "main.py": FASTAPI + "from guard import logged\n@app.get('/a')\n@logged\ndef a(): pass\n"}, ["route GET /a"]),
    "routers in a ring": ({"a.py": "from fastapi import APIRouter\nimport b\nrouter = APIRouter(prefix='/a')\nrouter.include_router(b.router)\n@router.get('/x')\ndef x(): pass\n", "b.py": "from fastapi import APIRouter\nimport a\nrouter = APIRouter(prefix='/b')\nrouter.include_router(a.router)\n"}, ["route GET /b/a/x"]),
}  # fmt: skip


@pytest.mark.parametrize(("files", "names"), ACROSS.values(), ids=ACROSS)
def test_addresses_are_whole_across_files(files, names):
    assert entries(files) == sorted(names)


def test_console_scripts_of_the_manifest_are_entry_points():
    manifest = {"pyproject.toml": '[project]\nname = "x"\nversion = "1"\n[project.scripts]\nrun-x = "x.app:start"\n'}
    files = {"src/x/__init__.py": "", "src/x/app.py": "def start(): pass\ndef other(): pass\n"}
    assert entries(files, manifest) == ["cli run-x"]


def test_a_thousand_routers_one_under_another_are_followed():
    lines = ["from fastapi import APIRouter, FastAPI", "r0 = FastAPI()"]
    for number in range(1, 1000):
        lines += [f"r{number} = APIRouter(prefix='/{number % 10}')", f"r{number - 1}.include_router(r{number})"]
    source = "\n".join([*lines, "@r999.get('/deep')", "def deep(): pass", ""])
    prefix = "".join(f"/{number % 10}" for number in range(1, 1000))
    assert entries({"main.py": source}) == [f"route GET {prefix}/deep"]


LOOPS = {
    "a daemon": ("worker", "async def turn():\n    await poll()\nasync def main():\n    while True:\n        await turn()\n        await asyncio.sleep(5)\n"),
    "a flag that somebody lowers": ("worker", "class A:\n    async def run(self):\n        self.running = True\n        while self.running:\n            await poll()\n            await asyncio.sleep(5)\nasync def main():\n    await asyncio.gather(A().run())\n"),
    "ended from the keyboard": ("worker", "async def main():\n    while True:\n        try:\n            await poll()\n            await asyncio.sleep(5)\n        except KeyboardInterrupt:\n            break\n"),
    "it ends by itself": ("cli", "async def main():\n    while True:\n        if await poll():\n            return\n        await asyncio.sleep(5)\n"),
    "somebody types": ("cli", "async def main():\n    while True:\n        input('> ')\n        await poll()\n        await asyncio.sleep(5)\n"),
    "nothing outside": ("cli", "async def main():\n    while True:\n        print('.')\n        await asyncio.sleep(5)\n"),
    "it never rests": ("cli", "async def main():\n    while True:\n        await poll()\n"),
    "it does its work once": ("cli", "async def main():\n    await poll()\n"),
}  # fmt: skip


@pytest.mark.parametrize(("role", "source"), LOOPS.values(), ids=LOOPS)
def test_a_command_that_never_comes_back_is_a_worker(role, source):
    head = "import asyncio\nimport httpx\nasync def poll():\n    async with httpx.AsyncClient() as c:\n        return await c.get('https://a.example.org')\n"
    tail = "if __name__ == '__main__':\n    asyncio.run(main())\n"
    assert entries({"main.py": head + source + tail}) == [f"{role} python main.py"]


def reached(source, function):
    facts = {"main.py": collect(source, "main.py", module_name("main.py"))}
    context = link(facts, {"main.py": "first-party"}, manifests_of({}))
    keys = {context.program.function(key).qualname: key for key in context.program.functions()}
    return context.reach.of(keys[function]).entries


def test_methods_in_a_table_that_an_object_keeps_are_called_through_it():
    source = (
        "import time\nimport requests\nclass Bot:\n    def __init__(self):\n        self.commands = {'/buy': self.buy}\n"
        "    def run(self):\n        while True:\n            for text in requests.get('https://a', timeout=3).json():\n"
        "                self.commands[text](text)\n            time.sleep(1)\n    def buy(self, text): pass\n"
        "if __name__ == '__main__':\n    Bot().run()\n"
    )
    assert reached(source, "Bot.buy") == ("python main.py",)


def test_the_answer_to_a_later_message_is_no_step_of_the_one_before():
    source = (
        "import telebot\nbot = telebot.TeleBot('x')\n@bot.message_handler(commands=['go'])\ndef first(message):\n"
        "    bot.register_next_step_handler(message, second)\ndef second(message):\n    keep()\ndef keep(): pass\n"
    )
    assert reached(source, "keep") == ("second",)


TASKS = "import asyncio\nasync def one(x=0):\n    await asyncio.sleep(1)\nasync def both(xs):\n    {body}\n"
SERVED = FASTAPI + "import main\n@app.get('/both')\nasync def get():\n    return await main.both([])\n"
JOINED = {
    "names": "a = asyncio.create_task(one())\n    b = asyncio.ensure_future(one())\n    await asyncio.gather(a, b)",
    "in place": "return await asyncio.gather(asyncio.create_task(one()), one())",
    "a list": "tasks = [asyncio.create_task(one(x)) for x in xs]\n    return await asyncio.gather(*tasks)",
    "appended": "tasks = []\n    for x in xs:\n        tasks.append(asyncio.create_task(one(x)))\n    await asyncio.wait(tasks)",
    "named, then appended": "tasks = []\n    for x in xs:\n        t = asyncio.create_task(one(x))\n        tasks.append(t)\n    await asyncio.gather(*tasks)",
}  # fmt: skip
LEFT = {
    "dropped": "asyncio.create_task(one())",
    "another is awaited": "asyncio.create_task(one())\n    await asyncio.gather(*xs)",
    "kept elsewhere": "self.task = asyncio.create_task(one())\n    await asyncio.gather(*xs)",
}


@pytest.mark.parametrize("body", JOINED.values(), ids=JOINED)
def test_a_task_that_is_waited_for_is_no_background_job(body):
    assert entries({"main.py": TASKS.format(body=body), "web.py": SERVED}) == ["route GET /both"]
    assert entries({"main.py": TASKS.format(body=body)}) == ["worker one"]  # it is not in sight what runs `both`
    endless = TASKS.format(body=body).replace("    await asyncio.sleep", "    while True:\n        await asyncio.sleep")
    assert "worker one" in entries({"main.py": endless, "web.py": SERVED})


@pytest.mark.parametrize("body", LEFT.values(), ids=LEFT)
def test_a_task_that_nobody_waits_for_is_a_background_job(body):
    assert "worker one" in entries({"main.py": TASKS.format(body=body), "web.py": SERVED})
