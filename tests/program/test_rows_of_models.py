"""What Django's models, forms, managers and serializers do to the database, through the shortcuts that lead there."""

import pytest
from tests.program.test_program import linked

from durability.engine.survey import map_of

MODELS = (
    "import requests\nfrom django.db import models\n"
    "class Order(models.Model):\n    name = models.CharField(max_length=9)\n"
    "    def cancel(self):\n        requests.post('https://cancel.example/x')\n"
    "class Note(models.Model):\n    text = models.TextField()\n"
    "    def save(self, *args, **kwargs):\n        super().save(*args, **kwargs)\n        requests.post('https://audit.example/x')\n"
    "class Picks(models.Manager):\n    def old(self):\n        requests.post('https://old.example/x')\n        return self.filter(name='x')\n"
    "class Item(models.Model):\n    name = models.TextField()\n    objects = Picks()\n"
)
FORMS = (
    "from django import forms\nfrom rest_framework import serializers\nfrom models import Note, Order\n"
    "class OrderForm(forms.ModelForm):\n    class Meta:\n        model = Order\n        fields = ['name']\n"
    "class NoteForm(forms.ModelForm):\n    class Meta:\n        model = Note\n        fields = ['text']\n"
    "class OrderSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Order\n"
    "class Plain(serializers.Serializer):\n    def create(self, data):\n        return Order.objects.create(**data)\n"
)
HEAD = (
    "from django.http import JsonResponse\nfrom django.shortcuts import get_object_or_404, render\nfrom django.urls import path\n"
    "from models import Item, Note, Order\nfrom forms import NoteForm, OrderForm, OrderSerializer, Plain\n"
    "urlpatterns = [path('v/', lambda request: v(request))]\ndef v(request):\n"
)


def touched(*lines):
    """What a view with these lines touches."""
    context = linked(main=HEAD + "".join(f"    {line}\n" for line in lines), models=MODELS, forms=FORMS)
    (entry,) = map_of("x", context).entry_points
    return sorted(f"{item.how} {item.name}" for item in entry.touches if item.kind in ("database", "service"))


CASES = {
    "a form": (("form = OrderForm(request.POST)", "form.save()"), ["writes Order"]),
    "a form that only gives the object": (("order = OrderForm(request.POST).save(commit=False)",), []),
    "its object": (("order = OrderForm(request.POST).save(commit=False)", "order.save()"), ["writes Order"]),
    "a form runs what its model does": (("NoteForm(request.POST).save()",), ["calls audit.example", "writes Note"]),
    "a serializer": (("s = OrderSerializer(data=request.POST)", "s.save()"), ["writes Order"]),
    "a serializer with its own way": (("s = Plain(data=request.POST)", "s.save()"), ["writes Order"]),
    "create runs save": (("Note.objects.create(text='x')",), ["calls audit.example", "writes Note"]),
    "one or not found": (
        ("order = get_object_or_404(Order, pk=1)", "order.cancel()", "order.delete()"),
        ["calls cancel.example", "deletes Order", "reads Order"],
    ),
    "one of a query or not found": (
        ("order = get_object_or_404(Order.objects.filter(name='x'), pk=1)", "order.cancel()"),
        ["calls cancel.example", "reads Order"],
    ),
    "a manager of its own": (("Item.objects.get(pk=1).delete()",), ["deletes Item", "reads Item"]),
    "what that adds": (("Item.objects.old().first()",), ["calls old.example", "reads Item"]),
    "a query gone through": (("for order in Order.objects.filter(name='x'):", "    pass"), ["reads Order"]),
    "a query in a list": (("list(Order.objects.filter(name='x').order_by('name'))",), ["reads Order"]),
    "a query in a template": (
        ("orders = Order.objects.filter(name='x')", "context = {'orders': orders}", "return render(request, 'x.html', context)"),
        ["reads Order"],
    ),
    "a query in an answer": (
        ("orders = Order.objects.exclude(name='x')", "return JsonResponse(OrderSerializer(orders, many=True).data)"),
        ["reads Order"],
    ),
    "a query that nobody asks": (("orders = Order.objects.filter(name='x')", "return {'orders': 1}"), []),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "found"), CASES.values(), ids=CASES)
def test_the_rows_that_a_view_touches(lines, found):
    assert touched(*lines) == found


def test_a_template_is_no_file_that_a_view_reads():
    context = linked(main=HEAD + "    return render(request, 'x.html')\n", models=MODELS, forms=FORMS)
    assert map_of("x", context).entry_points[0].touches == ()


def test_a_query_in_a_class_body_asks_nothing():
    context = linked(main="from models import Order\nclass V:\n    queryset = Order.objects.all()\n", models=MODELS)
    assert map_of("x", context).at_start == ()


def test_a_query_at_the_top_of_a_module_that_is_gone_through_asks():
    context = linked(
        main="from models import Order\nall = list(Order.objects.all())\nif __name__ == '__main__':\n    pass\n",
        models=MODELS,
    )
    assert [touch.name for touch in map_of("x", context).entry_points[0].touches] == ["Order"]


def test_what_create_runs_is_one_record():
    context = linked(main="from models import Note\ndef f():\n    Note.objects.create(text='x')\n", models=MODELS)
    index = next(n for n, item in enumerate(context.program.files["main.py"].functions) if item.name == "f")
    assert [event.kind for item in context.sequences.of(("main.py", index)) for event in item.events] == [
        "record",
        "remote",
    ]


def test_a_view_that_hands_its_query_to_the_framework_asks_nothing():
    source = "from models import Order\nclass V:\n    def get_queryset(self):\n        orders = Order.objects.all() if self.x else Order.objects.none()\n        return orders.filter(name=1)\n"
    context = linked(main=source, models=MODELS)
    assert not any(context.calls_by_effect.get(effect) for effect in ("db.fetch_all", "db.query"))
