"""dataframe-grow-in-loop."""

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
    names_in,
    rule,
    suggest,
    unhandled,
)


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    cwe=[407, 1046],
    sources=["pandas documentation, concat: avoid building a frame row by row"],
    story=Story(
        demo="A hundred rows, no wait at all.",
        production="Each row copies the whole table once more: ten times the data takes a hundred times as long.",
        trigger="the file or the result gets longer",
    ),
    action="Collect the parts in a list and join them once after the loop",
    minutes=(5, 15),
    sites=calls(
        name=(
            "pandas.concat",
            "pandas.DataFrame.append",
            "pandas.DataFrame._append",
            "numpy.append",
            "numpy.concatenate",
            "numpy.vstack",
            "numpy.hstack",
        )
    ),
    examples=[
        Bad("import pandas as pd\ndf = pd.DataFrame()\nfor part in parts:\n    df = pd.concat([df, part])  # <-\n"),
        Bad("import numpy as np\nout = np.array([])\nwhile more():\n    out = np.append(out, read())  # <-\n"),
        Bad(
            "import pandas as pd\nframes = []\ndf = pd.DataFrame()\nfor part in parts:\n    frames.append(part)\n"
            "    df = pd.concat([df, part], ignore_index=True)  # <-\n",
            why="collects the parts and copies the table all the same",
            decoy=True,
        ),
        Good("import pandas as pd\nframes = []\nfor part in parts:\n    frames.append(part)\ndf = pd.concat(frames)\n"),
        Good(
            "import pandas as pd\nfor name in names:\n    df = pd.concat([load(name), extra])\n    save(df)\n",
            why="does not grow",
        ),
        Silent("rows = []\nfor part in parts:\n    rows.append(part)\n"),
        Miss(
            "import pandas as pd\nfor row in rows:\n    df.loc[len(df)] = row\n",
            why="growing by position is not looked at",
        ),
    ],
)
def dataframe_grow_in_loop(call: CallSite) -> Verdict:
    """A table grows inside a loop, and is copied whole each time.

    The work grows with the square of the number of rounds.
    """
    looped = any(loop.kind in ("for", "while") for loop in call.loops)
    given = {name for item in call.arguments for name in names_in(item.value)}
    if looped and given.intersection(call.into):
        return unhandled(
            f"{call.shown}() copies {call.into[0]} in every round", fix=suggest("append to a list, join after the loop")
        )
    return handled()
