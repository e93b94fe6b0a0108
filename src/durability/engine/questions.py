"""What no tool can judge and somebody must decide: rows of trigger, sentence, and who can answer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from durability.config import Answered
from durability.engine.stakes import is_reply
from durability.model import Answer, Because, Question, Stake
from durability.program.context import Context
from durability.program.doing.personal import personal_stores
from durability.program.sequences.pickup import comes_back
from durability.program.sites import CallSite

_SERVED = frozenset({"route", "ui", "bot", "worker", "tool"})
_ASKED = frozenset({"route", "ui", "bot"})
_LEAVING = frozenset({"unsubscribe", "opt_out", "optout", "unsub", "mute", "stop"})
MOST = 5
"""Questions that are asked at once: more are not answered."""

Trigger = Callable[["Grounds"], list[Because]]


class Grounds:
    """What questions are raised by: the program and its stakes."""

    def __init__(self, context: Context, stakes: Sequence[Stake]) -> None:
        self.context = context
        self.stakes = {stake.kind: stake for stake in stakes}

    def served(self, *effects: str) -> list[CallSite]:
        """The calls with one of these effects that people or schedules reach, in order of file and line."""
        found = [call for effect in effects for call in self.context.stated.get(effect, ())]
        reached = (call for call in found if call.reach.roles & _SERVED and call.reach.entries)
        return sorted(reached, key=lambda call: (call.path, call.span))

    def has(self, *effects: str) -> bool:
        """Whether the program has any call with one of these effects."""
        return any(self.context.stated.get(effect) for effect in effects)


class QuestionRow(Struct, frozen=True):
    """One question: what raises it, what is asked, who can answer, and the stake that makes it pressing."""

    id: str
    asks: str
    who: str
    stake: str
    trigger: Trigger


def _noted(calls: Iterable[CallSite], note: str) -> list[Because]:
    first: dict[tuple[str, str], Because] = {}
    for call in calls:
        first.setdefault((call.path, call.function.qualname), Because(call.path, call.line, note.format(call.shown)))
    return list(first.values())[:3]


def _never_refunded(grounds: Grounds) -> list[Because]:
    taken = grounds.served("charge")
    return [] if grounds.has("refund") else _noted(taken, "{}() takes or moves money")


def _kept_for_ever(grounds: Grounds) -> list[Because]:
    if "deletes stored records" in grounds.stakes:
        return []
    stores = [store for store in personal_stores(grounds.context) if store.call.reach.roles & _SERVED]
    stores.sort(key=lambda store: (store.call.path, store.call.span))
    return [Because(item.call.path, item.call.line, f"stores {item.word.replace('_', ' ')}") for item in stores[:3]]


def _messages(grounds: Grounds) -> list[Because]:
    sent = [call for call in grounds.served("message") if not is_reply(call)]
    names = {entry.name.lower() for entry in grounds.context.entries}
    if any(word in name for name in names for word in _LEAVING):
        return []
    return _noted(sent, "{}() sends something to a person")


def _model_answers(grounds: Grounds) -> list[Because]:
    asked = [call for call in grounds.served("llm") if call.reach.roles & _ASKED]
    return _noted(asked, "{}() answers with what a model wrote")


def _spending(grounds: Grounds) -> list[Because]:
    if grounds.has("limit"):
        return []
    return _noted((call for call in grounds.served("llm") if call.reach.roles & _ASKED), "{}() costs money each time")


def _missed_runs(grounds: Grounds) -> list[Because]:
    found = []
    for entry in grounds.context.entries:
        if entry.role != "worker" or not comes_back(grounds.context, entry):
            continue
        items = grounds.context.sequences.of(entry.function)
        lasting = [effect for item in items for effect in item.events if effect.kind not in ("start", "file")]
        if lasting:
            line = grounds.context.program.function(entry.function).span[0]
            found.append(Because(entry.function[0], line, f"{entry.name} runs by itself and changes something"))
    return found[:3]


def _deleted(grounds: Grounds) -> list[Because]:
    stake = grounds.stakes.get("deletes stored records")
    return [Because(stake.path, stake.line, "deletes stored records")] if stake is not None else []


def _outage(grounds: Grounds) -> list[Because]:
    calls = [call for call in grounds.served("http") if call.reach.roles & _ASKED]
    return _noted(calls, "{}() waits for another service")


ROWS = (
    QuestionRow(
        "who-refunds",
        "Money is taken here and nothing ever gives it back: who does, and how?",
        "whoever answers to the customers",
        "takes or moves money",
        _never_refunded,
    ),
    QuestionRow(
        "how-long-kept",
        "What belongs to people is stored and nothing ever deletes it: how long may it be kept, and who deletes it "
        "when somebody asks?",
        "whoever answers for data protection",
        "stores personal data",
        _kept_for_ever,
    ),
    QuestionRow(
        "who-may-delete",
        "Records are deleted for good: who may do that, and how does a record come back that should have stayed?",
        "whoever owns the data",
        "deletes stored records",
        _deleted,
    ),
    QuestionRow(
        "who-is-written-to",
        "People are sent messages: who may be written to, and how do they make it stop?",
        "whoever owns the product",
        "messages people",
        _messages,
    ),
    QuestionRow(
        "wrong-answers",
        "People are shown what a model wrote: what must it never tell them, and who looks at what it said?",
        "whoever owns the product",
        "lets a model act",
        _model_answers,
    ),
    QuestionRow(
        "what-may-it-cost",
        "Each use costs money at the model's provider: how much may one day cost, who sees it, and what happens then?",
        "whoever pays the bill",
        "",
        _spending,
    ),
    QuestionRow(
        "missed-runs",
        "Something runs by itself and changes things: what should happen when a run is missed, or two run at once?",
        "whoever runs it",
        "",
        _missed_runs,
    ),
    QuestionRow(
        "when-the-other-is-away",
        "Another service is asked while a person waits: what should the person see when it does not answer?",
        "whoever owns the product",
        "",
        _outage,
    ),
)


def questions_of(
    context: Context, stakes: Sequence[Stake], answers: Sequence[Answered], today: str
) -> tuple[Question, ...]:
    """The questions that this program raises, those with stakes first, at most five open ones.

    An answer that expired before `today` (ISO date) is open again.
    """
    given = {item.question: item for item in answers if not today or item.expires >= date.fromisoformat(today)}
    grounds = Grounds(context, stakes)
    raised = [(row, because) for row in ROWS if (because := row.trigger(grounds))]
    raised.sort(key=lambda pair: pair[0].stake not in grounds.stakes)
    found = [_question(row, because, given) for row, because in raised]
    still_open = [question for question in found if question.answer is None][:MOST]
    return tuple(question for question in found if question.answer is not None or question in still_open)


def unanswered(
    context: Context, stakes: Sequence[Stake], answers: Sequence[Answered], today: str
) -> tuple[Question, ...]:
    """The open questions about what is at stake."""
    grounds = Grounds(context, stakes)
    about = {row.id for row in ROWS if row.stake in grounds.stakes}
    asked = questions_of(context, stakes, answers, today)
    return tuple(question for question in asked if question.answer is None and question.id in about)


def _question(row: QuestionRow, because: list[Because], given: Mapping[str, Answered]) -> Question:
    answer = given.get(row.id)
    said = Answer(answer.text, answer.owner, answer.expires.isoformat()) if answer is not None else None
    return Question(row.id, row.asks, tuple(because), row.who, said)
