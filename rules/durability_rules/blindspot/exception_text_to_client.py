"""exception-text-to-client."""

from durability.api import (
    Ask,
    Bad,
    Good,
    HandlerSite,
    Miss,
    Silent,
    Story,
    Value,
    Verdict,
    handled,
    handlers,
    harmless,
    rule,
    suggest,
    unhandled,
)

ROUTE = "from fastapi import FastAPI, HTTPException\napp = FastAPI()\n"


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[209],
    sources=["OWASP, Improper Error Handling"],
    story=Story(
        demo="The error text helps whoever tries it out.",
        production="Visitors read what is meant for engineers: names of machines and tables, sometimes other people's data.",
        trigger="any error",
    ),
    action="Tell visitors that it failed, and keep the details in the log",
    minutes=(3, 10),
    sites=handlers(roles=("route",)),
    examples=[
        Bad(
            ROUTE
            + "@app.get('/')\ndef home():\n    try:\n        return work()\n    except Exception as error:  # <-\n        raise HTTPException(500, detail=str(error))\n"
        ),
        Bad(
            ROUTE
            + "@app.get('/')\ndef home():\n    try:\n        return work()\n    except Exception as error:  # <-\n        return {'error': f'failed: {error}'}\n"
        ),
        Bad(
            ROUTE
            + "import logging\n@app.get('/')\ndef home():\n    try:\n        return work()\n    except Exception as error:  # <-\n        logging.exception('failed')\n        return {'error': repr(error)}\n",
            why="logged and shown all the same",
            decoy=True,
        ),
        Good(
            "from fastapi import FastAPI, HTTPException\napp = FastAPI()\n@app.get('/')\ndef f():\n    try:\n        g()\n"
            "    except Exception as e:\n        if isinstance(e, HTTPException):\n            raise e\n"
            "        raise HTTPException(500, detail='failed')\n",
            why="an answer that goes on, and a fixed text",
        ),
        Good(
            ROUTE
            + "import logging\n@app.get('/')\ndef home():\n    try:\n        return work()\n    except Exception as error:\n        logging.exception('failed')\n        raise HTTPException(500, detail='not available')\n"
        ),
        Good(
            ROUTE
            + "@app.get('/')\ndef home():\n    try:\n        return work()\n    except OSError:\n        return {'error': 'try again later'}\n"
        ),
        Silent(
            "def home():\n    try:\n        return work()\n    except Exception as error:\n        return str(error)\n",
            why="no visitor sees it",
        ),
        Miss(
            ROUTE
            + "import traceback\n@app.get('/')\ndef home():\n    try:\n        return work()\n    except OSError:\n        return traceback.format_exc()\n"
        ),
    ],
)
def exception_text_to_client(handler: HandlerSite, ask: Ask) -> Verdict | None:
    """The text of an error is sent to whoever asked.

    It was written for engineers, and says more than a visitor should know.
    """
    if not handler.exits:
        return None
    answers = handler.answers if ask.is_entry(handler) else handler.raised_answers
    if not answers:
        return None
    if handler.broad and handler.name and any(_shows(value, handler.name, handler) for value in answers):
        return unhandled(
            "the error's text goes into the answer",
            fix=suggest("answer with a fixed text and log the error"),
            cause=handler.path,
        )
    return handled() if handler.broad else harmless()


def _shows(value: Value | None, name: str, handler: HandlerSite) -> bool:
    if value is None:
        return False
    if value.kind == "call" and value.call >= 0:
        call = handler.context.call(handler.path, value.call)
        return any(_shows(item.value, name, handler) for item in call.arguments)
    if value.kind == "name":
        return value.text == name
    return any(_shows(part, name, handler) for part in value.parts)
