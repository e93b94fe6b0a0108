"""How many events of an entry point are served at once, where its framework documents it."""

from typing import TYPE_CHECKING

from durability.program.entrypoints.model import EntryPoint

if TYPE_CHECKING:
    from durability.program.context import Context

_SETTINGS = ("concurrency_limit", "default_concurrency_limit", "num_threads", "threads", "max_workers")
_OWN = {"gradio": "gradio.", "telebot": "telebot.", "http": "http.server."}


def lanes_of(context: "Context", entry: EntryPoint) -> int | None:
    """The documented number of lanes; None where it hangs on how the program is started, or is not known.

    A setting that the program gives itself, anywhere it makes or starts the server, takes the place of the default.
    """
    path, index = entry.registered
    name = context.program.name(path, index) if index >= 0 else ""
    if not name:
        return _of_class(context, entry)
    root = name.partition(".")[0]
    if root not in _OWN:
        return None
    if any(_is_set(context, effect, _OWN[root]) for effect in ("constructs", "serve", "none")):
        return None
    if root == "gradio" and any(context.call(path, index).argument(word) is not None for word in _SETTINGS):
        return None
    return 2 if root == "telebot" else 1


def _of_class(context: "Context", entry: EntryPoint) -> int | None:
    """A handler class of the standard library's server is served one request at a time, unless a mix-in threads it."""
    function = context.program.function(entry.function)
    if not function.owner or not function.name.startswith("do_"):
        return None
    made = context.constructions("http.server.HTTPServer")
    threaded = any(name.endswith("ThreadingHTTPServer") for name in context.calls_by_name)
    return 1 if made and not threaded else None


def _is_set(context: "Context", effect: str, prefix: str) -> bool:
    calls = (call for call in context.calls_by_effect.get(effect, ()) if call.name.startswith(prefix))
    return any(call.argument(word) is not None for call in calls for word in _SETTINGS)
