import ast
import builtins
import http
import json
import logging
import os
import xml.etree
from pathlib import Path
from typing import Any

import msgspec
import pytest
from bandit.core.config import BanditConfig
from bandit.core.manager import BanditManager
from hypothesis import given
from hypothesis import strategies as st

from durability.bridges import bandit_walk
from durability.bridges.bandit_stories import SHOWN
from durability.bridges.mapping import EVIDENCE, ROWS, RUN
from durability.bridges.python_ast import parse, source_lines
from durability.bridges.security import SecurityIssue, SecurityScan, issues

LIBRARY = [
    path
    for package in (json, logging, http, xml.etree)
    for path in sorted(Path(str(package.__file__)).parent.glob("*.py"))
]

# What bandit shows under its own name, and beside it what bandit says and we do not repeat.
CASES: dict[str, tuple[str, str]] = {
    "B102": ("exec(code)", "execute(code)"),
    "B103": ("import os\nos.chmod(path, 0o777)", "import os\nos.chmod(path, 0o755)"),
    "B202": (
        "import tarfile\ntarfile.open(p).extractall()",
        "import tarfile, zipfile\nzipfile.ZipFile(p).extractall()",
    ),
    "B301": ("import pickle\npickle.loads(data)", "import pickle"),
    "B302": ("import marshal\nmarshal.loads(data)", "import marshal"),
    "B303": ("from Crypto.Hash import MD5\nMD5.new(password)", "from Crypto.Hash import MD5\nMD5.new(page)"),
    "B304": ("from Crypto.Cipher import DES\nDES.new(key)", "from Crypto.Cipher import AES\nAES.new(key)"),
    "B305": ("from cryptography.hazmat.primitives.ciphers import modes\nmodes.ECB()", "ECB()"),
    "B306": ("import tempfile\ntempfile.mktemp()", "import tempfile\ntempfile.mkstemp()"),
    "B307": ("eval(text)", "frame.eval(text)"),
    "B311": ("import random\ntoken = random.choice(letters)", "import random\ncolour = random.choice(colours)"),
    "B312": ("import telnetlib\ntelnetlib.Telnet(host)", "import telnetlib"),
    "B321": ("import ftplib\nftplib.FTP(host)", "import ftplib"),
    "B323": ("import ssl\nssl._create_unverified_context()", "import ssl\nssl.create_default_context()"),
    "B324": ("import hashlib\nhashlib.md5(password)", "import hashlib\nhashlib.md5(body)"),
    "B502": ("import ssl\nssl.wrap_socket(ssl_version=ssl.PROTOCOL_SSLv3)", "import ssl\nssl.wrap_socket(s)"),
    "B503": ("import ssl\ndef f(version=ssl.PROTOCOL_SSLv3): pass", "def f(version=3): pass"),
    "B505": (
        "from cryptography.hazmat.primitives.asymmetric import rsa\nrsa.generate_private_key(65537, 512, b)",
        "from cryptography.hazmat.primitives.asymmetric import rsa\nrsa.generate_private_key(65537, 4096, b)",
    ),
    "B506": ("import yaml\nyaml.load(f, Loader=yaml.Loader)", "import yaml\nyaml.load(f, Loader=OwnSafeLoader)"),
    "B507": (
        "import paramiko\nclient.set_missing_host_key_policy(paramiko.AutoAddPolicy)",
        "import paramiko\nclient.set_missing_host_key_policy(paramiko.RejectPolicy)",
    ),
    "B508": (
        "from pysnmp.hlapi import CommunityData\nCommunityData('public', mpModel=0)",
        "from pysnmp.hlapi import CommunityData\nCommunityData('public', mpModel=2)",
    ),
    "B509": (
        "from pysnmp.hlapi import UsmUserData\nUsmUserData('name')",
        "from pysnmp.hlapi import UsmUserData\nUsmUserData('name', a, p)",
    ),
    "B602": (
        "import subprocess\nsubprocess.run(f'ls {name}', shell=True)",
        "import subprocess\nsubprocess.run('ls', shell=True)",
    ),
    "B605": (
        "import os\nos.system('ls ' + name)",
        "import os\nos.system('cls' if os.name == 'nt' else 'clear')",
    ),
    "B609": ("import os\nos.system('tar cf a.tar *')", "import os\nos.system('ls *')"),
    "B612": ("import logging.config\nlogging.config.listen(9999)", "import logging.config"),
    "B613": ("x = 'a\u202eb'", "x = 'a\u00fcb'"),
    "B614": ("import torch\ntorch.load(p, weights_only=False)", "import torch\ntorch.load(p)"),
    "B615": (
        "from datasets import load_dataset\nload_dataset('owner/name')",
        "from datasets import load_dataset\nload_dataset(model_dir)",
    ),
    "B701": (
        "import jinja2\nenv = jinja2.Environment()\nenv.get_template('page.html')",
        "import jinja2\nenv = jinja2.Environment()\nenv.get_template('prompt.txt')",
    ),
    "B702": (
        "from mako.template import Template\nTemplate(filename='page.html')",
        "from mako.template import Template\nTemplate(filename='nginx.conf')",
    ),
}

