"""Frozen structs of the tables: rows, entry points, parameters, distributions, aliases, hosts."""

from typing import Literal

from msgspec import Struct, field

from durability.knowledge.vocabulary import Effect, EntryKind, Fault, Meaning, Place, Role, Sink

Limit = Literal["never", "unknown"] | float | None


class Row(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """What one name does, in the versions it is true for.

    `timeout` is how long one try waits for the other side unless told otherwise: seconds, "never" (it waits for ever),
    "unknown", or None where waiting is not an issue. `timeout_arguments` are the keywords that set it (also on the row
    of a constructor), `timeout_position` its positional index, `timeout_receiver` says that the constructor of the
    receiver sets it too. Passing None for it means "never".
    `returns` is the dotted type of the result, after awaiting where `async_`; `enters` the type given by `with`.
    `closes` are the methods that release what the call made; empty: nothing to release. `attempts` counts all tries.
    `lanes` is how many events are served at once by default. `expires` are the arguments that make what is written
    expire, or "*" when it always does. `undo` is the name that reverses the effect. `offer`: it asks somebody
    for money, or makes what can be asked for; none moves before that person agrees. `attribute` marks a name that is
    read rather than called. `cap_arguments` bound the size of the answer. `status_checked`: an answer that reports an
    error raises by itself. `round_trip`: the call itself asks the other side, rather than taking from an answer that is
    already there (`find_one` does, `Cursor.fetchone` does not). `runs` is the position and `runs_argument` the keyword
    of a callable that the call runs with the arguments that follow it. `parents` lend a class their methods;
    methods of `awaitable_parents` that block are lent as awaitable ones. `calls_back` are the methods of the project
    class it is called on that it calls where the project writes them ("clean_*": all that begin so). `one_of` is the
    position of the class, or of the query, of which it gives an object. `disputed` lists the columns on which the rows
    of all versions in question differ; they hold their unknown value.

    A name may end with a condition: `save(commit=False)` is for calls with that argument, `filter(taken)` for a query
    whose rows are taken, `all(kept)` for one that a class body keeps or a view hands to its framework.
    """

    name: str
    effect: Effect
    package: str = ""
    versions: str = ""
    timeout: Limit = None
    timeout_arguments: tuple[str, ...] = ("timeout",)
    timeout_position: int | None = None
    timeout_receiver: bool = False
    blocking: bool = False
    async_: bool = field(default=False, name="awaitable")
    raises: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    idempotent: bool = False
    batch: str = ""
    paginated: bool = False
    faults: tuple[Fault, ...] = ()
    returns: str = ""
    enters: str = ""
    attempts: int = 1
    lanes: int | None = None
    undo: str = ""
    offer: bool = False
    expires: tuple[str, ...] = ()
    may_be_none: bool = False
    none_attributes: tuple[str, ...] = ()
    sql_position: int | None = None
    sql_argument: str = ""
    mode_position: int | None = None
    cap_arguments: tuple[str, ...] = ()
    status_checked: bool = False
    round_trip: bool = False
    runs: int | None = None
    runs_argument: str = ""
    sink: Sink | None = None
    sink_position: int | None = None
    sink_argument: str = ""
    cleans: tuple[str, ...] = ()
    attribute: bool = False
    parents: tuple[str, ...] = ()
    awaitable_parents: tuple[str, ...] = ()
    calls_back: tuple[str, ...] = ()
    one_of: int | None = None
    removed: bool = False
    instead: str = ""
    source: str = ""
    disputed: tuple[str, ...] = ()


class Entry(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """How a framework learns of a function that it calls on its own.

    `kind`: "decorator" (put on the handler), "call" (the handler is an argument: `handler_position` or
    `handler_argument`), "base" (methods named in `handlers` of subclasses; `handlers` may hold patterns like "on_*"),
    "script" (a module that imports the name runs top to bottom for each interaction), "router" (makes an object that
    routes are registered on; its prefix is the path argument, its handler argument a list of its routes; one that
    `hangs` answers only where it is mounted), "mount"
    (hangs the router in its handler argument under its receiver, with the prefix in its path argument),
    "generic" (a class that has the methods in `handlers` written for its subclasses; "get=list" says that `get` does
    what `list` does). `methods` are
    the HTTP methods, ("from-name",) when the decorator's own name is the method, ("argument",) when its `methods`
    argument holds them. `hook`: it runs around requests for other addresses and has none of its own. `concurrent`:
    several may run at once. `external_input`: arguments come from outside the program. `gives` are the types of what
    the framework passes to the handler, in order; "on_message=discord.Message" holds for handlers of that name.
    """

    kind: EntryKind
    name: str
    role: Role
    methods: tuple[str, ...] = ()
    path_position: int | None = None
    path_argument: str = ""
    handler_position: int | None = None
    handler_argument: str = ""
    handlers: tuple[str, ...] = ()
    hook: bool = False
    hangs: bool = False
    concurrent: bool = False
    external_input: bool = False
    gives: tuple[str, ...] = ()
    source: str = ""


class Host(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """What a plain web request does beyond asking another machine, as its address says.

    `name` is a regular expression, searched in the address, in which unknown parts stand as "…". `methods` are the HTTP
    methods for which it holds; a method that is not known is taken for one of them.
    """

    name: str = field(name="pattern")
    effect: Effect
    methods: tuple[str, ...] = ("POST",)
    source: str = ""


class Parameter(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """Where values from outside enter: an annotation, a default value, a base class, or an attribute of a name.

    `validated`: the framework checks it against a type before the handler sees it. `external`: an outsider chooses it.
    """

    name: str
    meaning: Meaning
    place: Place = "annotation"
    external: bool = True
    validated: bool = False
    none_attributes: tuple[str, ...] = ()
    source: str = ""


class Distribution(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """Which distribution brings an import name; `alternatives` bring it too. `name` is the dotted import prefix."""

    name: str = field(name="import")
    distribution: str
    alternatives: tuple[str, ...] = ()


class Brings(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """What a distribution always brings along: those that it requires itself, in normal form.

    A name with an extra (`uvicorn[standard]`) brings what that extra requires.
    """

    name: str
    brings: tuple[str, ...]


class Implied(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """A distribution that a use needs without importing it: using `name` needs any one of `needs`.

    With `pattern`, only when the literal text at `position` or keyword `argument` matches it (regular expression,
    searched). `versions` limits the row to versions of the distribution that brings `name`.
    """

    name: str
    needs: tuple[str, ...]
    why: str
    pattern: str = ""
    position: int | None = None
    argument: str = ""
    versions: str = ""
    package: str = ""


class Alias(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """A dotted prefix that means another: `of`. Its rows belong to `package`, or to that of the other when empty."""

    name: str
    of: str
    package: str = ""


class Quiet(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """A dotted prefix under which every name without a row of its own does nothing outside the process."""

    name: str
    package: str = ""


class Shared(Struct, frozen=True, array_like=True, gc=False):
    """One row that holds for several names; its own name is empty."""

    names: tuple[str, ...]
    row: Row


class Tables(Struct, frozen=True, omit_defaults=True, gc=False):
    """Everything in the TOML files, names expanded; what the compiled file holds."""

    digest: str = ""
    rows: tuple[Shared, ...] = ()
    entries: tuple[Entry, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    brings: tuple[Brings, ...] = ()
    implied: tuple[Implied, ...] = ()
    aliases: tuple[Alias, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    hosts: tuple[Host, ...] = ()
