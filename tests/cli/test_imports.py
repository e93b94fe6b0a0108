"""What is not imported until it is needed."""

import json
import subprocess
import sys

import pytest

HEAVY = (
    "libcst",
    "rich",
    "jinja2",
    "bandit",
    "radon",
    "msgspec",
    "pathspec",
    "importlib.metadata",
    "durability.engine",
)

PROBE = """
import json, sys
{code}
print(json.dumps([name for name in {heavy!r} if name in sys.modules]))
"""


def imported(code: str) -> list[str]:
    probe = PROBE.format(code=code, heavy=HEAVY)
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy(option):
    assert imported(f"from durability.cli import main; assert main([{option!r}]) == 0") == []


def test_the_package_imports_nothing_heavy():
    assert imported("import durability; durability.__version__; dir(durability)") == []


def test_settings_do_not_import_the_parser():
    assert not {"libcst", "rich", "jinja2", "bandit"} & set(imported("import durability; durability.Config()"))


def test_explaining_a_rule_imports_neither_parser_nor_writers():
    assert not {"rich", "jinja2", "bandit"} & set(imported("import durability; durability.explain('query-in-loop')"))


def test_every_public_name_is_there_and_no_other():
    import durability

    assert all(getattr(durability, name) is not None for name in durability.__all__)
    assert dir(durability) == sorted(durability.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        durability.nonsense  # noqa: B018
