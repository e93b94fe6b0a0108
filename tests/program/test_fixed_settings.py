"""Which switches of Django are fixed in the settings that a server runs."""

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.doing.fixed import switches_of
from durability.program.links.modules import module_name
from durability.sources.project import manifests_of

WSGI = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', '{}')\n"
CASES = {
    "fixed": ("settings", {"settings.py": "DEBUG = True\n"}, ["settings.py DEBUG open"]),
    "off": ("settings", {"settings.py": "DEBUG = False\n"}, ["settings.py DEBUG closed"]),
    "asked": (
        "settings",
        {"settings.py": "import os\nDEBUG = os.getenv('DEBUG') == '1'\n"},
        ["settings.py DEBUG decided elsewhere"],
    ),
    "conditional": (
        "settings",
        {"settings.py": "import os\nDEBUG = False\nif os.getenv('DEBUG'):\n    DEBUG = True\n"},
        ["settings.py DEBUG decided elsewhere"],
    ),
    "hosts": ("settings", {"settings.py": "ALLOWED_HOSTS = ['*']\n"}, ["settings.py ALLOWED_HOSTS open"]),
    "some hosts": (
        "settings",
        {"settings.py": "ALLOWED_HOSTS = ['shop.example']\n"},
        ["settings.py ALLOWED_HOSTS closed"],
    ),
    "at home": ("config.dev", {"config/dev.py": "DEBUG = True\n"}, []),
    "inherited": (
        "config.prod",
        {"config/base.py": "DEBUG = True\n", "config/prod.py": "from .base import *\n"},
        ["config/base.py DEBUG open"],
    ),
    "overridden": (
        "config.prod",
        {"config/base.py": "DEBUG = True\n", "config/prod.py": "from .base import *\nDEBUG = False\n"},
        ["config/prod.py DEBUG closed"],
    ),
    "another server": (
        "config.settings",
        {"config/settings.py": "DEBUG = True\n", "config/prod.py": "from .settings import *\nDEBUG = False\n"},
        ["config/settings.py DEBUG decided elsewhere"],
    ),
    "out of sight": ("settings", {"settings.py": "DEBUG = True\nfrom machine import *\n"}, []),
}


@pytest.mark.parametrize("case", CASES)
def test_switches_of_the_settings_that_a_server_runs(case):
    module, files, expected = CASES[case]
    packages = {f"{path.partition('/')[0]}/__init__.py": "" for path in files if "/" in path}
    files = {"wsgi.py": WSGI.format(module), **packages, **files}
    facts = {path: collect(source, path, module_name(path)) for path, source in files.items()}
    context = link(facts, dict.fromkeys(facts, "first-party"), manifests_of({}))
    assert [f"{path} {item.target.text} {state}" for path, item, state in switches_of(context)] == expected
