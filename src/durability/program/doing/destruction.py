"""Calls that delete whole tables, collections or folders, and whether anybody must mean it."""

import re
from collections import deque
from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.model import Step
from durability.program.flows.results import names_in
from durability.program.flows.statements import acting, query_texts
from durability.program.sites import CallSite

if TYPE_CHECKING:
    from durability.program.context import Context

_NAME = r"[\"'`\[]?(?P<table>[\w.{}]+)[\"'`\]]?"
_ALL = re.compile(
    rf"^\s*(?:drop\s+(?:table|database|schema)\s+(?:if\s+exists\s+)?|truncate\s+(?:table\s+)?|delete\s+from\s+){_NAME}"
    r"\s*(?:cascade)?\s*;?\s*$",
    re.IGNORECASE,
)
_SOME = re.compile(r"^\s*delete\s+from\b", re.IGNORECASE)
_WHOLE = frozenset({"drop_all", "drop", "drop_collection", "drop_database", "flushdb", "flushall", "delete_bucket",
                    "truncate", "delete_collection", "drop_table"})  # fmt: skip
_FILTERING = frozenset({"filter", "filter_by", "where", "exclude", "get", "limit", "with_entities", "join"})
_MEANT = re.compile(
    r"confirm|force|\byes\b|environ|debug|testing|production|dry_?run|admin|superuser|allow|permission|secret|token|auth"
    r"|is_owner|role|password|api_?key|reset_ok|(?:^|_)env(?:$|_)",
    re.IGNORECASE,
)
_PASSING = re.compile(r"te?mp|scratch|cache|staging|work_?dir|extract", re.IGNORECASE)
_STARTING = frozenset({"route", "bot", "ui", "tool", "worker", "startup"})


def destroys(context: "Context", call: CallSite) -> str:
    """What a call deletes: "everything", "some" of what is stored, or "" when it is no deletion."""
    last = acting(context, call).shown.rsplit(".", 1)[-1]
    if call.name == "shutil.rmtree":
        return _folder(context, call)
    if not call.library.effect.startswith("db"):
        return "everything" if last in ("delete_bucket",) and call.name.startswith("botocore.") else ""
    if call.library.sql_position is not None or call.library.sql_argument:
        texts = query_texts(context, call) or ()
        whole = [found["table"] for text in texts if (found := _ALL.match(text)) and not _goes_on(call, text)]
        if any(not _is_replaced(context, call, table) for table in whole):
            return "everything"
        return "some" if whole or any(_SOME.match(text) for text in texts) else ""
    if last in _WHOLE:
        return "everything"
    if last in ("delete_many", "remove"):
        given = call.argument(position=0)
        return "everything" if given is not None and given.kind == "dict" and not given.parts else "some"
    return _of_query(context, call) if last == "delete" else ""


def _folder(context: "Context", call: CallSite) -> str:
    """A folder with a name of its own holds everything; one whose name is put together holds one thing of many."""
    if _is_passing(context, call):
        return ""
    leaves = [leaf for item in call.arguments[:1] for leaf in context.flow.leaves(item.value, call.key)]
    return "everything" if leaves and all(leaf.kind in ("constant", "environment") for leaf in leaves) else "some"


def _is_replaced(context: "Context", call: CallSite, table: str) -> bool:
    """Whether the same function fills the table anew, or has copied it to another one."""
    name = re.escape(table)
    again = re.compile(rf"\b(?:insert\s+into|create\s+table(?:\s+if\s+not\s+exists)?|rename\s+to)\s+[\"'`\[]?{name}\b|"
                       rf"\binsert\s+into\b.*\bfrom\s+[\"'`\[]?{name}\b", re.IGNORECASE | re.DOTALL)  # fmt: skip
    others = (item for item in call.calls_here() if item.index != call.index)
    return any(again.search(text) for item in others for text in _statement(item))


def _statement(call: CallSite) -> list[str]:
    """The text of a statement, the pieces of a put-together one joined."""
    given = (item.value for item in call.arguments[:1])
    found = []
    for value in given:
        pieces: list[str] = []
        pending = [value]
        while pending:
            item = pending.pop()
            if item.kind == "text":
                pieces.insert(0, item.text)
            pending.extend(item.parts)
        found.append(" ".join(pieces))
    return found


def _goes_on(call: CallSite, text: str) -> bool:
    """Whether the text is only the first piece of a statement that is put together: the condition may follow."""
    value = call.argument(call.library.sql_argument, call.library.sql_position)
    return value is not None and value.kind != "text" and "where" not in text.lower() and not _is_name(value)


