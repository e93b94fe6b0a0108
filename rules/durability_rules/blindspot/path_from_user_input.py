"""path-from-user-input."""

from durability.api import (
    SERVING,
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Unclear,
    Verdict,
    calls,
    handled,
    rule,
    suggest,
    unhandled,
)

API = "from fastapi import FastAPI, HTTPException, UploadFile\nfrom pathlib import Path\nimport os\napp = FastAPI()\n"


@rule(
    lens="blindspot",
    severity="high",
    confidence="high",
    cwe=[22, 434],
    sources=["OWASP Top 10, Broken Access Control", "CWE-22"],
    story=Story(
        demo="People upload a file called report.pdf.",
        production="Somebody sends a file name with `../` in it, and reads or replaces a file that was never meant for them.",
        trigger="somebody sends a name that leads elsewhere",
    ),
    action="Choose the file name yourself, or keep only its last part and check that it stays in the folder",
    minutes=(5, 20),
    sites=calls(effect=("file.open", "file.read", "file.write", "file.delete", "none"), roles=SERVING),
    examples=[
        Bad(
            API + "@app.post('/up')\nasync def up(file: UploadFile):\n    target = Path('uploads') / file.filename\n"
            "    with open(target, 'wb') as out:  # <-\n        out.write(await file.read())\n    return {}\n"
        ),
        Bad(
            API + "@app.post('/up')\nasync def up(file: UploadFile):\n    ext = os.path.splitext(file.filename)[1]\n"
            "    if ext not in ('.pdf', '.txt'):\n        raise HTTPException(400)\n"
            "    with open(os.path.join('uploads', file.filename), 'wb') as out:  # <-\n"
            "        out.write(await file.read())\n    return {}\n",
            why="an allowed ending says nothing of the folder",
            decoy=True,
        ),
        Bad(
            {
                "app.py": "from fastapi import FastAPI\nimport store as st\napp = FastAPI()\n@app.get('/doc')\n"
                "def doc(name: str):\n    return st.load(name)\n",
                "store.py": "import os\ndef load(name):\n    with open(os.path.join('docs', name)) as f:  # <-\n"
                "        return f.read()\n",
            }
        ),
        Bad(
            {
                "app.py": "from flask import Flask, request\nfrom files import Store\napp = Flask(__name__)\nstore = Store()\n"
                "@app.route('/doc')\ndef doc():\n    return store.load(request.args['name'])\n",
                "files/__init__.py": "from .disk import Store\n",
                "files/disk.py": "from pathlib import Path\nfrom .names import place\nclass Store:\n    def load(self, name):\n"
                "        return Path(place(name)).read_text()  # <-\n",
                "files/names.py": "def place(name):\n    return 'docs/' + name.strip()\n",
            }
        ),
        Good(
            API + "@app.post('/up')\nasync def up(file: UploadFile):\n"
            "    with open(os.path.join('uploads', os.path.basename(file.filename)), 'wb') as out:\n"
            "        out.write(await file.read())\n    return {}\n"
        ),
        Good(
            API + "ROOT = Path('docs').resolve()\n@app.get('/doc')\ndef doc(name: str):\n"
            "    target = (ROOT / name).resolve()\n    if not target.is_relative_to(ROOT):\n"
            "        raise HTTPException(404)\n    return target.read_text()\n"
        ),
        Good(
            {
                "app.py": "from flask import Flask, request\nfrom names import place\napp = Flask(__name__)\n"
                "@app.route('/doc')\ndef doc():\n    with open(place(request.args['name'])) as f:\n        return f.read()\n",
                "names.py": "from werkzeug.utils import secure_filename\ndef place(name):\n"
                "    return 'docs/' + secure_filename(name)\n",
            },
            why="cleaned in the other file",
        ),
        Good(
            API + "DOCS = {'terms', 'help'}\n@app.get('/doc')\ndef doc(name: str):\n    if name not in DOCS:\n"
            "        raise HTTPException(404)\n    with open(f'docs/{name}.md') as f:\n        return f.read()\n"
        ),
        Unclear(
            API + "@app.get('/doc')\ndef doc(name: str):\n    if not is_safe(name):\n        raise HTTPException(404)\n"
            "    with open('docs/' + name) as f:\n        return f.read()\n"
        ),
        Silent("def load(name):\n    return database.open(name)\n"),
        Miss(
            API + "seen = {}\n@app.post('/name')\ndef keep(name: str):\n    seen['last'] = name\n    return {}\n"
            "@app.get('/doc')\ndef doc():\n    with open(seen['last']) as f:\n        return f.read()\n",
            why="kept in a table between two requests",
        ),
    ],
)
def path_from_user_input(call: CallSite, ask: Ask) -> Verdict | None:
    """What a visitor sent decides which file is read or written.

    A name from outside becomes part of a path, and nothing keeps the path inside its folder.
    """
    if ask.sink(call) != "path":
        return None
    found = ask.flow(call, "external")
    failing = unhandled(
        f"{call.shown}() is given a path made from input",
        fix=suggest("keep only the last part of the name, or make a name of your own"),
        cause=found.source,
    )
    return found.raw.judge(yes=failing, no=handled())
