"""Pages that a script or its callbacks draw in a browser, and how they ask who is there."""

import re
from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Call, Value
from durability.model import Step
from durability.program.entrypoints.credentials import OPEN, Check
from durability.program.entrypoints.model import EntryPoint
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.context import Context

_BROWSER = frozenset(
    {"streamlit", "gradio", "dash", "nicegui", "chainlit", "panel", "reflex", "taipy", "mesop", "solara"}
)
_WHOLE = (
    "chainlit.password_auth_callback", "chainlit.oauth_callback", "chainlit.header_auth_callback",
    "dash_auth.BasicAuth", "dash_auth.OIDCAuth", "gradio.LoginButton",
)  # fmt: skip
"""Calls and decorators after which a framework lets nobody in who has not logged in."""
_SIGNED_IN = re.compile(r"auth|logged|log_in|login|signed_in|password|is_admin", re.IGNORECASE)
_DEEP = 3


class Screens:
    """Which pages ask who is there."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._program = context.program

    def in_browser(self, entry: EntryPoint) -> bool:
        """Whether an entry point of a user interface is offered in a browser, as a page of its own."""
        path = entry.function[0]
        shown_by = {path, entry.registered[0]} & self._program.files.keys()
        heads = {item.path.split(".")[0] for at in shown_by for item in self._program.files[at].imports}
        if not _BROWSER & heads:
            return False
        if "streamlit" in heads:
            return entry.function[1] == 0 and not self._program.is_imported(path)
        return entry.function[1] != 0

    def brings_key(self, entry: EntryPoint) -> bool:
        """Whether the page asks for a key of a paid service: then whoever uses it pays."""
        for key in self._near(entry.function):
            for index in self._program.calls_in(key):
                call = self._context.call(key[0], index)
                secret = call.argument("type", None)
                label = call.argument("label", 0)
                if secret is not None and secret.text == "password" and label is not None and "key" in _said(label):
                    return True
        return False

    def checked(self, entry: EntryPoint) -> Check:
        """Whether a page turns away who has not logged in."""
        if self._whole is not None:
            return "required", (self._whole,)
        starts = [entry.function, *self._navigation]
        for key in (at for start in starts for at in self._near(start)):
            step = self._asks(key)
            if step is not None:
                return "required", (step,)
        return OPEN

    @cached_property
    def _whole(self) -> Step | None:
        """The place where the whole interface is put behind a login."""
        for path in self._context.judged_paths():
            facts = self._program.files[path]
            for index, call in enumerate(facts.calls):
                name = self._program.name(path, index)
                given = {item.keyword for item in call.arguments if item.value.text != "None"}
                launches = name.startswith("gradio.") and name.endswith((".launch", "mount_gradio_app"))
                if name in _WHOLE or (launches and given & {"auth", "auth_dependency"}):
                    return Step(path, call.span[0], f"{call.target}() demands a login")
            for function in facts.functions:
                for item in function.decorators:
                    if self._program.resolve(item.ref, path).name in _WHOLE:
                        return Step(path, function.span[0], f"{function.name}() checks a login")
        return None

    @cached_property
    def _navigation(self) -> tuple[FunctionKey, ...]:
        """The scripts that run before each page they list."""
        return tuple(call.key for call in self._context.calls_by_name.get("streamlit.navigation", ()))

    def _near(self, start: FunctionKey) -> list[FunctionKey]:
        found, level = [start], [start]
        for _ in range(_DEEP):
            further = {edge.callee for at in level for edge in self._program.callees.get(at, ()) if edge.callee[1] > 0}
            level = sorted(further.difference(found))
            found += level
        return found

    def _asks(self, key: FunctionKey) -> Step | None:
        facts = self._program.files[key[0]]
        for index in self._program.calls_in(key):
            row = self._program.row(self._program.name(key[0], index))
            if row is not None and row.effect == "auth":
                return Step(key[0], facts.calls[index].span[0], f"{facts.calls[index].target}() asks who is there")
        for number in self._program.blocks_in(key):
            block = facts.blocks[number]
            if block.kind == "if" and block.value is not None and _tests_login(block.value, facts.calls):
                return Step(key[0], block.span[0], "tests whether somebody has logged in")
        return None


def _tests_login(value: Value, calls: tuple[Call, ...]) -> bool:
    """Whether a test reads that somebody has logged in; that a name is there at all says nothing."""
    pending = [value]
    while pending:
        part = pending.pop()
        if part.kind == "compare" and part.text in ("In", "NotIn"):
            continue
        name = plain_name(part)
        if part.kind == "attr" and name.endswith(".is_logged_in"):
            return True
        state = plain_name(part.parts[0]) if part.kind in ("attr", "item") and part.parts else ""
        key = part.text if part.kind == "attr" else _said(part.parts[1]) if len(part.parts) == 2 else ""
        if state.endswith(("session_state", "user_session", "storage.user")) and _SIGNED_IN.search(key):
            return True
        if part.kind == "call" and part.call >= 0:
            asked = calls[part.call].arguments[:1] if part.text.endswith("session_state.get") else ()
            if _SIGNED_IN.search(" ".join((part.text, *(_said(item.value) for item in asked)))):
                return True
        pending.extend(part.parts)
    return False


def _said(value: Value) -> str:
    return " ".join((value.text, *(_said(part) for part in value.parts))).lower()
