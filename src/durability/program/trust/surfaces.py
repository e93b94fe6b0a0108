"""The surfaces of a program: what a stranger can reach, what it costs, and whether anybody asks who calls."""

import re
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from durability.model import Step
from durability.program.entrypoints.credentials import Verdict
from durability.program.entrypoints.model import EntryPoint
from durability.program.flows.statements import query_texts
from durability.program.links.graph import FunctionKey
from durability.program.links.spelling import plain_name
from durability.program.sites import CallSite
from durability.program.trust.dear import KINDS, DearEffects
from durability.program.trust.hints import Hints
from durability.program.trust.listeners import Listeners
from durability.program.trust.screens import Screens
from durability.program.trust.shown import answers_with, holds_personal

if TYPE_CHECKING:
    from durability.program.context import Context

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_OPEN = frozenset(
    {"login", "signin", "signup", "register", "registration", "logout", "signout", "password", "auth", "oauth",
     "oauth2", "sso", "saml", "otp", "token", "captcha", "static", "assets", "favicon", "robots", "docs", "redoc",
     "openapi", "unsubscribe", "subscribe", "newsletter", "waitlist", "contact", "feedback", "suggest", "suggestion",
     "donate", "invite", "invitation", "public", "csrf", "telemetry", "pixel", "metrics", "ping"}
)  # fmt: skip
"""Words of addresses and handlers that somebody who is not known yet has to reach.

What only says whether the program is well has nothing to lose: a health check that pays or changes something has.
"""
_AREAS = frozenset({"auth", "oauth", "oauth2", "sso", "public", "token", "metrics", "invite", "invitation"})
"""Words that name a part of a program: below it, a row that its number names belongs to somebody."""

_BY_ID = re.compile(r"[{<](?:\w+:)?\w*id(?::\w+)?[}>]", re.IGNORECASE)
_OPEN_PAIRS = (
    ("log", "in"), ("sign", "in"), ("sign", "up"), ("sign", "out"), ("log", "out"), ("verify", "email"),
    ("confirm", "email"), ("magic", "link"), ("create", "account"), ("share", "link"),
)  # fmt: skip
_SENDERS = frozenset(
    {"stripe", "github", "gitlab", "slack", "twilio", "telegram", "shopify", "paypal", "sendgrid", "whatsapp", "mollie"}
)
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_CHANGING = frozenset(
    {"delete", "remove", "toggle", "update", "edit", "add", "create", "approve", "reject", "reset", "clear", "complete",
     "archive", "cancel", "wipe", "drop", "set"}
)  # fmt: skip
_SECRET_PARTS = re.compile(
    r"[{<](?:\w+:)?\w*(?:token|secret|signature|hash|invit|uidb64)\w*(?::\w+)?[}>]|[{<]uuid:\w*code>|"
    r"(?:access|reset|verif|confirm|activat|redeem|unlock|claim|join|magic|share)[^/]*/?[{<]?[^/]*code\w*(?::\w+)?[}>]",
    re.IGNORECASE,
)
"""A part of an address that nobody guesses: a plain `code` is often that of a country or a product."""

_ADDING = frozenset({"add", "create", "insert", "insert_one"})
_INSERTING = re.compile(r"\s*insert\s+(?:or\s+ignore\s+)?into\b(?!.*\b(?:do|key)\s+update\b)", re.I | re.S)
_RARE = 4
"""One open surface among so many that ask who calls is no oversight if it only adds."""

_NEAR = 3
"""How far below a handler rows are read that it answers with; farther below they are looked up for something else."""

_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
_SERVERS = (
    "uvicorn.run",
    "uvicorn.Config",
    "flask.Flask.run",
    "aiohttp.web.run_app",
    "quart.Quart.run",
    "waitress.serve",
)


class Surface(Struct, frozen=True):
    """An entry point that strangers may find: what it can do, each with the chain that leads there, worst first.

    `authentication` is "required" where somebody asks who calls; `shown_at` are the places. `only_adds` says that
    nothing that is there is touched and nobody pays: a guest may be meant to leave something.
    """

    entry: EntryPoint
    effects: tuple[tuple[str, tuple[Step, ...]], ...]
    authentication: Verdict
    shown_at: tuple[Step, ...]
    only_adds: bool = False

    @property
    def is_webhook(self) -> bool:
        """Whether another service calls it to tell what has happened, as its address or its name says."""
        if self.entry.role != "route":
            return False
        words = {word.lower() for word in _WORD.findall(f"{self.entry.path} {self.entry.name}")}
        joined = "".join(word.lower() for word in _WORD.findall(self.entry.path))
        return (
            "webhook" in joined or bool(words & {"webhook", "webhooks"}) or ("hook" in words and bool(words & _SENDERS))
        )


