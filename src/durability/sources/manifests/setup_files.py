"""What setup.py and setup.cfg declare. setup.py is read as a tree and never run."""

import ast
import configparser
import re
import warnings
from typing import Any

from durability.sources.guard import depth_problem
from durability.sources.manifests.model import Broken, Ledger
from durability.sources.manifests.requirements import requirement

_SCRIPT = re.compile(r"\s*([^=\s]+)\s*=\s*(\S+)")


def read_setup_cfg(path: str, text: str, ledger: Ledger) -> None:
    """Add what a setup.cfg declares. Raises Broken."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise Broken(f"not a setup.cfg: {str(error).splitlines()[0]}") from None
    _add(path, text, ledger, (None, parser.get("options", "install_requires", fallback="").splitlines()))
    if parser.has_section("options.extras_require"):
        for group, wanted in parser.items("options.extras_require"):
            _add(path, text, ledger, (group, wanted.splitlines()))
    _add_scripts(ledger, parser.get("options.entry_points", "console_scripts", fallback="").splitlines())
    python = parser.get("options", "python_requires", fallback="").strip()
    if python:
        ledger.requires_python.append(python)


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
    _add(path, text, ledger, (None, _lines(arguments.get("install_requires"))))
    extras = arguments.get("extras_require")
    for group, wanted in extras.items() if isinstance(extras, dict) else ():
        _add(path, text, ledger, (str(group), _lines(wanted)))
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


def _add(path: str, text: str, ledger: Ledger, wanted: tuple[str | None, list[str]]) -> None:
    group, lines = wanted
    for item in lines:
        content = item.partition(" #")[0].strip()
        at = text.find(content)
        line = text.count("\n", 0, at) + 1 if at >= 0 else 1
        found = requirement(content, path, line, group) if content and not content.startswith("#") else None
        if found:
            ledger.dependencies.append(found)


def _add_scripts(ledger: Ledger, lines: list[str]) -> None:
    for line in lines:
        match = _SCRIPT.match(line)
        if match:
            ledger.scripts[match[1]] = match[2]
