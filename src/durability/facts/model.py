"""What one file says, as plain serialisable structs; no fact of one file depends on another file."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

Span = tuple[int, int, int, int]
"""First line, first column, last line, column after the last character; 1-based, columns in characters."""

ValueKind = Literal[
    "const", "text", "name", "attr", "call", "format", "list", "tuple", "set", "dict", "star", "item", "slice",
    "op", "compare", "not", "and", "or", "if", "lambda", "comp", "yield", "unknown",
]  # fmt: skip
BlockKind = Literal[
    "function", "class", "if", "else", "for", "while", "try", "handler", "finally", "with", "match", "case", "comp",
]  # fmt: skip
ExitKind = Literal["return", "raise", "yield", "break", "continue", "assert"]


class Value(Struct, frozen=True, array_like=True, gc=False):
    """Where a value comes from.

    `text` is the constant, the literal text, the name, the attribute, the operator or (for a call) the raw callee.
    `parts` are the operands: the base of an attribute, base and index of an item, the pieces of a formatted text,
    keys and values by turns of a dict, test, body and else of an `if`. `call` is the index of a call fact, else -1.
    """

    kind: ValueKind
    text: str = ""
    parts: tuple["Value", ...] = ()
    call: int = -1

    def walk(self) -> Iterator["Value"]:
        """The value and all that it is made of, in no order that counts."""
        pending = [self]
        while pending:
            part = pending.pop()
            yield part
            pending.extend(part.parts)


class Argument(Struct, frozen=True, array_like=True, gc=False):
    """One argument: `keyword` is "" for a positional one, "*" and "**" for unpacked ones.

    `ref` is what the value refers to, like the ref of a call; "" where this file does not tell.
    """

    keyword: str
    value: Value
    ref: str = ""


class Call(Struct, array_like=True, gc=False):
    """One call. `target` is the callee as written, `ref` what it refers to as far as this file tells.

    A ref is a dotted path: an imported one as imported (`requests.get`), a relative import with its dots (`..db.get`),
    a name of this file after a colon (`:Store.load`), the result of a call as `path()`, an element as `path[]`, a
    parameter as `$name`; `?` stands for what the file does not tell.
    """

    target: str
    ref: str
    receiver: Value | None
    arguments: tuple[Argument, ...]
    function: int
    block: int
    span: Span
    awaited: bool = False
    used: Literal["dropped", "bound", "returned", "passed", "other"] = "other"
    into: tuple[str, ...] = ()


class Block(Struct, array_like=True, gc=False):
    """A nested region: `parent` is -1 for a function's own. `value` is the test, the iterable or the context.

    `targets` are the names bound by the loop, `with` or handler; `refs` the exception types of a handler;
    `statements` counts the whole subtree.
    """

    kind: BlockKind
    parent: int
    function: int
    span: Span
    value: Value | None = None
    targets: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    statements: int = 0
    is_async: bool = False


class Assign(Struct, frozen=True, array_like=True, gc=False):
    """A binding: `target` is a name, attribute or item; `op` is "=", "+=", … or "del"; `annotation` may be empty."""

    target: Value
    value: Value | None
    op: str
    function: int
    block: int
    span: Span
    annotation: str = ""


class Exit(Struct, frozen=True, array_like=True, gc=False):
    """A statement that leaves a block, or an assertion."""

    kind: ExitKind
    value: Value | None
    cause: Value | None
    function: int
    block: int
    span: Span


class Text(Struct, frozen=True, array_like=True, gc=False):
    """A string worth a look (address, path, key shape or secret-like name). `bound` is the name it is given to."""

    text: str
    bound: str
    where: Literal["assign", "argument", "dict", "default", "other"]
    function: int
    block: int
    span: Span
    call: int = -1


class Parameter(Struct, frozen=True, array_like=True, gc=False):
    """One parameter; `ref` is what its annotation refers to."""

    name: str
    ref: str
    annotation: str
    default: Value | None
    kind: Literal["positional", "keyword", "star", "double-star"]


class Decorator(Struct, frozen=True, array_like=True, gc=False):
    """One decorator; `call` is the index of its call fact or -1 when it is used bare."""

    ref: str
    call: int


class Function(Struct, array_like=True, gc=False):
    """One function, lambda, or (index 0) the module body. `owner` is the class it is a method of, else "".

    `supplied`: the class has it of a framework, and nobody wrote it here.
    `returns` is the ref of what it gives, `parts` are those of the items of a tuple that it gives.
    """

    name: str
    qualname: str
    parent: int
    owner: str
    block: int
    span: Span
    parameters: tuple[Parameter, ...] = ()
    decorators: tuple[Decorator, ...] = ()
    returns: str = ""
    is_async: bool = False
    is_generator: bool = False
    globals: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    statements: int = 0
    def_block: int = -1
    supplied: bool = False
    parts: tuple[str, ...] = ()


class Class(Struct, array_like=True, gc=False):
    """One class; `bases` are refs; `attributes` maps a name to the ref of what is stored in it."""

    name: str
    qualname: str
    bases: tuple[str, ...]
    span: Span
    decorators: tuple[Decorator, ...] = ()
    attributes: dict[str, str] = {}
    methods: tuple[str, ...] = ()
    fields: tuple[Parameter, ...] = ()


class Import(Struct, frozen=True, array_like=True, gc=False):
    """One imported name: `path` dotted (leading dots when relative), `name` as bound here ("*" for a star import)."""

    name: str
    path: str
    function: int
    block: int
    span: Span
    guarded: bool


class SuppressionComment(Struct, frozen=True, array_like=True, gc=False):
    """A `# durability:` comment: the rules it names, its reason, whether it stands alone on its line."""

    rules: tuple[str, ...]
    reason: str
    line: int
    column: int
    alone: bool
    first: int
    last: int
    problem: str = ""


class FileFacts(Struct, frozen=True, array_like=True):
    """All facts of one file.

    `bindings` maps module-level names to the ref of what they hold; `objects` are those names, and attributes written
    `Class.name`, that hold an object of the class that their ref names, and not the class itself.
    """

    path: str
    module: str
    imports: tuple[Import, ...]
    functions: tuple[Function, ...]
    classes: tuple[Class, ...]
    calls: tuple[Call, ...]
    blocks: tuple[Block, ...]
    assigns: tuple[Assign, ...]
    exits: tuple[Exit, ...]
    literals: tuple[Text, ...]
    suppressions: tuple[SuppressionComment, ...]
    bindings: dict[str, str]
    objects: frozenset[str]
    statements: int
    lines: int
