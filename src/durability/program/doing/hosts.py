"""What a plain web request means, as its address says: a model is paid, somebody is written to, money moves."""

from typing import TYPE_CHECKING

from durability.facts.model import Value
from durability.program.links.graph import FunctionKey

if TYPE_CHECKING:
    from durability.program.context import Context
    from durability.program.sites import CallSite

_PLAIN = ("requests", "httpx", "aiohttp", "urllib", "urllib3")
"""Clients for any address."""

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_URL_ARGUMENTS = ("url", "fullurl")
_REQUESTS = ("urllib.request.Request", "requests.Request", "httpx.Request")


def meant(context: "Context", call: "CallSite") -> str:
    """The effect of a request to a known address; "" for any other call."""
    if call.library.effect != "http" or call.name.partition(".")[0] not in _PLAIN:
        return ""
    method = _method(context, call)
    for address in addresses(context, call):
        host = context.program.library.host(address, method)
        if host is not None:
            return host.effect
    return ""


def _method(context: "Context", call: "CallSite") -> str:
    last = call.name.rsplit(".", 1)[-1].upper()
    if last in _METHODS:
        return last
    given = context.bindings.text(call.argument("method", 0), call.key) or ""
    return given.upper() if given.upper() in _METHODS else ""


def addresses(context: "Context", call: "CallSite") -> list[str]:
    """The address as far as it is known, under the base address of the client where it has one."""
    given = [call.argument(name) for name in _URL_ARGUMENTS]
    given += [item.value for item in call.arguments if item.keyword == ""][:2]
    found = [text for value in given if value is not None and (text := _address(context, value, call.key))]
    bases = [
        text
        for maker in context.makers(call)
        if (text := context.bindings.text(maker.argument("base_url"), maker.key) or "")
    ]
    return found + [f"{base.rstrip('/')}/{text.lstrip('/')}" for base in bases for text in found]


def _address(context: "Context", value: Value, key: FunctionKey) -> str:
    text = context.bindings.text(value, key)
    if text is not None:
        return text
    for end, where in context.bindings.ends(value, key):
        if end.kind == "call" and end.call >= 0 and context.program.name(where[0], end.call) in _REQUESTS:
            request = context.call(where[0], end.call)
            return context.bindings.text(request.argument("url", 0), where) or ""
    return ""
