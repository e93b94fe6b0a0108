"""Which entry points the tests of a program reach."""

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.links.modules import module_name
from durability.sources.project import manifests_of
from durability.sources.roles import file_role

FLASK = (
    "from flask import Flask\napp = Flask(__name__)\n@app.{method}('{path}')\ndef handler(**given):\n    return ''\n"
)


def reached_names(texts):
    """The names of the entry points that tests reach."""
    facts = {path: collect(text, path, module_name(path)) for path, text in texts.items()}
    context = link(facts, {path: file_role(path, b"") for path in facts}, manifests_of({}))
    return {entry.name for entry in context.entries if not entry.hook and context.tested.reaches(entry)}


@pytest.mark.parametrize(
    ("method", "path", "request_made", "reached"),
    [
        ("get", "/orders", "client.get('/orders')", True),
        ("get", "/orders", "client.get('/orders/')", True),
        ("get", "/orders", "client.get('/orders?page=2')", True),
        ("get", "/orders", "client.get('http://testserver/orders')", True),
        ("get", "/orders", "client.get(url='/orders')", True),
        ("get", "/orders", "client.open('/orders', method='GET')", True),
        ("get", "/orders", "client.request('GET', '/orders')", True),
        ("post", "/orders", "client.get('/orders')", False),
        ("get", "/orders", "client.get('/order')", False),
        ("get", "/orders", "client.get('/orders/7')", False),
        ("get", "/orders/<int:key>", "client.get('/orders/7')", True),
        ("get", "/orders/<int:key>", "client.get(f'/orders/{key}')", True),
        ("get", "/orders/<int:key>", "client.get('/orders/%d' % key)", True),
        ("get", "/orders/<int:key>/items", "client.get('/orders/7')", False),
        ("get", "/orders", "client.get(f'{PREFIX}/orders')", False),
        ("get", "/api/orders", "client.get(f'{PREFIX}/orders')", True),
        ("get", "/orders", "{'/orders': 1}.get('/orders')", True),
        ("get", "/api/orders", "requests.get(f'{BASE}/api/orders')", True),
        ("get", "/api/orders", "requests.get(f'{API}/orders')", True),
        ("get", "/shop/orders", "requests.get(f'{BASE}/orders')", True),
        ("get", "/orders", "requests.get(f'{BASE}/api/orders')", False),
        ("get", "/orders", "requests.get(f'{BASE}/')", False),
    ],
)
def test_a_request_reaches_the_route_it_matches(method, path, request_made, reached):
    test = f"from app import app\nimport os, requests\nPREFIX = '/api'\nBASE = os.getenv('URL')\nAPI = f'{{BASE}}/api'\nclient = app.test_client()\ndef test_it(key=1):\n    assert {request_made}\n"
    found = reached_names({"app.py": FLASK.format(method=method, path=path), "tests/test_app.py": test})
    assert bool(found) == reached


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"app.py": "import click\n@click.command()\ndef load(): pass\n", "test_app.py": "from click.testing import CliRunner\nimport app\ndef test(): CliRunner().invoke(app.load, [])\n"}, "load"),
        ({"run.py": "if __name__ == '__main__':\n    print(1)\n", "test_run.py": "import subprocess, sys\ndef test(): subprocess.run([sys.executable, 'run.py'])\n"}, "python run.py"),
        ({"page.py": "import streamlit as st\nst.title('x')\n", "test_page.py": "from streamlit.testing.v1 import AppTest\ndef test(): AppTest.from_file('page.py').run()\n"}, "page.py"),
        ({"jobs.py": "from celery import shared_task\n@shared_task\ndef mail(): pass\n", "tests/test_jobs.py": "from jobs import mail\ndef test(): mail()\n"}, "mail"),
    ],
    ids=["command", "script", "page", "task"],
)  # fmt: skip
def test_commands_scripts_pages_and_tasks(files, name):
    assert name in reached_names(files)
    program = {path: text for path, text in files.items() if "test" not in path}
    assert name not in reached_names(program | {"test_other.py": "def test(): assert True\n"})


URLS = "from django.urls import path\nfrom shop.views import order, orders\n{}urlpatterns = [path('orders/', orders, name='orders'), path('orders/<int:pk>/', order, name='order')]\n"
NAMES = {
    "a name": ("", "client.get(reverse('orders'))", {"ANY /orders/"}),
    "with what comes after": ("", "client.get(reverse('orders') + '?page=2')", {"ANY /orders/"}),
    "with arguments": ("", "client.get(reverse('order', args=[3]))", {"ANY /orders/<int:pk>/"}),
    "kept": ("", "url = reverse('order', args=[3])\n    client.post(url)", {"ANY /orders/<int:pk>/"}),
    "in its space": ("app_name = 'shop'\n", "client.get(reverse('shop:orders'))", {"ANY /orders/"}),
    "in another space": ("app_name = 'shop'\n", "client.get(reverse('blog:orders'))", set()),
    "another name": ("", "client.get(reverse('order-list'))", set()),
}


@pytest.mark.parametrize("case", NAMES)
def test_routes_that_are_asked_for_by_their_names(case):
    space, request_made, reached = NAMES[case]
    texts = {
        "shop/__init__.py": "",
        "shop/views.py": "def orders(request): pass\ndef order(request, pk): pass\n",
        "shop/urls.py": URLS.format(space),
        "tests/test_shop.py": f"from django.urls import reverse\ndef test_it(client):\n    {request_made}\n",
    }
    assert reached_names(texts) == reached


def test_the_actions_of_a_view_set_are_asked_for_by_their_names():
    texts = {
        "views.py": "from rest_framework import viewsets\nfrom rest_framework.decorators import action\nfrom rest_framework.routers import DefaultRouter\n"
        "from models import Order\nclass Orders(viewsets.ModelViewSet):\n    queryset = Order.objects.all()\n"
        "    @action(detail=False)\n    def paid_ones(self, request): pass\nrouter = DefaultRouter()\nrouter.register('o', Orders)\n",
        "models.py": "from django.db import models\nclass Order(models.Model):\n    name = models.TextField()\n",
        "tests/test_orders.py": "from django.urls import reverse\nclass TestOrders:\n    def setUp(self):\n        self.url = reverse('order-list')\n"
        "    def test_it(self):\n        self.client.post(self.url)\n        self.client.delete(reverse('order-detail', args=[1]))\n"
        "        self.client.get(reverse('order-paid-ones'))\n",
    }
    assert reached_names(texts) == {"POST /o/", "DELETE /o/{pk}/", "GET /o/paid_ones/"}