EVIDENT: dict[str, str] = {
    "B105": "password = 'hunter2hunter2'",
    "B106": "connect(password='hunter2hunter2')",
    "B107": "def connect(password='hunter2hunter2'): pass",
    "B110": "try:\n    f()\nexcept Exception:\n    pass",
    "B112": "for a in b:\n    try:\n        f()\n    except Exception:\n        continue",
    "B113": "import requests\nrequests.get(url)",
    "B201": "import flask\napp = flask.Flask('a')\napp.run(debug=True)",
    "B501": "import requests\nrequests.get(url, timeout=1, verify=False)",
    "B608": "cursor.execute(f'SELECT * FROM users WHERE name = {name}')",
    "B610": "from django.contrib.auth.models import User\nUser.objects.extra(where=[name])",
    "B611": "from django.db.models.expressions import RawSQL\nqueryset.annotate(x=RawSQL(query, ()))",
}


def scan(text: str, path: str = "app.py") -> SecurityScan:
    tree = parse(text)
    assert isinstance(tree, ast.Module)
    return issues(path, text, tree)


def ids(text: str) -> set[str]:
    return {issue.test_id for issue in scan(text).issues}


def only(text: str) -> SecurityIssue:
    (issue,) = scan(text).issues
    return issue


def test_there_is_a_case_for_every_test_that_runs() -> None:
    assert set(CASES) == {row.test_id for row in SHOWN}
    assert set(EVIDENT) == {row.test_id for row in EVIDENCE}


@pytest.mark.parametrize(("test_id", "text"), [(key, shown) for key, (shown, _) in CASES.items()])
def test_what_is_shown(test_id: str, text: str) -> None:
    assert test_id in ids(text)


@pytest.mark.parametrize(("test_id", "text"), [(key, hidden) for key, (_, hidden) in CASES.items()])
def test_what_is_not_shown(test_id: str, text: str) -> None:
    assert test_id not in ids(text)


@pytest.mark.parametrize(("test_id", "text"), EVIDENT.items())
def test_what_is_evidence_for_a_rule_of_ours(test_id: str, text: str) -> None:
    assert ids(text) == {test_id}


def test_quiet_tests_say_nothing() -> None:
    text = "import subprocess, pickle\nassert x\nrun('0.0.0.0', '/tmp/a')\nsubprocess.run(['ls'])\n"
    assert scan(text) == SecurityScan((), 0, None)


def test_the_enclosing_function_may_say_what_a_value_is_for() -> None:
    body = "    return ''.join(random.choice(letters) for _ in range(8))\n"
    assert ids(f"import random\ndef access_code():\n{body}") == {"B311"}
    assert ids(f"import random\ndef colour():\n{body}") == set()


def test_a_download_into_a_folder_is_still_a_download() -> None:
    text = (
        "from huggingface_hub import hf_hub_download\n"
        "local_path = hf_hub_download(\n    repo_id=REPO,\n    local_dir=str(MODEL_PATH),\n)\n"
    )
    assert ids(text) == {"B615"}


def test_a_test_that_stores_and_loads_again_is_no_failure() -> None:
    body = "    return pickle.loads(pickle.dumps(x))\n"
    assert ids(f"import pickle\ndef test_round_trip(x):\n{body}") == set()
    assert ids(f"import pickle\ndef latest_test_run(x):\n{body}") == {"B301"}


def test_the_body_of_a_block_says_nothing_about_its_head() -> None:
    assert ids("import random\nif random.random() < 0.5:\n    token = 1\n") == set()


# --- what an issue says -----------------------------------------------------------------------------------------------


def test_an_issue_passes_on_what_bandit_says() -> None:
    assert only("import subprocess\nx = subprocess.run(\n    f'ls {name}',\n    shell=True,\n)\n") == SecurityIssue(
        test_id="B602",
        name="subprocess-popen-with-shell-equals-true",
        severity="high",
        confidence="high",
        line=4,
        end_line=5,
        column=5,
        text="subprocess call with shell=True identified, security issue.",
        cwe=78,
    )


