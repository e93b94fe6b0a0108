"""The route table: parameters, and who may call."""

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.ask import Ask
from durability.program.links.modules import module_name
from durability.sources.project import manifests_of


def routes(**files):
    """The routes of a program by name."""
    texts = {f"{name.replace('__', '/')}.py": text for name, text in files.items()}
    facts = {path: collect(text, path, module_name(path)) for path, text in texts.items()}
    context = link(facts, dict.fromkeys(facts, "first-party"), manifests_of({}))
    return {route.name: route for route in Ask(context).routes}


FASTAPI = "from typing import Annotated\nfrom fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request, Security\n"
APP = FASTAPI + "app = FastAPI()\n"
GUARD = (
    FASTAPI
    + "def user(authorization: str = Header()):\n    if authorization != 'x':\n        raise HTTPException(status_code=401)\n"
)
BEARER = (
    FASTAPI + "from fastapi.security import HTTPBearer\nbearer = HTTPBearer()\nloose = HTTPBearer(auto_error=False)\n"
)
NOTHING = FASTAPI + "def user(page: int = 1):\n    return page\n"
ROUTE = "@app.get('/a')\ndef a(u=Depends(user)): pass\n"
FLASK = "from functools import wraps\nfrom flask import Blueprint, Flask, abort, jsonify, redirect, request, session, url_for\napp = Flask(__name__)\n"
OWN = "def need(f):\n    @wraps(f)\n    def inner(*a, **k):\n        if 'user' not in session:\n            return redirect(url_for('login'))\n        return f(*a, **k)\n    return inner\n"
LOGS = "def need(f):\n    @wraps(f)\n    def inner(*a, **k):\n        print('called')\n        return f(*a, **k)\n    return inner\n"
VIEW = "@app.get('/a')\ndef a(): pass\n"
DRF = "from django.urls import path\nfrom rest_framework.views import APIView\nfrom rest_framework.permissions import AllowAny, IsAuthenticated\n"
SETTINGS = "REST_FRAMEWORK = {'DEFAULT_PERMISSION_CLASSES': ['rest_framework.permissions.IsAuthenticated']}\n"
DJANGO = "from django.urls import path\nfrom django.contrib.auth.decorators import login_required\nfrom django.contrib.auth.mixins import LoginRequiredMixin\nfrom django.views import View\n"
CLASS = "class A(%s):\n%s    def get(self, request): pass\nurlpatterns = [path('a', A.as_view())]\n"
KINDS = {
    "parameter": ({"main": "from guard import user\n" + APP + ROUTE, "guard": GUARD}, "required"),
    "parameter that checks nothing": ({"main": "from guard import user\n" + APP + ROUTE, "guard": NOTHING}, "open"),
    "parameter of a parameter": ({"main": "from guard import user\n" + APP + "def admin(u=Depends(user)): return u\n@app.get('/a')\ndef a(u=Depends(admin)): pass\n", "guard": BEARER + "def user(token=Depends(bearer)): return token\n"}, "required"),
    "annotated alias": ({"main": "from guard import User\n" + APP + "@app.get('/a')\ndef a(u: User): pass\n", "guard": GUARD + "User = Annotated[str, Depends(user)]\n"}, "required"),
    "alias behind an alias": ({"main": "from guard import Admin\n" + APP + "@app.get('/a')\ndef a(u: Admin): pass\n", "guard": GUARD + "User = Annotated[str, Depends(user)]\ndef admin(u: User): return u\nAdmin = Annotated[str, Depends(admin)]\n"}, "required"),
    "an error of the project that says 401": ({"main": APP + "from fastapi.security import HTTPBearer\nfrom errors import NoEntry\ndef user(t: Annotated[str | None, Depends(HTTPBearer(auto_error=False))]):\n    if t is None:\n        raise NoEntry()\n@app.get('/a', dependencies=[Depends(user)])\ndef a(): pass\n", "errors": "class NoEntry(Exception):\n    status = 401\n"}, "required"),
    "an error of the project that says 404": ({"main": APP + "from fastapi.security import HTTPBearer\nfrom errors import NoEntry\ndef user(t: Annotated[str | None, Depends(HTTPBearer(auto_error=False))]):\n    if t is None:\n        raise NoEntry()\n@app.get('/a', dependencies=[Depends(user)])\ndef a(): pass\n", "errors": "class NoEntry(Exception):\n    status = 404\n"}, "open"),
    "a signed webhook": ({"main": APP + "import hmac\nSignature = Annotated[str, Header()]\ndef event(signature: Signature):\n    if not hmac.compare_digest(signature, 'x'):\n        raise HTTPException(401)\n@app.post('/a')\ndef a(e: Annotated[str, Depends(event)]): pass\n"}, "required"),
    "security object": ({"main": "from guard import bearer\n" + APP + "@app.get('/a')\ndef a(u=Depends(bearer)): pass\n", "guard": BEARER}, "required"),
    "security object that lets pass": ({"main": "from guard import loose\n" + APP + "@app.get('/a')\ndef a(u=Depends(loose)): pass\n", "guard": BEARER}, "open"),
    "optional user": ({"main": "from guard import user\n" + APP + ROUTE, "guard": BEARER + "def user(token=Depends(loose)):\n    return token or None\n"}, "open"),
    "unresolved parameter": ({"main": "from elsewhere import make\n" + APP + "user = make()\n@app.get('/a')\ndef a(u=Depends(user)): pass\n"}, "unknown"),
    "router": ({"main": "from web import router\n" + APP + "app.include_router(router)\n", "web": "from guard import user\n" + FASTAPI + "router = APIRouter(dependencies=[Depends(user)])\n@router.get('/a')\ndef a(): pass\n", "guard": GUARD}, "required"),
    "mount": ({"main": "from web import router\nfrom guard import user\n" + APP + "app.include_router(router, dependencies=[Depends(user)])\n", "web": FASTAPI + "router = APIRouter()\n@router.get('/a')\ndef a(): pass\n", "guard": GUARD}, "required"),
    "application": ({"main": "from guard import user\n" + FASTAPI + "app = FastAPI(dependencies=[Depends(user)])\n" + VIEW, "guard": GUARD}, "required"),
    "own router open beside": ({"main": "from guard import user\n" + APP + "r = APIRouter(dependencies=[Depends(user)])\napp.include_router(r)\n" + VIEW, "guard": GUARD}, "open"),
    "route": ({"main": "from guard import user\n" + APP + "@app.get('/a', dependencies=[Depends(user)])\ndef a(): pass\n", "guard": GUARD}, "required"),
    "middleware": ({"main": APP + "@app.middleware('http')\nasync def check(request, call_next):\n    if request.headers.get('x-api-key') != 'x':\n        return Response(status_code=401)\n    return await call_next(request)\n" + VIEW}, "required"),
    "middleware that exempts": ({"main": APP + "@app.middleware('http')\nasync def check(request, call_next):\n    if request.url.path != '/a' and request.headers.get('x-api-key') != 'x':\n        return Response(status_code=401)\n    return await call_next(request)\n" + VIEW}, "unknown"),
    "middleware that logs": ({"main": APP + "@app.middleware('http')\nasync def check(request, call_next):\n    print(request.headers.get('x-api-key'))\n    return await call_next(request)\n" + VIEW}, "open"),
    "own decorator": ({"main": FLASK + "from guard import need\n@app.get('/a')\n@need\ndef a(): pass\n", "guard": FLASK + OWN}, "required"),
    "decorator that logs": ({"main": FLASK + "from guard import need\n@app.get('/a')\n@need\ndef a(): pass\n", "guard": FLASK + LOGS}, "open"),
    "library decorator": ({"main": FLASK + "from flask_login import login_required\n@app.get('/a')\n@login_required\ndef a(): pass\n"}, "required"),
    "before request": ({"main": FLASK + "@app.before_request\ndef check():\n    if 'user' not in session:\n        abort(401)\n" + VIEW}, "required"),
    "before request of another": ({"main": FLASK + VIEW, "other": FLASK + "bp = Blueprint('b', __name__)\n@bp.before_request\ndef check():\n    if 'user' not in session:\n        abort(401)\n"}, "open"),
    "in the handler": ({"main": FLASK + "@app.get('/a')\ndef a():\n    if not session.get('user'):\n        return jsonify(x=1), 401\n"}, "required"),
    "login itself": ({"main": FLASK + "@app.get('/a')\ndef a():\n    if request.json['password'] != 'x':\n        return jsonify(x=1), 401\n    session['user'] = 1\n"}, "open"),
    "login by a library": ({"main": DJANGO + "from django.contrib.auth import authenticate\nfrom django.http import HttpResponse\ndef a(request):\n    if authenticate(request) is None:\n        return HttpResponse(status=401)\nurlpatterns = [path('a', a)]\n"}, "open"),
    "mixin": ({"main": DJANGO + CLASS % ("LoginRequiredMixin, View", "")}, "required"),
    "plain view": ({"main": DJANGO + CLASS % ("View", "")}, "open"),
    "wrapped view": ({"main": DJANGO + "def a(request): pass\nurlpatterns = [path('a', login_required(a))]\n"}, "required"),
    "permission classes": ({"main": DRF + CLASS % ("APIView", "    permission_classes = [IsAuthenticated]\n")}, "required"),
    "permission by default": ({"main": DRF + CLASS % ("APIView", ""), "settings": SETTINGS}, "required"),
    "permission for all": ({"main": DRF + CLASS % ("APIView", "    permission_classes = [AllowAny]\n"), "settings": SETTINGS}, "open"),
    "whoever is known is sent home": ({"main": DJANGO + "from django.shortcuts import redirect, render\ndef a(request):\n    if request.user.is_authenticated:\n        return redirect('home')\n    form = UserForm(request.POST)\n    if form.is_valid():\n        form.save()\n        return redirect('login')\n    return render(request, 'a.html')\nurlpatterns = [path('a', a)]\n"}, "open"),
    "whoever is not known is sent to the login": ({"main": DJANGO + "from django.shortcuts import redirect, render\ndef a(request):\n    if not request.user.is_authenticated:\n        return redirect('login')\n    return render(request, 'a.html')\nurlpatterns = [path('a', a)]\n"}, "required"),
    "all others are sent to the login": ({"main": DJANGO + "from django.shortcuts import redirect, render\ndef a(request):\n    if request.user.is_authenticated:\n        return render(request, 'a.html')\n    return redirect('login')\nurlpatterns = [path('a', a)]\n"}, "required"),
    "known by a name": ({"main": FLASK + "@app.get('/a')\ndef a():\n    who = session.get('user')\n    if who is None:\n        return redirect(url_for('login'))\n"}, "required"),
    "only for guests": ({"main": FLASK + "from guard import need\n@app.get('/a')\n@need\ndef a(): pass\n", "guard": FLASK + OWN.replace("not in session", "in session").replace("'login'", "'home'")}, "open"),
    "refused for something else": ({"main": "from guard import user\n" + APP + "@app.get('/a/{n}')\ndef a(n: int, u=Depends(user)):\n    plan = load(n)\n    if not plan.active:\n        raise HTTPException(403, 'no plan')\n".replace("/a/{n}", "/a"), "guard": FASTAPI + "def user(authorization: str = Header(None)):\n    if not authorization:\n        return None\n    if authorization != 'x':\n        raise HTTPException(401)\n    return 1\n"}, "open"),
    "optional user who is demanded": ({"main": "from guard import user\n" + APP + "@app.get('/a')\ndef a(u=Depends(user)):\n    if u is None:\n        raise HTTPException(401)\n".replace("u=", "user_id=").replace("u is", "user_id is"), "guard": FASTAPI + "def user(authorization: str = Header(None)):\n    if not authorization:\n        return None\n    return authorization\n"}, "required"),
    "a refusal that is caught": ({"main": "from guard import user\n" + APP + ROUTE, "guard": GUARD.replace("def user", "def strict") + "def user(authorization: str = Header(None)):\n    try:\n        return strict(authorization)\n    except HTTPException:\n        return None\n"}, "open"),
    "a flag that a check sets": ({"main": APP + "@app.get('/a')\ndef a(authorization: str = Header(None)):\n    ok = False\n    if authorization in keys():\n        ok = True\n    if not ok:\n        raise HTTPException(403)\n"}, "required"),
    "whoever is not known, said so": ({"main": APP + "@app.get('/a')\ndef a(authorization: str = Header(None)):\n    ok = decide()\n    if not ok:\n        raise HTTPException(401)\n"}, "required"),
    "a key that nobody has set": ({"main": APP + "import os\nKEY = os.getenv('KEY')\ndef user(x_key: str = Header(None)):\n    if KEY and x_key != KEY:\n        raise HTTPException(401)\n" + ROUTE}, "required"),
    "a view that picks a guarded one": ({"main": DJANGO + "from guard import need\n@need\ndef create(request): pass\n@need\ndef listed(request): pass\ndef a(request):\n    if request.method == 'POST':\n        return create(request)\n    return listed(request)\nurlpatterns = [path('a', a)]\n", "guard": "from functools import wraps\nfrom django.http import JsonResponse\ndef need(f):\n    @wraps(f)\n    def inner(request, *a):\n        if request.headers.get('X-Api-Key') not in keys():\n            return JsonResponse({}, status=401)\n        return f(request, *a)\n    return inner\n"}, "required"),
    "a view that picks an open one": ({"main": DJANGO + "from guard import need\n@need\ndef create(request): pass\ndef a(request):\n    return create(request)\nurlpatterns = [path('a', a)]\n", "guard": "def need(f):\n    def inner(request, *a):\n        print(request.method)\n        return f(request, *a)\n    return inner\n"}, "open"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "verdict"), KINDS.values(), ids=KINDS)
def test_who_may_call(files, verdict):
    [route] = [route for name, route in routes(**files).items() if name.endswith("/a")]
    assert route.authentication == verdict
    assert bool(route.shown_at) == (verdict == "required")


def test_parameters_have_places():
    source = (
        "from pydantic import BaseModel\nclass Order(BaseModel):\n    n: int\n"
        + APP
        + "def db(): pass\n@app.post('/o/{n}')\ndef a(n: int, order: Order, request: Request, raw: dict, q: str = '', x: str = Header(), c=Depends(db)): pass\n"
    )
    [route] = routes(main=source).values()
    found = [(item.name, item.place, item.validated) for item in route.parameters]
    assert found == [
        ("n", "path", True),
        ("order", "body", True),
        ("request", "request", False),
        ("raw", "body", False),
        ("q", "query", True),
        ("x", "header", True),
        ("c", "dependency", False),
    ]
