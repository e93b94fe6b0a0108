"""error-logged-without-trace."""

from durability.api import (
    Bad,
    Good,
    HandlerSite,
    Miss,
    Silent,
    Story,
    Verdict,
    handled,
    handlers,
    rule,
    suggest,
    unhandled,
)

_PLAIN = frozenset({"error", "warning", "critical", "warn", "info", "debug", "print", "log"})


@rule(
    lens="blindspot",
    severity="low",
    confidence="high",
    cwe=[778],
    sources=["Python documentation, logging: exc_info"],
    story=Story(
        demo="A line in the terminal is all it takes.",
        production="The log says that something failed, not where: finding the cause takes hours instead of minutes.",
        trigger="the first failure that nobody was watching",
    ),
    action="Log errors with their trace",
    minutes=(1, 3),
    sites=handlers(),
    examples=[
        Bad(
            "import logging\ndef run():\n    try:\n        work()\n    except Exception as error:  # <-\n        logging.error('failed: %s', error)\n"
        ),
        Bad("def run():\n    try:\n        work()\n    except Exception as error:  # <-\n        print(error)\n"),
        Bad(
            "import logging\nlog = logging.getLogger('exception')\ndef run():\n    try:\n        work()\n    except Exception:  # <-\n        log.error('exception')\n",
            decoy=True,
        ),
        Good(
            "import logging\ndef run():\n    try:\n        work()\n    except Exception:\n        logging.exception('failed')\n"
        ),
        Good(
            "import logging\ndef run():\n    try:\n        work()\n    except Exception:\n        logging.error('failed', exc_info=True)\n"
        ),
        Silent("def run():\n    try:\n        work()\n    except Exception:\n        raise\n"),
        Silent(
            "import logging\ndef run():\n    try:\n        work()\n    except ValueError as error:\n        logging.warning('skipped: %s', error)\n",
            why="a narrow error needs no trace",
        ),
        Silent(
            "import click\n@click.command()\ndef run():\n    try:\n        work()\n    except Exception as error:\n        print(error)\n",
            why="a person at a terminal wants the message",
        ),
        Silent(
            "import streamlit as st\ntry:\n    work()\nexcept Exception as error:\n    st.sidebar.error(f'failed: {error}')\n",
            why="shown on the page, and no line of a log",
        ),
        Silent(
            "from django.contrib import messages\ndef run(request):\n    try:\n        work()\n"
            "    except Exception:\n        messages.error(request, 'failed')\n",
            why="a message for the visitor",
        ),
        Bad(
            "import logging\nimport streamlit as st\ntry:\n    work()\nexcept Exception as error:  # <-\n"
            "    st.error('failed')\n    logging.error('failed: %s', error)\n",
            why="shown, and logged without the trace",
            decoy=True,
        ),
        Miss("def run():\n    try:\n        work()\n    except Exception as error:\n        notify(str(error))\n"),
    ],
)
def error_logged_without_trace(handler: HandlerSite) -> Verdict | None:
    """An unexpected error is written down without the place it came from.

    Only the message is kept, and messages of unexpected errors rarely say much.
    """
    if not handler.broad or handler.reraises or handler.only_loads or handler.for_person:
        return None
    if handler.keeps_trace:
        return handled()
    if not any(call.shown.rsplit(".", 1)[-1] in _PLAIN and not call.on_screen for call in handler.calls):
        return None
    return unhandled(
        "the error is logged without its trace", fix=suggest("use logger.exception(...)"), cause=handler.path
    )
