"""What setup.py and setup.cfg declare. setup.py is read as a tree and never run."""

import ast
import re
import warnings
from collections.abc import Callable
from typing import Any

from durability.sources.guard import depth_problem
from durability.sources.manifests.lines import Lines
from durability.sources.manifests.model import Broken, Ledger
from durability.sources.manifests.requirements import requirement

_SECTION = re.compile(r"\[([^\[\]]+)\]")
_DELIMITER = re.compile(r"[=:]")
_MOST_REQUIREMENTS = 20_000
_SCRIPT = re.compile(r"\s*([^=\s]+)\s*=\s*(\S+)")


def read_setup_cfg(path: str, text: str, ledger: Ledger) -> None:
    """Add what a setup.cfg declares. Raises Broken."""
    sections = _sections(text)
    where = Lines(text).plain
    options = sections.get("options", {})
    _add(path, where, ledger, (None, options.get("install_requires", [])))
    for group, wanted in sections.get("options.extras_require", {}).items():
        _add(path, where, ledger, (group, wanted))
    _add_scripts(ledger, sections.get("options.entry_points", {}).get("console_scripts", []))
    ledger.requires_python += [line for line in options.get("python_requires", []) if line]


def _sections(text: str) -> dict[str, dict[str, list[str]]]:
    """The lines of each option by section. The library's parser takes quadratic time on lines it cannot read."""
    sections: dict[str, dict[str, list[str]]] = {}
    options: dict[str, list[str]] | None = None
    value: list[str] = []
    for line in text.split("\n"):
        content = line.strip()
        if not content or content[0] in "#;":
            continue
        header = _SECTION.fullmatch(content)
        if line[0].isspace():
            value.append(content)
        elif header:
            options = sections.setdefault(header[1], {})
        elif options is None:
            raise Broken("not a setup.cfg: it begins outside any section")
        else:
            name, *rest = _DELIMITER.split(content, maxsplit=1)
            value = options.setdefault(name.strip().lower(), [])
            value += [item.strip() for item in rest]
    return sections


def read_setup_py(path: str, text: str, ledger: Ledger) -> None:
    """Add the literal arguments of `setup()`, directly or through a name. Raises Broken."""
    if "setup(" not in text:
        return
    problem = depth_problem(text)
    if problem:
        raise Broken(problem)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise Broken("not Python that can be parsed") from None
    values = _assigned(tree)
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _last_name(call.func) == "setup":
            arguments = {item.arg: _literal(item.value, values) for item in call.keywords if item.arg}
            _take_arguments(path, text, ledger, arguments)


def _take_arguments(path: str, text: str, ledger: Ledger, arguments: dict[str, Any]) -> None:
    where = Lines(text).string
    _add(path, where, ledger, (None, _lines(arguments.get("install_requires"))))
    extras = arguments.get("extras_require")
    for group, wanted in extras.items() if isinstance(extras, dict) else ():
        _add(path, where, ledger, (str(group), _lines(wanted)))
    entry_points = arguments.get("entry_points")
    if isinstance(entry_points, dict):
        _add_scripts(ledger, _lines(entry_points.get("console_scripts")))
    if isinstance(arguments.get("python_requires"), str):
        ledger.requires_python.append(arguments["python_requires"])


def _assigned(tree: ast.Module) -> dict[str, ast.expr]:
    """Module-level names bound once to an expression."""
    found: dict[str, ast.expr] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name):
                found[target.id] = statement.value
    return found


def _literal(node: ast.expr, values: dict[str, ast.expr]) -> Any:
    """The value of a literal, of a name bound to one, or of a list or dictionary as far as its parts are literals."""
    if isinstance(node, ast.Name):
        bound = values.get(node.id)
        return None if bound is None or isinstance(bound, ast.Name) else _literal(bound, values)
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return {key.value: _literal(value, values) for key, value in pairs if isinstance(key, ast.Constant)}
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [item.value for item in node.elts if isinstance(item, ast.Constant)]
    return node.value if isinstance(node, ast.Constant) else None


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _lines(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.splitlines()
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _add(path: str, where: Callable[[str], int], ledger: Ledger, wanted: tuple[str | None, list[str]]) -> None:
    group, items = wanted
    for item in items[:_MOST_REQUIREMENTS]:
        content = item.partition(" #")[0].strip()
        found = requirement(content, path, where(item), group) if content and not content.startswith("#") else None
        if found:
            ledger.dependencies.append(found)


def _add_scripts(ledger: Ledger, lines: list[str]) -> None:
    for line in lines:
        match = _SCRIPT.match(line)
        if match:
            ledger.scripts[match[1]] = match[2]
