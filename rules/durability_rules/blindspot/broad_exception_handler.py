"""broad-exception-handler."""

from durability.api import (
    Bad,
    Good,
    HandlerSite,
    Miss,
    Partial,
    Silent,
    Story,
    Verdict,
    handled,
    handlers,
    partial,
    rule,
    suggest,
    unhandled,
)


@rule(
    lens="blindspot",
    severity="medium",
    confidence="high",
    cwe=[396],
    sources=["Yuan et al., Simple Testing Can Prevent Most Critical Failures, OSDI 2014"],
    story=Story(
        demo="Whatever goes wrong, the page still shows something.",
        production="Mistakes in the code look like bad luck with the network: nobody sees them, and they stay for months.",
        trigger="any mistake at all",
    ),
    action="Catch only the errors you expect, and let the others reach one place that reports them",
    minutes=(3, 10),
    sites=handlers(),
    examples=[
        Bad("def load(x):\n    try:\n        return fetch(x)\n    except Exception:  # <-\n        return None\n"),
        Bad("def load(x):\n    try:\n        return fetch(x)\n    except:  # <-\n        print('failed')\n"),
        Bad(
            "import logging\ndef load(x):\n    try:\n        return fetch(x)\n    except Exception as error:  # <-\n"
            "        logging.error('failed %s', error)\n        return []\n",
            why="a log line is not handling: the caller goes on",
            decoy=True,
        ),
        Good("def load(x):\n    try:\n        return fetch(x)\n    except ConnectionError:\n        return None\n"),
        Good(
            "def load(x):\n    try:\n        return fetch(x)\n    except Exception as error:\n        raise LoadError(x) from error\n"
        ),
        Partial(
            "def load(x):\n    try:\n        return fetch(x)\n    except Exception:\n        raise LoadError(x) from None\n"
        ),
        Silent("def load(x):\n    return fetch(x)\n"),
        Miss(
            "def load(x):\n    try:\n        return fetch(x)\n    except (OSError, ValueError, TypeError, KeyError):\n        return None\n"
        ),
    ],
)
def broad_exception_handler(handler: HandlerSite) -> Verdict:
    """Every error is caught, also those that are mistakes in the code.

    The handler catches everything and does not raise, so a wrong name looks the same as a lost connection.
    """
    if not handler.broad or (handler.reraises and not handler.hides_cause):
        return handled()
    advice = suggest("name the errors you expect; let the rest travel")
    if handler.reraises:
        return partial(
            "every error becomes another one", missing="the cause of the error", fix=advice, cause=handler.path
        )
    return unhandled("catches every error and goes on", fix=advice, cause=handler.path)