def _is_name(value: Value) -> bool:
    return value.kind == "name" or (value.kind == "call" and value.text.rsplit(".", 1)[-1] == "text")


def _of_query(context: "Context", call: CallSite) -> str:
    """`session.query(X).delete()` and `X.objects.all().delete()` take all rows, with a filter in between some."""
    if call.arguments or call.receiver is None or call.receiver.kind != "call":
        return "some" if call.library.effect == "db.write" else ""
    inner: Value | None = call.receiver
    while inner is not None and inner.kind == "call" and inner.call >= 0:
        maker = call.context.call(call.path, inner.call)
        if maker.arguments and maker.shown.rsplit(".", 1)[-1] != "query":
            return "some"
        inner = maker.receiver
    chain = call.shown.split(".")
    is_query = any(part.startswith(("query()", "objects", "all()")) for part in chain)
    if not is_query:
        return "some"
    return "some" if any(part.removesuffix("()") in _FILTERING for part in chain) else "everything"


def _is_passing(context: "Context", call: CallSite) -> bool:
    """Whether a folder is one that the program itself made for a moment."""
    names = [name for item in call.arguments for name in names_in(item.value)]
    texts = [item.value.text for item in call.arguments if item.value.kind == "text"]
    if any(_PASSING.search(name) for name in (*names, *texts)):
        return True
    made = {into for other in call.calls_here() if other.name.startswith("tempfile.") for into in other.into}
    return bool(made.intersection(names)) or any(
        leaf.name.startswith("tempfile.")
        for item in call.arguments
        for leaf in context.flow.leaves(item.value, call.key)
    )


def unmeant(context: "Context", call: CallSite) -> tuple[Step, ...] | None:
    """The chain by which a call runs although nobody said that it should; None when some test is on every way.

    A test counts when it asks for a confirmation, an environment, a permission or a key.
    """
    came: dict[tuple[str, int], CallSite | None] = {(call.path, call.index): None}
    queue = deque([call])
    while queue:
        site = queue.popleft()
        if _is_meant(context, site):
            continue
        if _starts_here(context, site):
            return _chain(came, site)
        for edge in context.program.callers.get(site.key, ()):
            place = (edge.caller[0], edge.call)
            if edge.call >= 0 and place not in came:
                came[place] = site
                queue.append(context.call(*place))
    return None


def _chain(came: dict[tuple[str, int], CallSite | None], site: CallSite) -> tuple[Step, ...]:
    steps = []
    at: CallSite | None = site
    while at is not None:
        steps.append(Step(at.path, at.line, f"{at.shown}()"))
        at = came[at.path, at.index]
    return tuple(steps)


def _starts_here(context: "Context", site: CallSite) -> bool:
    if site.key[1] == 0:
        return site.at_import and bool(site.reach.roles & {"import", "ui"}) and not site.for_person
    return any(entry.function == site.key and entry.role in _STARTING for entry in context.entries)


def _is_meant(context: "Context", site: CallSite) -> bool:
    """Whether a test around or before a call, a parameter or a decorator of its function asks for a decision."""
    function = site.function
    names = [item.name for item in function.parameters]
    names += [function.name] if "confirm" in function.name else []
    names += [item.default.text for item in function.parameters if item.default is not None]
    for decorator in function.decorators:
        names += [decorator.ref, *_required(site, decorator.call)]
    if any(_MEANT.search(name) for name in names):
        return True
    blocks = site.program.files[site.path].blocks
    above = set(site.program.blocks_above(site.path, site.block))
    leaving = {
        item.block for item in site.exits_here() if item.kind in ("return", "raise") and item.span[0] < site.line
    }
    tests = (blocks[index] for index in site.program.blocks_in(site.key) if index in above or index in leaving)
    return any(
        block.kind in ("if", "else") and block.value is not None and _MEANT.search(" ".join(_words(block.value, site)))
        for block in tests
    )


def _required(site: CallSite, decorator: int) -> list[str]:
    """What a route's decorator asks for before the handler runs."""
    given = site.program.files[site.path].calls[decorator].arguments if decorator >= 0 else ()
    return [
        name
        for item in given
        if item.keyword in ("dependencies", "permission_classes")
        for name in names_in(item.value)
    ]


def _words(value: Value, site: CallSite) -> list[str]:
    """Every name, attribute and text in a test, the arguments of its calls included."""
    found = []
    pending = [value]
    while pending:
        item = pending.pop()
        if item.kind in ("name", "attr", "text", "call"):
            found.append(item.text)
        if item.kind == "call" and item.call >= 0:
            pending.extend(given.value for given in site.context.call(site.path, item.call).arguments)
        pending.extend(item.parts)
    return found
