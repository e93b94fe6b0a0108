"""Views that leave their actions to Django and Django REST framework: addresses, access, and what the actions do."""

import pytest
from tests.program.test_program import linked

from durability.engine.survey import map_of

MODELS = (
    "from django.db import models\n"
    "class Order(models.Model):\n    name = models.CharField(max_length=9)\n"
    "class Note(models.Model):\n    text = models.TextField()\n"
)
SERIALIZERS = (
    "from rest_framework import serializers\nfrom models import Order\n"
    "class OrderSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Order\n"
)
HEAD = (
    "from django.urls import path\nfrom django.views.generic import CreateView, DeleteView, DetailView, ListView, TemplateView\n"
    "from django.views.generic.edit import UpdateView\n"
    "from rest_framework import generics, mixins, permissions, viewsets\nfrom rest_framework.decorators import action\n"
    "from rest_framework.routers import DefaultRouter\n"
    "from models import Note, Order\nfrom serializers import OrderSerializer\n"
)


def mapped(*lines):
    """Each entry point of a program with what it does to the database."""
    context = linked(main=HEAD + "\n".join(lines) + "\n", models=MODELS, serializers=SERIALIZERS)
    return {
        entry.name: sorted(f"{touch.how} {touch.name}" for touch in entry.touches if touch.kind == "database")
        for entry in map_of("x", context).entry_points
    }


def registered(*lines, router="DefaultRouter()"):
    """The same for a view set `V` with these lines in its body."""
    whole = ("class V(viewsets.ModelViewSet):", *(f"    {line}" for line in lines))
    return mapped(*whole, f"router = {router}", "router.register('v', V)", "urlpatterns = router.urls")


def test_a_model_view_set_has_all_six_actions():
    assert registered("queryset = Order.objects.all()") == {
        "GET /v/": ["reads Order"],
        "POST /v/": ["writes Order"],
        "GET /v/{pk}/": ["reads Order"],
        "PUT /v/{pk}/": ["reads Order", "writes Order"],
        "PATCH /v/{pk}/": ["reads Order", "writes Order"],
        "DELETE /v/{pk}/": ["deletes Order", "reads Order"],
    }


def test_the_actions_call_what_the_class_has_of_its_own():
    found = registered(
        "queryset = Order.objects.all()",
        "def perform_create(self, serializer):",
        "    Note.objects.create(text='x')",
        "def perform_destroy(self, instance):",
        "    Note.objects.create(text='y')",
    )
    assert found["POST /v/"] == ["writes Note"]
    assert found["DELETE /v/{pk}/"] == ["reads Order", "writes Note"]


def test_the_router_and_the_class_say_how_addresses_look():
    found = registered(
        "queryset = Order.objects.all()",
        "lookup_field = 'slug'",
        "@action(detail=True, methods=['post'])",
        "def pay(self, request, slug): pass",
        "@pay.mapping.delete",
        "def refund(self, request, slug): pass",
        router="DefaultRouter(trailing_slash=False)",
    )
    assert {name for name in found if "slug" in name} == {
        "GET /v/{slug}", "PUT /v/{slug}", "PATCH /v/{slug}", "DELETE /v/{slug}", "POST /v/{slug}/pay",
        "DELETE /v/{slug}/pay",
    }  # fmt: skip
    assert {"GET /v", "POST /v"} < set(found)


def test_mixins_bring_only_their_own_actions():
    found = mapped(
        "class Base(mixins.ListModelMixin, viewsets.GenericViewSet):",
        "    permission_classes = [permissions.IsAuthenticated]",
        "class V(mixins.CreateModelMixin, Base):",
        "    def get_queryset(self):",
        "        return Order.objects.filter(name='x')",
        "router = DefaultRouter()",
        "router.register('v', V)",
    )
    assert found == {"GET /v/": ["reads Order"], "POST /v/": ["writes Order"]}


VIEWS = {
    "generics.ListAPIView": {"GET /v/": ["reads Order"]},
    "generics.RetrieveUpdateAPIView": {
        "GET /v/": ["reads Order"], "PUT /v/": ["reads Order", "writes Order"], "PATCH /v/": ["reads Order", "writes Order"],
    },
    "ListView": {"GET /v/": ["reads Order"]},
    "DetailView": {"GET /v/": ["reads Order"]},
    "TemplateView": {"GET /v/": []},
    "CreateView": {"GET /v/": [], "POST /v/": ["writes Order"]},
    "UpdateView": {"GET /v/": ["reads Order"], "POST /v/": ["reads Order", "writes Order"]},
    "DeleteView": {"GET /v/": ["reads Order"], "POST /v/": ["deletes Order", "reads Order"]},
}  # fmt: skip


@pytest.mark.parametrize(("base", "found"), VIEWS.items(), ids=VIEWS)
def test_generic_views_answer_with_what_they_inherit(base, found):
    body = "queryset = Order.objects.all()" if base.startswith("generics") else "model = Order"
    assert mapped(f"class V({base}):", f"    {body}", "urlpatterns = [path('v/', V.as_view())]") == found


def test_a_method_that_the_class_writes_is_not_supplied():
    lines = ("class V(ListView):", "    model = Order", "    def get(self, request): pass")
    assert mapped(*lines, "urlpatterns = [path('v/', V.as_view())]") == {"GET /v/": []}


def test_a_view_without_an_address_is_no_way_in():
    assert mapped("class V(viewsets.ModelViewSet):", "    queryset = Order.objects.all()") == {}


def test_what_a_framework_supplies_is_no_call_of_this_program():
    lines = ("class V(ListView):", "    model = Order", "urlpatterns = [path('v/', V.as_view())]")
    context = linked(main=HEAD + "\n".join(lines) + "\n", models=MODELS, serializers=SERIALIZERS)
    calls = context.program.counts()
    assert calls.project + calls.library + calls.other_library + calls.unresolved == 4


ADMIN = (
    "from django.contrib import admin\nfrom django.urls import path\n{}"
    "urlpatterns = [path('staff/', admin.site.urls)]\n"
)


def administered(more):
    """The entry points of a project with an admin site: name, access, what they do to the database."""
    context = linked(main=ADMIN.format(more), models=MODELS)
    return [
        (entry.name, entry.access, [f"{touch.how} {touch.name}" for touch in entry.touches])
        for entry in map_of("x", context).entry_points
    ]


def test_the_admin_site_is_a_way_in_for_staff():
    changed = ["deletes Order", "reads Order", "writes Order"]
    by_call = "from models import Order\nadmin.site.register(Order)\n"
    assert administered(by_call) == [("ANY /staff/", "required", changed)]
    decorated = "import models\n@admin.register(models.Order)\nclass OrderAdmin(admin.ModelAdmin):\n    pass\n"
    assert administered(decorated) == [("ANY /staff/", "required", changed)]


def test_an_admin_site_without_models_of_the_project_is_no_way_in():
    assert administered("") == []
