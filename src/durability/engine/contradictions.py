"""Where the code contradicts what its owner declares about it; the strictest reading holds then."""

import hashlib
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from durability.config import Product
from durability.model import Finding, Place, Stake, Story
from durability.program.context import Context
from durability.program.doing.personal import personal_stores

RULE = "contradicted-context"
_DELICACY = ("none", "personal", "financial", "health")
STORY = Story(
    demo="The settings say that nothing delicate is here.",
    production="Everybody relies on a sentence that the code contradicts.",
    trigger="somebody relies on what was declared",
)


class Contradiction(Struct, frozen=True):
    """One declared key and the place that contradicts it."""

    key: str
    sentence: str
    path: str
    line: int


def contradictions(product: Product | None, context: Context, stakes: Sequence[Stake]) -> tuple[Contradiction, ...]:
    """What is declared and does not agree with what the code stores, whom it writes to and whom it lets in."""
    if product is None:
        return ()
    return tuple(item for item in (_data(product, context), _users(product, context, stakes)) if item is not None)


def _data(product: Product, context: Context) -> Contradiction | None:
    if product.data is None:
        return None
    stores = sorted(personal_stores(context), key=lambda store: (store.call.path, store.call.span))
    declared = _DELICACY.index(product.data)
    beyond = [store for store in stores if _DELICACY.index(store.kind) > declared]
    if not beyond:
        return None
    store = max(beyond, key=lambda item: _DELICACY.index(item.kind))
    word = store.word.replace("_", " ")
    sentence = f'data = "{product.data}" is declared, and {store.call.shown}() stores {word} ({store.kind} data)'
    return Contradiction("data", sentence, store.call.path, store.call.line)


def _users(product: Product, context: Context, stakes: Sequence[Stake]) -> Contradiction | None:
    if product.users != "self":
        return None
    stake = next((stake for stake in stakes if stake.kind in ("messages people", "takes or moves money")), None)
    if stake is None:
        return None
    return Contradiction("users", f'users = "self" is declared, and it {stake.kind}', stake.path, stake.line)


def strictest(product: Product | None, found: Sequence[Contradiction]) -> Product | None:
    """What was declared without the keys that the code contradicts: undeclared is read as the strictest."""
    return replace(product, **{item.key: None for item in found}) if product is not None else None


def contradiction_findings(found: Sequence[Contradiction]) -> list[Finding]:
    """One finding for each, of high severity and never scored."""
    return [_finding(item) for item in found]


def _finding(item: Contradiction) -> Finding:
    place = Place(item.path, item.line, 1, item.line, 2, None)
    identity = "\0".join((RULE, item.key, item.path))
    return Finding(
        rule=RULE,
        lens="blindspot",
        severity="high",
        confidence="medium",
        evidence="likely",
        message=item.sentence,
        story=STORY,
        path=item.path,
        line=item.line,
        column=1,
        end_line=item.line,
        end_column=2,
        cell=None,
        function="",
        role="library",
        cause=item.key,
        trace=(),
        features=(),
        points=0.0,
        fingerprint=hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        state=None,
        example=None,
        locations=(place,),
        suppressed=None,
        fix=None,
    )
