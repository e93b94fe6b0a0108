"""The settings of a program: what it reads from the environment, and where."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from durability.facts.literals import is_secret_name
from durability.facts.model import Assign, Value
from durability.map_model import Missing, Setting, SettingPlace

if TYPE_CHECKING:
    from durability.program.context import Context

_MASK = "***"
_SCHEMED = ("environ.", "environs.")
"""Readers that stop without a setting, unless they are told a default when they read it or when they are made."""


class _Read(NamedTuple):
    name: str
    default: str | None
    required: bool
    stops: bool
    place: SettingPlace
    used: bool = True


class Field(NamedTuple):
    """A field of a class that is filled from the environment; `default` is None where there is none."""

    path: str
    owner: str
    assign: Assign
    default: Value | None

    @property
    def name(self) -> str:
        """The name it has in its class."""
        return self.assign.target.text

    @property
    def required(self) -> bool:
        """Whether the program does not start without it."""
        return self.default is None or self.default.text == "..."


def settings_of(context: "Context") -> tuple[Setting, ...]:
    """Every setting that first-party code reads by a constant name, by name, with all places."""
    found: dict[str, list[_Read]] = {}
    for read in (*_calls(context), *_fields(context)):
        found.setdefault(read.name, []).append(read)
    return tuple(_setting(context, name, reads) for name, reads in sorted(found.items()))


def _setting(context: "Context", name: str, reads: list[_Read]) -> Setting:
    default = next((read.default for read in reads if read.default is not None), None)
    if default and is_secret_name(name):
        default = _MASK
    places = sorted({read.place for read in reads}, key=lambda place: (place.path, place.line))
    missing = _missing(context, name, default, reads)
    return Setting(name, default, any(read.required for read in reads), missing, tuple(places))


def _missing(context: "Context", name: str, default: str | None, reads: list[_Read]) -> Missing:
    """What happens without a setting; where places differ, the one that is noticed first."""
    stand_ins = context.stand_ins
    if name in stand_ins.telling.refused or any(read.stops for read in reads):
        return "stops"
    if name in stand_ins.by_setting:
        return "stand-in"
    if default and any(read.required for read in reads):
        return "fails later"
    if default:
        return "default"
    if name in stand_ins.telling.raised:
        return "fails later"
    if name in stand_ins.choosing.tested or not any(read.used for read in reads):
        return "does without"
    return "fails later" if default is None else "default"


def _calls(context: "Context") -> Iterator[_Read]:
    schemes = dict(_schemes(context))
    alternatives: dict[tuple[str, int], Value] = {}
    for place, value in _alternatives(context):
        alternatives.setdefault(place, value)
    for call in context.calls_by_effect.get("env.read", ()):
        name = call.argument("key", 0) or call.argument("option")
        if name is None or name.kind != "text" or not name.text.replace("_", "").isalnum():
            continue
        # `env("PORT", int)` names a type second, where `env.int("PORT", 80)` has the default.
        own = call.argument("default", 2 if call.name.endswith("Env.__call__") else 1)
        beside = alternatives.get((call.path, call.index))
        default = beside if own is None or own.text in ("", "None") else own
        default = own if default is None else default
        if default is None and call.name.startswith(_SCHEMED):
            default = schemes.get(name.text)
        required = call.name.endswith("__getitem__") or (call.name.startswith(_SCHEMED) and default is None)
        stops = required and (call.at_import or "startup" in call.reach.roles) and not call.handlers
        yield _Read(name.text, _shown(default), required, stops, SettingPlace(call.path, call.line))


def _schemes(context: "Context") -> Iterator[tuple[str, Value]]:
    """The defaults that are given to the object that reads: `Env(DEBUG=(bool, False))`."""
    for call in context.calls_by_effect.get("constructs", ()):
        if call.name.startswith(_SCHEMED):
            for item in call.arguments:
                if item.keyword and item.value.kind == "tuple" and len(item.value.parts) == 2:
                    yield item.keyword, item.value.parts[1]


def _alternatives(context: "Context") -> Iterator[tuple[tuple[str, int], Value]]:
    """What is written after `or` beside a setting, by the file and the call that reads it."""
    for path in context.judged_paths():
        facts = context.program.files[path]
        values = [item.value for item in facts.assigns]
        values += [item.value for item in facts.exits]
        values += [item.value for call in facts.calls for item in call.arguments]
        values += [call.receiver for call in facts.calls]
        for value in values:
            if value is not None:
                yield from _beside(context, path, value, None)


def _beside(
    context: "Context", path: str, value: Value, default: Value | None
) -> Iterator[tuple[tuple[str, int], Value]]:
    """The settings in a value with what stands in for each where it is empty: the last that follows `or`."""
    if value.kind == "or":
        last = value.parts[-1]
        own = default or (last if last.kind in ("text", "const") else _own_default(context, path, last))
        for part in value.parts[:-1]:
            yield from _beside(context, path, part, own)
        yield from _beside(context, path, last, default)
    elif value.kind == "call" and value.call >= 0:
        if default is not None:
            yield (path, value.call), default
        for part in value.parts:  # `(os.getenv("HOST") or "").strip() or "localhost"`
            yield from _beside(context, path, part, default)
    else:
        for part in value.parts:
            yield from _beside(context, path, part, None)


def _own_default(context: "Context", path: str, value: Value) -> Value | None:
    if value.kind != "call" or value.call < 0:
        return None
    call = context.call(path, value.call)
    return call.argument("default", 1) if call.library.effect == "env.read" else None


def _fields(context: "Context") -> Iterator[_Read]:
    reads = {name.rpartition(".")[2] for path in context.judged_paths() for name in _read_names(context, path)}
    for field in fields_of(context):
        default = None if field.required else _shown(field.default)
        place = SettingPlace(field.path, field.assign.span[0])
        yield _Read(field.name.upper(), default, field.required, field.required, place, field.name in reads)


def fields_of(context: "Context") -> Iterator[Field]:
    """The fields of classes that are filled from the environment (pydantic's BaseSettings)."""
    for path in context.judged_paths():
        facts = context.program.files[path]
        classes = {item.qualname for item in facts.classes if any(base.endswith("BaseSettings") for base in item.bases)}
        for item in facts.assigns:
            block = facts.blocks[item.block]
            inside = block.kind == "class" and block.targets[0] in classes
            named = item.target.kind == "name" and not item.target.text.startswith(("_", "model_config"))
            if inside and named and item.annotation:
                yield Field(path, block.targets[0], item, _field_default(context, path, item.value))


def _read_names(context: "Context", path: str) -> Iterator[str]:
    """The dotted names that a file reads or calls something on, and the texts by which it may ask for an attribute."""
    facts = context.program.files[path]
    for function in facts.functions:
        yield from function.reads
    for call in facts.calls:
        yield from (part.removesuffix("()") for part in call.target.split("."))
        yield from (item.value.text for item in call.arguments if item.value.kind in ("text", "attr"))


def _field_default(context: "Context", path: str, value: Value | None) -> Value | None:
    """The default of a field, itself or in what describes the field (`Field(default="x")`)."""
    if value is None or value.kind != "call" or value.call < 0:
        return value
    call = context.call(path, value.call)
    if not call.shown.endswith("Field"):
        return value
    return call.argument("default", 0) or call.argument("default_factory")


def _shown(value: Value | None) -> str | None:
    if value is None or value.text == "None":
        return None
    return value.text if value.kind in ("text", "const") else "…"
