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
    if call.only_formatted or call.for_person:
        return None
    return unhandled(
        f"{call.shown}() gives a time without its zone", fix=suggest("use datetime.now(timezone.utc)"), cause=call.path
    )
