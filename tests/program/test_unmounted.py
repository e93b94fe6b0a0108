"""Routers that nothing mounts answer nowhere, as long as all mounts can be followed."""

import pytest
from tests.program.test_entries import entries

LIVE = "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/live')\ndef live(): pass\n"
OLD = LIVE.replace("live", "old")
MAIN = "from fastapi import FastAPI\nimport live, old\napp = FastAPI()\napp.include_router(live.router)\n"
BLUE = "from flask import Blueprint\nbp = Blueprint('{0}', __name__)\n@bp.get('/{0}')\ndef {0}(): pass\n"
FLASK = "from flask import Flask\nfrom live import bp\nfrom old import bp as old_bp\napp = Flask(__name__)\n"
PARENT = "from fastapi import APIRouter\nfrom old import router\nparent = APIRouter()\nparent.include_router(router)\n"

NOWHERE = {
    "imported": {"main": MAIN, "live": LIVE, "old": OLD},
    "not imported": {"main": MAIN.replace(", old", ""), "live": LIVE, "old": OLD},
    "below one that hangs nowhere": {"main": MAIN, "live": LIVE, "old": OLD, "parent": PARENT},
    "beside a router of a library": {
        "main": MAIN + "from sso import Login\nlogin = Login()\napp.include_router(login.get_router())\n",
        "live": LIVE,
        "old": OLD,
    },
    "blueprint": {
        "main": FLASK + "app.register_blueprint(bp)\n",
        "live": BLUE.format("live"),
        "old": BLUE.format("old"),
    },
}
SOMEWHERE = {
    "mounted": MAIN + "app.include_router(old.router)\n",
    "mounted in a loop": MAIN.replace("live.router)", "each.router)").replace("app.inc", "for each in (live, old):\n    app.inc"),
    "mounted by a function": MAIN + "def more(web):\n    web.include_router(old.router)\n",
    "mount that is not followed": MAIN + "for each in found():\n    app.include_router(each)\n",
    "found by name": MAIN + "import importlib\nmodule = importlib.import_module(name)\nadd(module)\n",
    "handed on": MAIN + "add(app, old.router)\n",
    "kept": MAIN + "ROUTERS = {'old': old.router}\n",
    "its routes": MAIN + "app.routes.extend(old.router.routes)\n",
    "nothing is mounted": "from fastapi import FastAPI\nimport live, old\napp = FastAPI()\n",
}  # fmt: skip


def served(files):
    return "route GET /old" in entries({f"{name}.py": text for name, text in files.items()})


@pytest.mark.parametrize("files", NOWHERE.values(), ids=NOWHERE)
def test_what_hangs_nowhere_is_no_way_in(files):
    assert not served(files)
    assert "route GET /live" in entries({f"{name}.py": text for name, text in files.items()})


@pytest.mark.parametrize("main", SOMEWHERE.values(), ids=SOMEWHERE)
def test_what_may_be_mounted_is_a_way_in(main):
    assert served({"main": main, "live": LIVE, "old": OLD})
