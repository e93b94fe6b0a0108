"""conda's environment.yml, read line by line: the few shapes that conda writes need no YAML parser."""

import re

from durability.sources.manifests.model import Dependency, Ledger, normalised
from durability.sources.manifests.requirements import requirement
from durability.sources.manifests.specifiers import conda_requirement

_ITEM = re.compile(r"(\s*)-\s+(.*)")


def read_environment(path: str, text: str, ledger: Ledger) -> None:
    """Add the conda and pip dependencies of an environment file."""
    inside = False
    pip_indent = -1
    for number, raw in enumerate(text.split("\n"), start=1):
        line = re.sub(r"(?:^|\s)#.*$", "", raw).rstrip()
        if not line:
            continue
        item = _ITEM.fullmatch(line)
        if not item:
            inside = line.startswith("dependencies:") or (inside and line[0].isspace())
            continue
        if not inside:
            continue
        indent, content = len(item[1]), item[2].strip().strip("'\"")
        if content.rstrip() == "pip:":
            pip_indent = indent
            continue
        if 0 <= pip_indent < indent:
            found = requirement(content, path, number, None)
            if found:
                ledger.dependencies.append(found)
            continue
        pip_indent = -1
        _add_conda(path, number, content, ledger)


def _add_conda(path: str, line: int, content: str, ledger: Ledger) -> None:
    name, specifier = conda_requirement(content)
    if name == "python":
        ledger.requires_python.append(specifier)
    elif name and name != "pip":
        pinned = specifier.startswith("==") and not specifier.endswith("*")
        ledger.dependencies.append(Dependency(normalised(name), specifier, path, line, None, pinned))
