"""framework-implied-dependency."""

from durability.api import (
    Ask,
    Bad,
    Good,
    ImpliedSite,
    Miss,
    Silent,
    Story,
    Verdict,
    harmless,
    implied,
    rule,
    suggest,
    unhandled,
)


@rule(
    lens="time",
    severity="high",
    confidence="high",
    cwe=[1357],
    sources=["FastAPI documentation, Form Data", "pandas documentation, Optional dependencies"],
    story=Story(
        demo="It was installed by hand once, and works ever since.",
        production="On a fresh machine the product does not start, or the feature fails at its first use.",
        trigger="the first installation anywhere else",
    ),
    action="List the packages that a framework needs for what you use of it",
    minutes=(2, 5),
    sites=implied(),
    examples=[
        Bad(
            {
                "app.py": "from fastapi import FastAPI, UploadFile\napp = FastAPI()\n@app.post('/')\ndef up(file: UploadFile):  # <-\n    return file.filename\n",
                "requirements.txt": "fastapi\nuvicorn\n",
            }
        ),
        Bad(
            {
                "app.py": "import pandas as pd\ndef load():\n    return pd.read_excel('a.xlsx')  # <-\n",
                "requirements.txt": "pandas\n",
            }
        ),
        Bad(
            {
                "app.py": "from fastapi import FastAPI, Form\napp = FastAPI()\n@app.post('/')\ndef up(name: str = Form()):  # <-\n    return name\n",
                "requirements.txt": "fastapi\n# needs python-multipart\n",
            },
            decoy=True,
        ),
        Good(
            {
                "app.py": "from fastapi import FastAPI, UploadFile\napp = FastAPI()\n@app.post('/')\ndef up(file: UploadFile):\n    return file.filename\n",
                "requirements.txt": "fastapi\npython-multipart\n",
            }
        ),
        Good(
            {
                "app.py": "from fastapi import FastAPI, UploadFile\napp = FastAPI()\n@app.post('/')\ndef up(file: UploadFile):\n    return file.filename\n",
                "requirements.txt": "fastapi[standard]\n",
            }
        ),
        Good(
            {
                "app.py": "import jwt\ndef sign(key):\n    return jwt.encode({}, key, algorithm='RS256')\n",
                "requirements.txt": "PyJWT[crypto]\n",
            },
            why="an extra of a distribution, however it is spelt",
        ),
        Silent({"app.py": "from fastapi import FastAPI\napp = FastAPI()\n", "requirements.txt": "fastapi\n"}),
        Miss(
            {
                "app.py": "import pandas\nreader = getattr(pandas, 'read_excel')\nreader('a.xlsx')\n",
                "requirements.txt": "pandas\n",
            }
        ),
    ],
)
def framework_implied_dependency(site: ImpliedSite, ask: Ask) -> Verdict | None:
    """Something the code uses needs a package that nobody imports, so nobody listed it.

    The framework asks for it when it starts or when the feature is first used.
    """
    if not ask.manifests.versions or not ask.admits(site.row.package, site.row.versions):
        return None
    if set(ask.distributions_of(site.row.name)) & set(site.row.needs):
        return None  # imported, and judged as such
    if ask.declares(site.row.needs):
        return harmless()
    names = " or ".join(site.row.needs)
    return unhandled(
        f"{site.row.name} needs {names}, which is not declared",
        fix=suggest(f"add {site.row.needs[0]} to the requirements"),
    )