@pytest.mark.parametrize("text", ["x = 1; eval(y)", "ä = 1; eval(y)", "ä = '𝄞'; eval(y)", "if 1:\n\té = 1; eval(y)"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_columns_count_characters(text: str, end: str) -> None:
    issue = only(text.replace("\n", end) + end)
    line = text.split("\n")[issue.line - 1]
    assert line[issue.column - 1 :] == "eval(y)"
    assert issue.end_line == issue.line


def test_a_byte_order_mark_moves_nothing() -> None:
    assert scan("\ufeffeval(x)\n") == scan("eval(x)\n")


def test_a_form_feed_ends_no_line() -> None:
    assert only("x = 'a\x0cb\u2028c'\n\x0c\neval(x)\n").line == 3


def test_a_formatted_string_is_placed_where_it_begins() -> None:
    issue = only('ü = cursor.execute(f"""\n  SELECT * FROM users\n  WHERE name = {name}\n""")\n')
    assert (issue.test_id, issue.line, issue.column, issue.end_line) == ("B608", 1, 20, 4)


def test_invisible_characters_are_found_whatever_the_coding_line_says() -> None:
    issue = only("# coding: latin-1\nx = 'ä'\ny = 'ü\u202e'\n")
    assert (issue.test_id, issue.line, issue.column) == ("B613", 3, 7)


@pytest.mark.parametrize("test_id", ["B105", "B106", "B107"])
def test_a_secret_is_not_repeated(test_id: str) -> None:
    found = scan(EVIDENT[test_id])
    assert len(found.issues) == 1
    assert "hunter2" not in msgspec.json.encode(found).decode()


def test_issues_are_in_order_and_distinct() -> None:
    found = scan("eval(z); exec(a)\n" * 3 + "import pickle\npickle.loads(eval(x))\n").issues
    places = [(issue.line, issue.column, issue.test_id) for issue in found]
    assert places == sorted(set(places))
    assert len(found) == 8


def test_what_nosec_silences_is_counted() -> None:
    assert scan("eval(x)  # nosec\n") == SecurityScan((), 1, None)
    assert scan("eval(x)  # nosec B307\nexec(y)  # nosec: B102, B307\n") == SecurityScan((), 2, None)
    other = scan("eval(x)  # nosec B102\n")
    assert [issue.test_id for issue in other.issues] == ["B307"]
    assert other.silenced == 0
    assert scan("eval('# nosec')\n").silenced == 0


def test_nothing_is_logged_or_printed(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("bandit"), "level", logging.DEBUG)
    scan("eval(x)  # nosec not-a-test\ny = 1  # nosec B307\n", path="")
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


# --- what it leaves alone ---------------------------------------------------------------------------------------------


def test_the_tree_is_left_as_it_was() -> None:
    text = "".join(f"{shown}\n" for shown, _ in CASES.values())
    tree = parse(text)
    assert isinstance(tree, ast.Module)
    issues("app.py", text, tree)
    assert ast.dump(tree, include_attributes=True) == ast.dump(ast.parse(text), include_attributes=True)
    marked = [node for node in ast.walk(tree) if any(name.startswith("_bandit") for name in vars(node))]
    assert marked == []


def test_the_disk_is_not_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    scan("eval(x)\n")

    def refuse(*_arguments: object, **_named: object) -> None:
        raise AssertionError("the disk was read")

    for owner, name in ((builtins, "open"), (os, "stat"), (os.path, "isfile"), (os.path, "exists")):
        monkeypatch.setattr(owner, name, refuse)
    found = scan("eval(x)\n", path="package/module/app.py")
    monkeypatch.undo()
    assert len(found.issues) == 1


def test_a_name_that_says_test_changes_nothing() -> None:
    assert scan("eval(x)\n", path="tests/test_app.py") == scan("eval(x)\n", path="app.py")


# --- when bandit fails ------------------------------------------------------------------------------------------------


def test_an_interrupt_stays_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bandit.plugins.exec.exec_issue", interrupt)
    text = "x = 1\nexec(x)\n"
    tree = parse(text)
    assert isinstance(tree, ast.Module)
    with pytest.raises(KeyboardInterrupt):
        issues("app.py", text, tree)
    assert not any(hasattr(node, "_bandit_parent") for node in tree.body)
    assert logging.getLogger("bandit").level <= logging.CRITICAL


def test_a_test_that_raises_is_named_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bandit.plugins.exec.exec_issue", lambda: 1 / 0)
    found = scan("exec(x)\nexec(y)\neval(z)\n")
    assert [issue.test_id for issue in found.issues] == ["B307"]
    assert found.problem == "bandit: exec_used raised ZeroDivisionError"


def test_a_name_too_long_for_bandit_is_a_problem_and_no_crash() -> None:
    found = scan("eval(x)\nx" + ".a" * 2_500 + "()\n")
    assert [issue.test_id for issue in found.issues] == ["B307"]
    assert found.problem == "bandit: walk raised RecursionError"


@pytest.mark.parametrize(
    ("literal", "reason"),
    [
        ("[" + ", ".join(["'a'"] * 501) + "]", "literals of more than 500 elements"),
        ("{" + ", ".join(f"'password{number}': 'b'" for number in range(501)) + "}", "literals of more than 500"),
        ("f'" + "a{b}" * 501 + "'", "literals of more than 500"),
        (" + ".join(["'a'"] * 102), "sums of more than 100 terms"),
    ],
)
def test_strings_of_giant_literals_are_passed_over_and_said_so(literal: str, reason: str) -> None:
    found = scan(f"x = {literal}\neval(y)\n")
    assert [issue.test_id for issue in found.issues] == ["B307"]
    assert found.problem is not None and reason in found.problem


@pytest.mark.parametrize(
    "literal", ["[" + ", ".join(["'a'"] * 500) + "]", " + ".join(["'a'"] * 101), "[" + "1, " * 900 + "]"]
)
def test_literals_up_to_the_limit_are_looked_at(literal: str) -> None:
    assert scan(f"x = {literal}\n").problem is None


# --- the contract with bandit -----------------------------------------------------------------------------------------


def say(issue: Any) -> tuple[object, ...]:
    place = (issue.lineno, issue.col_offset, tuple(issue.linerange)) if issue.test_id != "B608" else ()
    return (issue.test_id, issue.severity, issue.confidence, *place, issue.text, issue.cwe.id)


def from_manager(path: Path, include: frozenset[str]) -> tuple[list[tuple[object, ...]], int]:
    """What bandit says when it discovers, reads and parses the file itself."""
    manager = BanditManager(BanditConfig(), "file", quiet=True, profile={"include": set(include), "exclude": set()})
    manager.discover_files([str(path)])
    manager.run_tests()
    assert manager.skipped == []
    totals = manager.metrics.data["_totals"]
    return sorted((say(issue) for issue in manager.results), key=str), totals["nosec"] + totals["skipped_tests"]


def from_bridge(text: str, include: frozenset[str]) -> tuple[list[tuple[object, ...]], int]:
    tree = parse(text)
    assert isinstance(tree, ast.Module)
    found = bandit_walk.walk("app.py", source_lines(text), tree, include)
    assert found.failures == ()
    return sorted((say(hit.issue) for hit in found.hits), key=str), found.silenced


@pytest.fixture(scope="module")
def every_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cases") / "cases.py"
    texts = [*(text for pair in CASES.values() for text in pair), *EVIDENT.values()]
    silenced = [
        f"eval({number})  # nosec{note}" for number, note in enumerate(["", " B307", ": B102", " B102,B307", " x"])
    ]
    path.write_text("\n".join([*texts, *silenced]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("include", [RUN, frozenset(ROWS)], ids=["run", "all"])
def test_results_equal_those_of_bandits_own_manager_on_every_case(every_case: Path, include: frozenset[str]) -> None:
    expected = from_manager(every_case, include)
    assert len(expected[0]) > len(CASES)
    assert expected[1] > 0
    assert from_bridge(every_case.read_text(encoding="utf-8"), include) == expected


def test_results_equal_those_of_bandits_own_manager_on_a_library() -> None:
    everything = frozenset(ROWS)
    for path in LIBRARY:
        assert from_bridge(path.read_text(encoding="utf-8"), everything) == from_manager(path, everything), path.name


PIECES = st.sampled_from(
    [*(text for pair in CASES.values() for text in pair), *EVIDENT.values(), "x = 'select * from t'"]
)


@given(st.lists(PIECES, max_size=6))
def test_a_file_says_what_its_parts_say_and_a_function_around_them_adds_no_line(parts: list[str]) -> None:
    text = "".join(f"{part}\n" for part in parts)
    inside = "def here():\n    pass\n" + "".join(f"    {line}\n" for line in text.splitlines())
    plain = [(issue.test_id, issue.line + 2, issue.column + 4) for issue in scan(text).issues]
    assert [(issue.test_id, issue.line, issue.column) for issue in scan(inside).issues if issue.test_id != "B613"] == [
        place for place in plain if place[0] != "B613"
    ]
