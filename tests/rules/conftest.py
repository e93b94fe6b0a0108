"""The examples of all rules as test cases, and their verdicts: each text judged once, however many tests look at it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import pytest

from durability.engine.examples import judge_example
from durability.engine.rules import Example, Rule
from durability.model import JudgedSite
from durability_rules import rules

Sources = Mapping[str, str]


class Case(NamedTuple):
    """One example of one rule; its files by path."""

    rule: Rule
    example: Example
    kind: str
    id: str

    @property
    def files(self) -> Sources:
        code = self.example.code
        return {"example.py": code} if isinstance(code, str) else dict(code)


def _cases() -> Iterator[Case]:
    for rule in rules():
        seen: Counter[str] = Counter()
        for example in rule.examples:
            kind = type(example).__name__.lower()
            seen[kind] += 1
            yield Case(rule, example, kind, f"{rule.name}-{kind}-{seen[kind]}")


CASES = tuple(_cases())


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "kinds(*names): the kinds of example that a test looks at; all when not given")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "rule" in metafunc.fixturenames:
        metafunc.parametrize("rule", rules(), ids=lambda rule: rule.name)
    if "case" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("kinds")
        chosen = [case for case in CASES if marker is None or case.kind in marker.args]
        metafunc.parametrize("case", chosen, ids=lambda case: case.id)


@pytest.fixture(scope="session")
def judged() -> Callable[[Rule, Sources], list[JudgedSite]]:
    """`judge_example`, remembered by rule and text."""
    known: dict[tuple[str, tuple[tuple[str, str], ...]], list[JudgedSite]] = {}

    def judge(rule: Rule, files: Sources) -> list[JudgedSite]:
        key = (rule.name, tuple(sorted(files.items())))
        if key not in known:
            known[key] = judge_example(rule, files)
        return known[key]

    return judge
