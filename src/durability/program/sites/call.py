"""A call as rules see it: arguments, settings, what becomes of the result."""

from functools import cached_property
from typing import TYPE_CHECKING

from durability.facts.model import Argument, Call, Value
from durability.knowledge.rows import Row
from durability.program.answers import NO, YES, Answer, Reason, unknown
from durability.program.doing.hosts import meant
from durability.program.links.caches import is_cached
from durability.program.links.spelling import plain_name
from durability.program.sites.place import LOOPS, Loop, Site

if TYPE_CHECKING:
    from durability.program.context import Context

NO_ROW = Row(name="", effect="none")


_MANY = frozenset(
    {"executemany", "execute_values", "execute_batch", "bulk_create", "bulk_update", "insert_many", "update_many",
     "delete_many", "add_all", "bulk_write", "copy_from", "copy_expert", "bulk_save_objects", "bulk_insert_mappings",
     "add_documents", "add_texts", "upsert_many", "mset", "mget", "pipeline"}
)  # fmt: skip


_SCREENS = ("streamlit.", "flask.flash", "django.contrib.messages", "gradio.", "chainlit.", "nicegui.")
"""What is given to these is read by the person at the page, and written down nowhere."""

_BARE = 4
"""Statements of a function that does one thing: a test, the call, what is done when it fails."""


class Setting:
    """What an argument is set to, at the call, on the client it is called on, or by the library's default."""

    def __init__(self, value: Value | None, default: object, obstacle: Reason | None, resolved: str) -> None:
        self.given = value
        self.default = default
        self._obstacle = obstacle
        self._resolved = resolved

    @property
    def never(self) -> Answer:
        """Whether there is no limit at all."""
        if self.given is not None:
            return YES if self.given.text == "None" or self._resolved == "None" else NO
        if self._obstacle:
            return unknown(self._obstacle)
        if self.default == "never":
            return YES
        return unknown("version") if self.default == "unknown" else NO

    @property
    def seconds(self) -> float | None:
        """The limit in seconds when it is written down or the library's default."""
        if self.given is not None:
            try:
                return float(self.given.text) if self.given.kind == "const" else None
            except ValueError:
                return None
        return self.default if isinstance(self.default, float) else None


