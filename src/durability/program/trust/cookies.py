"""What a browser shows by itself of who somebody is: cookies, sessions and passwords that the browser keeps."""

import re
from typing import TYPE_CHECKING

from durability.model import Step
from durability.program.links.spelling import plain_name

if TYPE_CHECKING:
    from durability.program.context import Context

_KEPT = re.compile(
    r"^(?:(?:flask|quart)\.session|(?:starlette|fastapi)\.middleware\.sessions(?:\.\w+)?|fastapi(?:\.params?)?\.Cookie"
    r"|fastapi\.security(?:\.\w+)?\.(?:APIKeyCookie|HTTPBasic)|fastapi_users\.authentication(?:\.\w+)*\.CookieTransport"
    r"|(?:flask_login|flask_session|flask_httpauth|flask_security|fastapi_login|fastapi_sessions|starlette_session"
    r"|starsessions|starlette_login|aiohttp_session|aiohttp_security|authlib\.integrations|django\.contrib"
    r"|beaker|pyramid\.session|tornado\.web)(?:\.\w+)*)$"
)
"""What gives cookies a meaning, by the name it is imported or called under."""
_SETTING = re.compile(r"(?:^|\.)(?:set_(?:signed_|secure_)?cookie|set_(?:access|refresh)_cookies)$")
_READING = re.compile(
    r"(?:^|\.)(?:\w*req\w*|ws|websocket|conn\w*)\.(?:cookies|COOKIES|session)(?:\.|$)|(?:^|\.)get_signed_cookie$"
)


def cookies_of(context: "Context") -> Step | None:
    """Where first-party code first sets or reads what a browser sends along by itself; None where it never does."""
    for path in context.judged_paths():
        facts = context.program.files[path]
        lines = [item.span[0] for item in facts.imports if _KEPT.match(item.path)]
        for index, call in enumerate(facts.calls):
            named = _KEPT.match(context.program.name(path, index))
            if named or _SETTING.search(call.target) or _READING.search(call.target):
                lines.append(call.span[0])
        lines += [item.span[0] for item in facts.functions if any(_READING.search(read) for read in item.reads)]
        for bound in facts.assigns:
            target = bound.target
            value = bound.value
            if target.kind == "item" and len(target.parts) == 2 and target.parts[1].text.lower() == "set-cookie":
                lines.append(bound.span[0])
            if value is not None and _READING.search(plain_name(value)):
                lines.append(bound.span[0])
        if lines:
            return Step(path, min(lines), "a browser sends along by itself what is set or read here")
    return None
