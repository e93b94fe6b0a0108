"""naive-datetime."""

from durability.api import (
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    calls,
    handled,
    rule,
    suggest,
    unhandled,
)

NOW = (
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.fromtimestamp",
    "datetime.datetime.utcfromtimestamp",
    "datetime.datetime.today",
    "django.utils.timezone.now",
)
_WRITTEN = (".isoformat", ".timestamp")


@rule(
    lens="blindspot",
    severity="low",
    confidence="high",
    sources=["Python documentation, datetime: aware and naive objects"],
    story=Story(
        demo="Everybody is in the same room.",
        production="On a server in another time zone reminders come hours late, and days begin at the wrong moment.",
        trigger="a server or a user in another time zone",
    ),
    action="Say which time zone a time is in",
    minutes=(1, 3),
    sites=calls(name=NOW),
    examples=[
        Bad("from datetime import datetime\ndef add():\n    return datetime.now()  # <-"),
        Bad("import datetime\ndef add():\n    return datetime.datetime.utcnow()  # <-"),
        Bad(
            "from datetime import datetime, timezone\nZONE = timezone.utc\ndef add():\n    return datetime.now()  # <-",
            decoy=True,
            why="the zone is not passed",
        ),
        Good("from datetime import datetime, timezone\ncreated = datetime.now(timezone.utc)"),
        Good("from datetime import UTC, datetime\ncreated = datetime.now(tz=UTC)"),
        Silent(
            "from datetime import datetime\ndef run():\n    start = datetime.now()\n    work()\n    return (datetime.now() - start).seconds\n",
            why="only the time between the two counts",
        ),
        Silent("import time\nstart = time.monotonic()"),
        Silent("from datetime import datetime\nname = datetime.now().strftime('%H%M')", why="only shown"),
        Silent("from datetime import datetime\nprint(datetime.now())", why="a person at a terminal, in one place"),
        Miss("from dateutil.parser import parse\nwhen = parse(text)"),
    ],
)
def naive_datetime(call: CallSite) -> Verdict | None:
    """A time is taken without its time zone.

    It means another moment on every machine, and cannot be compared with times that have one.
    """
    last = call.name.rsplit(".", 1)[-1]
    if call.name.startswith("django"):
        return handled()
    position = 1 if "timestamp" in last else 0
    if last in ("now", "fromtimestamp") and (call.argument("tz", position) is not None or call.has_unpacked):
        return handled()
    if call.only_formatted or call.for_person or not _leaves(call):
        return None
    return unhandled(
        f"{call.shown}() gives a time without its zone", fix=suggest("use datetime.now(timezone.utc)"), cause=call.path
    )


def _leaves(call: CallSite) -> bool:
    """Whether the time goes where another machine may read it: returned, passed on, stored, or written as text."""
    if call.used in ("returned", "passed"):
        return True
    if any("." in name and not name.startswith("self.") for name in call.into):
        return True
    return any(
        other.fact.receiver is not None
        and other.fact.receiver.kind == "call"
        and other.fact.receiver.call == call.index
        and other.shown.endswith(_WRITTEN)
        for other in call.calls_here()
    )