class Exposure(Struct, frozen=True):
    """All surfaces as one table: how many let anybody in, of how many, what the former do, and what they are called.

    `names` are those of the former, worst first.
    """

    open: int
    all: int
    do: str
    names: tuple[str, ...]


class Surfaces:
    """All surfaces of a program, found once."""

    def __init__(self, context: "Context") -> None:
        self._context = context
        self._dear = DearEffects(context)
        self._screens = Screens(context)
        self._listeners = Listeners(context)
        self._hints = Hints(context.program)
        self._routes = {(route.handler, route.name): route for route in context.routes}

    @cached_property
    def all(self) -> tuple[Surface, ...]:
        """Every surface with something to lose, in order of file and place."""
        found = [surface for surface in self._found if not surface.is_webhook]
        free = sum(surface.authentication == "open" for surface in found)
        if free * _RARE > len(found):
            return tuple(found)
        return tuple(item for item in found if item.authentication != "open" or not item.only_adds)

    @cached_property
    def webhooks(self) -> dict[tuple[FunctionKey, str], Surface]:
        """Surfaces that other services call, by function and name of the entry point."""
        found = (surface for surface in self._found if surface.is_webhook)
        return {(surface.entry.function, surface.entry.name): surface for surface in found}

    @cached_property
    def _found(self) -> list[Surface]:
        if self._stays_here:
            return []
        return [item for entry in self._context.entries if (item := self._surface(entry)) is not None]

    @cached_property
    def by_entry(self) -> dict[tuple[FunctionKey, str], Surface]:
        """Surfaces by function and name of the entry point."""
        return {(surface.entry.function, surface.entry.name): surface for surface in self.all}

    @cached_property
    def exposure(self) -> Exposure:
        """All surfaces as one table."""
        free = sorted((surface for surface in self.all if surface.authentication == "open"), key=_worst_first)
        kinds = {kind for surface in free for kind, _ in surface.effects}
        do = [many for kind, (_, many) in KINDS.items() if kind in kinds]
        said = f"{', '.join(do[:-1])} or {do[-1]}" if len(do) > 1 else "".join(do)
        return Exposure(len(free), len(self.all), said, tuple(surface.entry.name for surface in free))

    def way(self, surface: Surface) -> tuple[Step, ...]:
        """From a surface to the worst that can be done there."""
        path, index = surface.entry.function
        line = self._context.program.files[path].functions[index].span[0] if index else 1
        (kind, chain), *_ = surface.effects
        return (Step(path, line, f"{surface.entry.name} lets anybody in and {KINDS[kind][0]}"), *chain)

    def _surface(self, entry: EntryPoint) -> Surface | None:
        if entry.hook or entry.spawned or not self._is_offered(entry) or _must_be_open(entry, self._qualname(entry)):
            return None
        effects = tuple((kind, chain) for kind in KINDS if (chain := self._effect(entry, kind)))
        if not effects:
            return None
        adding = {kind for kind, chain in effects if kind == "change" and self._adds(chain[-1])}
        kinds = {kind for kind, _ in effects}
        if "llm" in kinds and kinds - adding == {"llm"} and self._hints.limits(entry.function):
            return None  # open on purpose, and a limit holds the cost
        verdict, steps = self._authentication(entry)
        adds = kinds == adding
        return Surface(entry, effects, verdict, steps, adds)

    def _adds(self, end: Step) -> bool:
        """Whether the operation at the end of a chain puts in something new, and nothing else."""
        if end.note.removesuffix("()").rsplit(".", 1)[-1] in _ADDING:
            return True
        calls = self._context.program.files[end.path].calls
        at = [self._context.call(end.path, index) for index, call in enumerate(calls) if call.span[0] == end.line]
        if any(self._saves_new(call) for call in at):
            return True
        texts = [text for call in at for text in query_texts(self._context, call) or ()]
        return bool(texts) and all(_INSERTING.match(text) for text in texts)

    def _saves_new(self, call: CallSite) -> bool:
        """Whether a row or a form is saved that the function made and gave no row to change."""
        name = plain_name(call.fact.receiver) if call.fact.receiver is not None else ""
        calls = self._context.program.files[call.path].calls
        made = [item for item in calls if item.function == call.key[1] and name in item.into]
        new = all(item.target.rsplit(".", 1)[-1][:1].isupper() for item in made)
        given = {argument.keyword for item in made for argument in item.arguments}
        return bool(made) and new and call.fact.target.endswith(".save") and not {"instance", "**"} & given

    def _qualname(self, entry: EntryPoint) -> str:
        return self._context.program.function(entry.function).name if entry.function[1] else ""

    def _is_offered(self, entry: EntryPoint) -> bool:
        if self._context.program.file_roles.get(entry.function[0]) != "first-party":
            return False
        if entry.role == "route":
            return (entry.function, entry.name) in self._routes
        if entry.role == "ui":
            return self._screens.in_browser(entry)
        return entry.role in ("bot", "tool") and self._listeners.is_offered(entry)

    def _says_change(self, entry: EntryPoint) -> bool:
        """Whether an address that is only read says that it changes something: `GET /delete/3`."""
        texts = (*re.sub(r"[{<][^}>]*[}>]", "", entry.path).split("/"), self._qualname(entry))
        return any(word.lower() in _CHANGING for text in texts for word in _WORD.findall(text)[:1])

    def _effect(self, entry: EntryPoint, kind: str) -> tuple[Step, ...]:
        reads = entry.role == "route" and _READING.issuperset(entry.methods) and not self._says_change(entry)
        if reads and kind in ("change", "delete"):
            return ()  # what reading leaves behind is a note, not a change
        if kind == "personal" and (entry.role != "route" or "GET" not in entry.methods):
            return ()  # elsewhere it is looked up for something else
        if entry.role == "bot" and kind != "llm":
            return ()  # the messenger proves who is writing, and what they store is mostly their own
        if kind == "llm" and (self._screens.brings_key(entry) or self._hints.takes_key(entry.function)):
            return ()  # whoever brings the key pays
        chain = self._dear.chain(entry.function, kind)
        if kind == "personal" and chain:
            shape = answers_with(self._context, entry.function)
            if len(chain) > _NEAR or (shape is not None and not holds_personal(self._context, shape)):
                return ()
        return chain

    def _authentication(self, entry: EntryPoint) -> tuple[Verdict, tuple[Step, ...]]:
        if entry.role == "ui":
            verdict, steps = self._screens.checked(entry)
        elif entry.role in ("bot", "tool"):
            verdict, steps = self._listeners.checked(entry)
        else:
            route = self._routes[entry.function, entry.name]
            verdict, steps = route.authentication, route.shown_at
        if verdict == "open" and (
            self._hints.checks(entry.function)
            or self._is_dispatched(entry)
            or self._context.claims.proofs.here(entry.function)
        ):
            return "unknown", ()
        return verdict, steps

    def _is_dispatched(self, entry: EntryPoint) -> bool:
        """Whether a class that the project wrote calls the handler by its name, and may look at the caller first."""
        name = self._qualname(entry)
        return entry.role == "route" and not entry.path and name.lstrip("_").startswith(("on_", "render_", "async_"))

    @cached_property
    def _stays_here(self) -> bool:
        """Whether the program says itself that it serves this machine only, and nothing packs it for another."""
        calls = [call for name in _SERVERS for call in self._context.calls_by_name.get(name, ())]
        hosts = [call.argument("host", 1 if call.name.startswith("aiohttp") else None) for call in calls]
        told = [host.text if host is not None and host.kind == "text" else "" for host in hosts]
        return bool(told) and _HERE.issuperset(told) and not self._context.manifests.containers


def _worst_first(surface: Surface) -> tuple[int, FunctionKey, str]:
    return (list(KINDS).index(surface.effects[0][0]), surface.entry.function, surface.entry.name)


def _must_be_open(entry: EntryPoint, function: str) -> bool:
    """Whether somebody who cannot prove anything yet has to get in: to log in, or because a link is the proof."""
    if _SECRET_PARTS.search(entry.path):
        return True
    for text in (*re.sub(r"[{<][^}>]*[}>]", "", entry.path).split("/"), function):
        words = [word.lower() for word in _WORD.findall(text)]
        if _AREAS.issuperset(_OPEN.intersection(words)) and _BY_ID.search(entry.path):
            words = [word for word in words if word not in _AREAS]
        if _OPEN.intersection(words) or any(pair in _OPEN_PAIRS for pair in pairwise(words)):
            return True
    return False
