"""Running one rule on an example: what tests, `explain` and rule authors use."""

from collections.abc import Mapping

from durability.engine.judge import Judge
from durability.engine.linking import link
from durability.engine.rules import Rule
from durability.engine.suppressions import Suppressions
from durability.facts.collect import collect
from durability.model import JudgedSite
from durability.program.links.modules import module_name
from durability.sources.project import Manifests, manifests_of
from durability.sources.roles import file_role

MARK = "# <-"


def judge_example(rule: Rule, code: str | Mapping[str, str]) -> list[JudgedSite]:
    """The judged sites of one rule in an example: one file's text, or texts by path (manifests included).

    Raises whatever the rule raises.
    """
    files = {"example.py": code} if isinstance(code, str) else dict(code)
    sources = {path: text for path, text in files.items() if path.endswith(".py")}
    facts = {path: collect(text, path, module_name(path)) for path, text in sources.items()}
    roles = {path: file_role(path, b"") for path in facts}
    manifests: Manifests = manifests_of(files)
    context = link(facts, roles, manifests)
    sites, failed = Judge(context, lambda path, line: (None, line), Suppressions(facts)).run([rule])
    if failed:
        raise RuntimeError(failed[0].error)
    return sites


def marked_lines(code: str | Mapping[str, str]) -> set[tuple[str, int]]:
    """Path and line of each mark `# <-` in an example."""
    files = {"example.py": code} if isinstance(code, str) else code
    return {
        (path, number)
        for path, text in files.items()
        for number, line in enumerate(text.split("\n"), start=1)
        if MARK in line
    }
