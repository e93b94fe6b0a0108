"""giant-try."""

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


def _lines(count: int) -> str:
    return "".join(f"        x = step{number}(x)\n" for number in range(count))


@rule(
    lens="scale",
    severity="low",
    confidence="high",
    cwe=[396],
    sources=["PEP 8, Programming Recommendations: limit the try clause"],
    story=Story(
        demo="One net under everything.",
        production="When a step in the middle fails, the steps before it are done and the ones after it are not, and nothing tells which.",
        trigger="a failure half-way",
    ),
    action="Put only the call that can fail into the try",
    minutes=(5, 15),
    sites=handlers(),
    examples=[
        Bad("def run(x):\n    try:\n" + _lines(13) + "    except OSError:  # <-\n        return None\n"),
        Bad("try:\n" + _lines(20).replace("        ", "    ") + "except Exception:  # <-\n    pass\n"),
        Bad(
            "def run(x):\n    try:\n"
            + _lines(13)
            + "    except OSError as error:  # <-\n        raise RunError('step 3') from error\n",
            why="names a step without knowing which",
            decoy=True,
        ),
        Good("def run(x):\n    try:\n        x = step(x)\n    except OSError:\n        return None\n"),
        Partial("def run(x):\n    try:\n" + _lines(8) + "    except OSError:\n        return None\n"),
        Silent("def run(x):\n    return step(x)\n"),
        Miss("with suppress(OSError):\n" + _lines(13).replace("        ", "    ")),
    ],
)
def giant_try(handler: HandlerSite) -> Verdict:
    """One handler guards many steps.

    It cannot know which of them failed, so it cannot undo what was done before.
    """
    size = handler.guarded_statements
    if size > 12:
        return unhandled(
            f"one handler guards {size} statements", fix=suggest("guard the call that can fail"), cause=handler.path
        )
    if size > 5:
        return partial(f"one handler guards {size} statements", missing="which step failed", cause=handler.path)
    return handled()
