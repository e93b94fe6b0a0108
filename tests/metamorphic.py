"""Edits of a program that change where things stand and not what it does: split, merge, rename, reorder, re-root.

A program is its texts by path. Each edit returns a new one that runs the same; what cannot be moved safely stays.
"""

import builtins
import re
from collections.abc import Iterable, Mapping

import libcst as cst

Files = dict[str, str]
Definition = cst.FunctionDef | cst.ClassDef


def module_of(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def movable(text: str) -> list[str]:
    """Top-level functions and classes that need nothing of their module but what it imports."""
    tree = cst.parse_module(text)
    imported = set(_imports(tree))
    found = []
    for node in tree.body:
        if isinstance(node, Definition) and not node.decorators:
            needed = _free_names(node) - {node.name.value} - set(dir(builtins))
            if needed <= imported:
                found.append(node.name.value)
    return found


def split(files: Mapping[str, str], path: str, names: Iterable[str], module: str, style: str) -> Files:
    """Move definitions of a file to a new module; `style` says how the old one gets them back.

    `from`: by name. `alias`: by another name. `package`: through a package that exports them again.
    """
    wanted = set(names)
    tree = cst.parse_module(files[path])
    folder = path.rpartition("/")[0]
    moved = [node for node in tree.body if isinstance(node, Definition) and node.name.value in wanted]
    needed = set().union(*(_free_names(node) for node in moved))
    header = [text for name, text in _imports(tree).items() if name in needed]
    text = "\n".join(dict.fromkeys(header)) + "\n" + "".join(tree.code_for_node(node) for node in moved)
    stays = [node for node in tree.body if not (isinstance(node, Definition) and node.name.value in wanted)]
    given = ", ".join(sorted(wanted))
    changed = dict(files)
    if style == "package":
        changed[_beside(folder, f"{module}/__init__.py")] = f"from .inner import {given}\n"
        changed[_beside(folder, f"{module}/inner.py")] = text
    else:
        changed[_beside(folder, f"{module}.py")] = text
    bring = f"from {module} import {given}\n"
    if style == "alias":
        bring = "".join(
            f"from {module} import {name} as moved_{name}\n{name} = moved_{name}\n" for name in sorted(wanted)
        )
    at = _after_imports(stays)
    changed[path] = tree.with_changes(body=[*stays[:at], *cst.parse_module(bring).body, *stays[at:]]).code
    return changed


def merge(files: Mapping[str, str], path: str, into: str) -> Files:
    """Put a module's text where the only file that imports it does so; the same files when that is not safe."""
    line = _import_of(path, into)
    importers = [other for other, text in files.items() if other != path and _import_of(path, other).search(text)]
    found = line.findall(files[into])
    own = set(_top_names(files[path]))
    clashes = own & set(_top_names(line.sub("", files[into])))
    if (
        importers != [into]
        or len(found) != 1
        or clashes
        or _relative(files[path])
        or _runs_otherwise(files, path, into)
    ):
        return dict(files)
    changed = {other: text for other, text in files.items() if other != path}
    statement = line.search(files[into])[0].strip()
    text = line.sub(lambda _: files[path], files[into], count=1)
    for alias, name in _aliases(statement):
        text = re.sub(rf"(?<![\w.'\"]){alias}\b(?!['\"=])", name, text)
    if statement.startswith("import "):
        prefix = statement.rsplit(" ", 1)[-1]
        text = re.sub(rf"(?<![\w.'\"]){re.escape(prefix)}\.", "", text)
    changed[into] = text
    return changed


def merge_all(files: Mapping[str, str]) -> Files:
    """Merge until nothing can be merged any more."""
    current = dict(files)
    while True:
        for path in current:
            merged = next(
                (new for into in current if into != path and (new := merge(current, path, into)) != current), None
            )
            if merged is not None:
                break
        else:
            return current
        current = merged


def _import_of(path: str, importer: str) -> re.Pattern[str]:
    """The import statements by which `importer` can bring the module at `path`."""
    module = module_of(path).removesuffix(".__init__")
    folder = importer.rpartition("/")[0].replace("/", ".")
    spelt = [re.escape(module)]
    if folder and module.startswith(f"{folder}."):
        spelt.append(re.escape("." + module.removeprefix(f"{folder}.")))
    names = "|".join(spelt)
    return re.compile(rf"^(?:from (?:{names}) import [^\n]+|import (?:{names})(?: as \w+)?)\n", re.MULTILINE)


def _aliases(statement: str) -> list[tuple[str, str]]:
    if not statement.startswith("from "):
        return []
    return [(alias, name) for name, alias in re.findall(r"(\w+) as (\w+)", statement)]


def _runs_otherwise(files: Mapping[str, str], path: str, into: str) -> bool:
    """A Streamlit script runs its body at every click, a module that it imports only once; tests are no program."""
    return "import streamlit" in files[into] or into.startswith("test") != path.startswith("test")


def _relative(text: str) -> bool:
    return re.search(r"^from \.", text, re.MULTILINE) is not None


def rename_module(files: Mapping[str, str], path: str, name: str) -> Files:
    """Give a module another name, in its imports and where it is used by it."""
    old = module_of(path).rsplit(".", 1)[-1]
    moved = f"{path.rpartition('/')[0]}/{name}.py".lstrip("/")
    return {
        moved if other == path else other: re.sub(rf"\b{old}\b(?!['\"/-])", name, text) for other, text in files.items()
    }


def reorder(text: str, order: Iterable[int]) -> str:
    """Permute the top-level functions without decorators; everything else keeps its place."""
    tree = cst.parse_module(text)
    places = [at for at, node in enumerate(tree.body) if isinstance(node, cst.FunctionDef) and not node.decorators]
    chosen = [places[number % len(places)] for number in order] if places else []
    sequence = list(dict.fromkeys([*chosen, *places]))
    body = list(tree.body)
    for place, source in zip(places, sequence, strict=True):
        body[place] = tree.body[source]
    return tree.with_changes(body=body).code


def _beside(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _imports(tree: cst.Module) -> dict[str, str]:
    """Each name that a module imports at its top, and the text that imports it alone."""
    found = {}
    for line in tree.body:
        for node in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(node, cst.Import | cst.ImportFrom) and not isinstance(node.names, cst.ImportStar):
                for alias in node.names:
                    bound = alias.evaluated_alias or alias.evaluated_name.split(".")[0]
                    single = node.with_changes(names=[alias.with_changes(comma=cst.MaybeSentinel.DEFAULT)])
                    found[bound] = tree.code_for_node(single.with_changes(lpar=None, rpar=None) if isinstance(node, cst.ImportFrom) else single)  # fmt: skip
    return found


def _top_names(text: str) -> list[str]:
    names = []
    for node in cst.parse_module(text).body:
        if isinstance(node, Definition):
            names.append(node.name.value)
        for item in node.body if isinstance(node, cst.SimpleStatementLine) else ():
            targets = [t.target for t in item.targets] if isinstance(item, cst.Assign) else []
            names += [target.value for target in targets if isinstance(target, cst.Name)]
    return names


class _Names(cst.CSTVisitor):
    """Every name that is read or written, attributes and keywords apart."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self.bound: set[str] = set()

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:
        node.value.visit(self)
        return False

    def visit_Name(self, node: cst.Name) -> None:
        self.used.add(node.value)

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._bind(node.target)

    def visit_Param(self, node: cst.Param) -> None:
        self._bind(node.name)

    def visit_For(self, node: cst.For) -> None:
        self._bind(node.target)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._bind(node.target)

    def visit_AsName(self, node: cst.AsName) -> None:
        self._bind(node.name)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.bound.add(node.name.value)

    def visit_ImportAlias(self, node: cst.ImportAlias) -> bool:
        self.bound.add(node.evaluated_alias or node.evaluated_name.split(".")[0])
        return False

    def visit_Global(self, node: cst.Global) -> None:
        self.used.update(f"global {item.name.value}" for item in node.names)

    def _bind(self, target: cst.CSTNode) -> None:
        inner = _Names()
        target.visit(inner)
        self.bound |= inner.used


def _free_names(node: Definition) -> set[str]:
    names = _Names()
    node.visit(names)
    return names.used - names.bound


def _after_imports(body: Iterable[cst.CSTNode]) -> int:
    at = 0
    for number, node in enumerate(body):
        if isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[0], cst.Import | cst.ImportFrom):
            at = number + 1
    return at
