"""Which distributions the code needs: those it imports, and those that what it uses asks for."""

import re
from typing import TYPE_CHECKING

from durability.facts.model import Span
from durability.knowledge.rows import Implied
from durability.knowledge.stdlib import STDLIB
from durability.program.links.graph import FunctionKey
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context


def distributions(context: "Context") -> dict[str, tuple[str, Span, str, bool]]:
    """Third-party distributions that first-party code imports: first place, module, and whether all are guarded.

    Files that nothing imports need nothing.
    """
    found: dict[str, tuple[str, Span, str, bool]] = {}
    for path in context.judged_paths():
        if context.reach.of((path, 0)).weight == 0.0:
            continue
        for item in context.program.files[path].imports:
            name = _distribution(context, item.path, path)
            if name and (name not in found or (found[name][3] and not item.guarded)):
                found[name] = (path, item.span, item.path, item.guarded)
    return found


def _distribution(context: "Context", dotted: str, path: str) -> str:
    head = dotted.split(".", maxsplit=1)[0]
    modules = context.program.linker.modules
    if not head or head in STDLIB or head == "__future__":
        return ""
    if modules.find(head, path) or modules.find(dotted, path) or modules.is_namespace(head):
        return ""
    return context.program.library.distribution_of(dotted)


def implied_uses(context: "Context") -> list[tuple[Implied, FunctionKey, Span]]:
    """The first use of each name that needs a distribution nobody imports."""
    found = []
    annotated = _annotation_words(context)
    for row in context.program.library.implied:
        place = _first_use(context, row, annotated)
        if place is not None:
            found.append((row, *place))
    return found


def _annotation_words(context: "Context") -> frozenset[str]:
    """Every word in an annotation of first-party code."""
    texts = {
        text
        for path in context.judged_paths()
        for facts in (context.program.files[path],)
        for text in (
            *(item.annotation for function in facts.functions for item in function.parameters),
            *(assign.annotation for assign in facts.assigns),
        )
    }
    return frozenset(word for text in texts for word in re.findall(r"\w+", text))


def _first_use(context: "Context", row: Implied, annotated: frozenset[str]) -> tuple[FunctionKey, Span] | None:
    for call in context.calls_by_name.get(row.name, ()):
        if call.reach.weight == 0.0:
            continue
        if not row.pattern or _fits(row, call):
            return call.key, call.span
    if row.pattern or row.name.rsplit(".", 1)[-1] not in annotated:
        return None
    return _annotated(context, row.name)


def _annotated(context: "Context", name: str) -> tuple[FunctionKey, Span] | None:
    last = name.rsplit(".", 1)[-1]
    for path in context.judged_paths():
        facts = context.program.files[path]
        for index, function in enumerate(facts.functions):
            for item in function.parameters:
                if last in item.annotation and _names_in_annotation(context, item.annotation, name, path):
                    return (path, index), function.span
        for assign in facts.assigns:
            if last in assign.annotation and _names_in_annotation(context, assign.annotation, name, path):
                return (path, assign.function), assign.span
    return None


def _names_in_annotation(context: "Context", annotation: str, name: str, path: str) -> bool:
    for word in re.findall(r"[A-Za-z_][\w.]*", annotation):
        first, _, rest = word.partition(".")
        ref = context.program.files[path].bindings.get(first, "")
        if ref and context.program.resolve(f"{ref}.{rest}" if rest else ref, path).name == name:
            return True
    return False


def _fits(row: Implied, call: CallSite) -> bool:
    value = call.argument(row.argument, row.position)
    return value is not None and any(
        part.kind == "text" and re.search(row.pattern, part.text) for part in (value, *value.parts)
    )