class CallSite(Site):
    """A call."""

    def __init__(self, context: "Context", path: str, index: int) -> None:
        fact = context.program.files[path].calls[index]
        self.index = index
        self.fact: Call = fact
        super().__init__(context, (path, fact.function), fact.block, fact.span, "")
        self.symbol = context.program.symbol(path, index)
        self.operation = self.symbol.name or fact.target

    @property
    def name(self) -> str:
        """The canonical library name; "" when the callee is not of a library."""
        return self.symbol.name if self.symbol.kind == "library" else ""

    @property
    def shown(self) -> str:
        """The callee as written."""
        return self.fact.target

    @cached_property
    def library(self) -> Row:
        """What the library tables say; a row without effect when they say nothing."""
        return self.program.row(self.name) or NO_ROW

    @property
    def offers(self) -> bool:
        """Whether it asks somebody for money, who has to agree before any moves: a checkout, a payment link."""
        confirmed = self.argument("confirm")
        return self.library.offer and (confirmed is None or confirmed.text in ("False", "None"))

    @property
    def on_screen(self) -> bool:
        """Whether what it is given is shown on a page: `st.error(…)`, `messages.error(request, …)`."""
        return self.name.startswith(_SCREENS)

    @cached_property
    def effect(self) -> str:
        """What it does to the outside world: the effect of its row, or what the address of a plain web request says."""
        return meant(self.context, self) or self.library.effect

    @cached_property
    def database(self) -> "CallSite":
        """The database call that this comes down to: itself, or the one that is handed the statement given here."""
        forward = self.context.forwards.of(self.path, self.index)
        return self.context.call(*forward.call) if forward is not None else self

    @property
    def statement(self) -> Value | None:
        """The statement that a database call runs, as it is given here."""
        if self.database is not self:
            return self.context.forwards.given(self.path, self.index, "statement")
        row = self.library
        return self.argument(row.sql_argument, row.sql_position) if self.runs_statement else None

    @property
    def runs_statement(self) -> bool:
        """Whether it is a database call that is given a statement."""
        row = self.database.library
        return row.sql_position is not None or bool(row.sql_argument)

    @cached_property
    def commits(self) -> bool:
        """Whether it makes pending changes permanent: a commit, or a function of the project that is only a commit."""
        return self.library.effect == "db.commit" or self._commit_inside is not None

    @cached_property
    def _commit_inside(self) -> "CallSite | None":
        target = self.program.key_of(self.symbol) if self.symbol.kind == "function" else None
        if target is None or self.program.function(target).statements > _BARE:
            return None
        inner = [self.context.call(target[0], index) for index in self.program.calls_in(target)]
        ends = [call for call in inner if call.library.effect == "db.commit"]
        return ends[0] if ends and not any(call.runs_statement for call in inner) else None

    @property
    def loops(self) -> tuple[Loop, ...]:
        """The loops around the call; a call that is a loop's iterable is not in that loop."""
        found = [Loop(self, block) for block in self.around() if block.kind in LOOPS]
        return tuple(loop for loop in found if not self._is_iterable(loop))

    def _is_iterable(self, loop: Loop) -> bool:
        value = loop.iterable
        return loop.kind != "while" and value is not None and value.kind == "call" and value.call == self.index

    @property
    def awaited(self) -> bool:
        """Whether it is awaited on the spot."""
        return self.fact.awaited

    @property
    def elsewhere(self) -> bool:
        """Whether it runs on another thread while this one goes on: `to_thread(requests.get, url)`."""
        return (self.path, self.index) in self.program.elsewhere

    @property
    def has_unpacked(self) -> bool:
        """Whether arguments are passed through by `*` or `**`."""
        return any(item.keyword in ("*", "**") for item in self.fact.arguments)

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """The arguments in source order."""
        return self.fact.arguments

    def argument(self, keyword: str = "", position: int | None = None) -> Value | None:
        """An argument by keyword or else by position (0-based, unpacked ones end the count)."""
        for item in self.fact.arguments:
            if keyword and item.keyword == keyword:
                return item.value
        if position is None:
            return None
        positional = []
        for item in self.fact.arguments:
            if item.keyword == "*":
                break
            if item.keyword == "":
                positional.append(item.value)
        return positional[position] if position < len(positional) else None

    def value(self, keyword: str, default: object = None) -> Setting:
        """What a setting of this call is: its own argument, one of a client in the chain, or `default`."""
        row = self.library
        keywords = row.timeout_arguments if keyword == "timeout" and row.name else (keyword,)
        position = row.timeout_position if keyword == "timeout" else None
        for index, name in enumerate(keywords):
            given = self.argument(name, position if index == 0 else None)
            if given is not None:
                return Setting(given, default, None, self.context.constant_name(given, self.key))
        found = Setting(None, default, None, "")
        if row.timeout_receiver or self.fact.receiver is not None:
            found = self._from_receiver(keyword, keywords, default)
        passed = any(item.keyword == "**" for item in self.fact.arguments)
        if passed and (found.given is None or found.never.value != "no"):
            return Setting(None, found.default, "passed through", "")
        return found

    def _from_receiver(self, keyword: str, keywords: tuple[str, ...], default: object) -> Setting:
        makers = self.context.makers(self)
        found = self._set_by(makers, keyword, keywords, default)
        kind = self._client_kind()
        if found is not None or not kind or any(maker.makes == kind for maker in makers):
            return found or Setting(None, default, None, "")
        # The client is handed in from somewhere: whatever it was made with is what all of its kind agree on.
        others = self.context.constructions(kind)
        settings = [self._set_by((maker,), keyword, keywords, default) for maker in others]
        if settings and all(setting is not None for setting in settings):
            return settings[0] or Setting(None, default, None, "")
        if any(settings):
            return Setting(None, None, "unresolved", "")
        return Setting(None, default, None if others else "unresolved", "")

    def _set_by(
        self, makers: tuple["CallSite", ...], keyword: str, keywords: tuple[str, ...], default: object
    ) -> Setting | None:
        for maker in makers:
            names = maker.library.timeout_arguments if keyword == "timeout" else keywords
            for name in dict.fromkeys((*names, *keywords)):
                given = maker.argument(name)
                if given is not None:
                    return Setting(given, default, None, self.context.constant_name(given, maker.key))
            if any(item.keyword == "**" for item in maker.fact.arguments):
                return Setting(None, None, "passed through", "")
        return None

    def _client_kind(self) -> str:
        """The type of the client, when a setting of the client holds for the call."""
        name = self.name if self.library.timeout_receiver else ""
        while name:
            name = name.rpartition(".")[0]
            row = self.program.row(name)
            if row is not None and row.effect == "constructs":
                return row.returns or name
        return ""

    @property
    def makes(self) -> str:
        """The type of what the call makes; "" when its library row does not say."""
        row = self.library
        return row.returns or (self.name if row.effect == "constructs" else "")

    def function_reads_size(self) -> bool:
        """Whether the function looks at the declared size of what it receives."""
        receiver = plain_name(self.fact.receiver) if self.fact.receiver is not None else ""
        if receiver and f"{receiver}.size" in self.function.reads:
            return True
        texts = (item.value.text.lower() for call in self.calls_here() for item in call.arguments)
        return any(text == "content-length" for text in texts) or any(
            read.endswith(".content_length") for read in self.function.reads
        )

    @property
    def only_formatted(self) -> bool:
        """Whether its result is only turned into text on the spot."""
        return any(
            other.receiver is not None
            and other.receiver.kind == "call"
            and other.receiver.call == self.index
            and other.shown.rsplit(".", 1)[-1] in ("strftime", "ctime")
            for other in self.calls_here()
        )

    @cached_property
    def origin(self) -> str:
        """Where the client that this is called on was made, else where this stands, as `path:line`."""
        maker = next(reversed(self.context.makers(self)), self)
        return f"{maker.path}:{maker.line}"

    @property
    def used(self) -> str:
        """What becomes of the result: dropped, bound, returned, passed or other."""
        return self.fact.used

    @property
    def into(self) -> tuple[str, ...]:
        """The names the result is bound to."""
        return self.fact.into

    @cached_property
    def kept(self) -> bool:
        """Whether the result outlives the call: cached by a decorator, or stored in a global, an object or the app."""
        if is_cached(self.program, self.key):
            return True
        if any("." in name or name in self.function.globals for name in self.fact.into):
            return True
        stored = (item for item in self.program.assigns_in(self.key) if item.target.kind == "item")
        return any(item.value is not None and item.value.call == self.index for item in stored)

    @property
    def takes_many(self) -> bool:
        """Whether it does in one round trip what others do once per item."""
        return self.shown.rsplit(".", 1)[-1] in _MANY

    @property
    def receiver(self) -> Value | None:
        """The value before the last dot."""
        return self.fact.receiver
