"""silent-stand-in."""

from durability.api import (
    Ask,
    Bad,
    Good,
    Miss,
    Silent,
    StandInSite,
    Story,
    Verdict,
    handled,
    rule,
    stand_ins,
    suggest,
    unhandled,
)

_APP = "import os\nimport requests\nfrom flask import Flask\napp = Flask(__name__)\n"
_ROWS = "[{'city': 'Oslo', 'price': 120}, {'city': 'Rome', 'price': 90}]"
_PRICES = (
    "KEY = os.getenv('PRICE_KEY')\ndef prices():\n    if not KEY:\n        {}\n"
    "    return requests.get('https://p.example', headers={{'key': KEY}}, timeout=5).json()\n"
    "@app.get('/')\ndef home():\n    return {{'prices': prices()}}\n"
)
_MAILER = (
    "import requests\nclass Mailer:\n    def send(self, to):\n        requests.post('https://mail.example', json={'to': to}, timeout=5)\n"
    "class FakeMailer:\n    def send(self, to):\n        return True\n"
)


@rule(
    lens="blindspot",
    severity="high",
    confidence="high",
    cwe=[636, 1188],
    sources=["CWE-1188: Initialization of a Resource with an Insecure Default", "CWE-636: Not Failing Securely"],
    story=Story(
        demo="There is always something to show, with or without the real service.",
        production="People read made-up data, or believe that something was done, and nothing on the screen tells them that it was not real.",
        trigger="a setting is missing or the real service fails",
    ),
    action="Refuse to start without what is needed, or say in the answer that it is not real",
    minutes=(10, 40),
    sites=stand_ins(),
    examples=[
        Bad(
            _APP + _PRICES.format(f"return {_ROWS}  # <-"),
            why="without the key everybody sees two invented prices",
        ),
        Bad(
            _APP + _PRICES.format(f"print('no key, using samples')\n        return {_ROWS}  # <-"),
            why="nobody who looks at the page reads what is printed",
            decoy=True,
        ),
        Bad(
            _APP + _PRICES.format('return \'{"city": "Oslo", "price": 120}\'  # <-'),
            why="the invented answer is written as JSON",
        ),
        Bad(
            _APP + "@app.get('/')\ndef home():\n    price_usd = 0.0\n    try:\n"
            "        price_usd = float(requests.get('https://p.example', timeout=5).text)\n    except Exception:\n"
            "        price_usd = 150.0  # <-\n    return {'worth': 3 * price_usd}\n",
            why="a number that nobody asked for is shown as the price",
        ),
        Bad(
            _APP + "def verify(text):\n    try:\n"
            "        return requests.post('https://c.example', json={'text': text}, timeout=5).json()\n    except Exception:\n"
            "        return {'is_grounded': True, 'claims': []}  # <-\n"
            "@app.get('/')\ndef home(text: str):\n    return {'text': text, 'checked': verify(text)['is_grounded']}\n",
            why="what could not be checked is said to be checked",
        ),
        Good(
            _APP + "def verify(text):\n    try:\n"
            "        return requests.post('https://c.example', json={'text': text}, timeout=5).json()\n    except Exception:\n"
            "        return {'is_grounded': True, 'reason': 'not checked'}\n"
            "@app.get('/')\ndef home(text: str):\n    return verify(text)\n",
            why="the answer says that nothing was checked",
        ),
        Silent(
            _APP + "def check_rate_limit(who):\n    try:\n"
            "        return requests.get('https://l.example', timeout=5).json()\n    except Exception:\n        return True\n"
            "@app.get('/')\ndef home(who: str):\n    return {'ok': check_rate_limit(who)}\n",
            why="a limit that fails open keeps people served",
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nimport mailing as m\napp = Flask(__name__)\n@app.post('/join')\n"
                "def join():\n    m.mailer.send('a@b.example')\n    return 'sent'\n",
                "mailing.py": "import os\nfrom mailers import FakeMailer, Mailer\nif os.getenv('MAIL_URL'):\n    mailer = Mailer()\n"
                "else:\n    mailer = FakeMailer()  # <-\n",
                "mailers.py": _MAILER,
            },
            why="the class that sends nothing stands in another file",
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nfrom shop import load as prices\napp = Flask(__name__)\n@app.get('/')\n"
                "def home():\n    return {'prices': prices()}\n",
                "shop/__init__.py": "from .prices import load\n",
                "shop/prices.py": "import logging\nimport requests\ndef load():\n    try:\n"
                "        return requests.get('https://p.example', timeout=5).json()\n    except Exception:\n"
                f"        logging.exception('no prices')\n        return {_ROWS}  # <-\n",
            },
            why="a log line tells the operator, and not who reads the prices",
            decoy=True,
        ),
        Bad(
            _APP + "KEY = os.getenv('PRICE_KEY')\n"
            "class Prices:\n    def load(self):\n        return requests.get('https://p.example', timeout=5).json()\n"
            "class MockPrices:\n    def load(self):\n        return [1, 2]\n"
            "prices = Prices() if KEY else MockPrices()  # <-\n@app.get('/')\ndef home():\n    return {'prices': prices.load()}\n"
        ),
        Bad(
            _APP + _PRICES.format("print('no key')\n        return []  # <-"),
            why="without the key it looks as if there were no prices",
            decoy=True,
        ),
        Bad(
            _APP
            + "SECRET = os.getenv('HOOK_SECRET')\ndef is_valid(sent):\n    if not SECRET:\n        return True  # <-\n"
            "    return sent == SECRET\n@app.post('/hook/<sent>')\ndef hook(sent):\n    if not is_valid(sent):\n        return '', 403\n"
            "    return 'ok'\n",
            why="without the secret everybody passes the check",
        ),
        Bad(
            {
                "app.py": "from flask import Flask\nfrom stores import make\napp = Flask(__name__)\nstore = make()\n"
                "@app.post('/orders')\ndef order():\n    store.save({'n': 1})\n    return 'saved'\n",
                "stores.py": "import os\nimport psycopg2\nclass Table:\n    def __init__(self, url):\n"
                "        self.db = psycopg2.connect(url)\n    def save(self, row):\n"
                "        self.db.cursor().execute('INSERT INTO orders VALUES (%s)', (row['n'],))\n        self.db.commit()\n"
                "class MemoryTable:\n    def __init__(self):\n        self.rows = []\n    def save(self, row):\n"
                "        self.rows.append(row)\ndef make():\n    url = os.getenv('DATABASE_URL')\n    if url:\n"
                "        return Table(url)\n    return MemoryTable()  # <-\n",
            },
            why="without the address of the database orders are kept in memory",
        ),
        Bad(
            {
                "app.py": "from flask import Flask, request\nfrom post import Post\napp = Flask(__name__)\npost = Post()\n"
                "@app.post('/join')\ndef join():\n    post.send(request.json['mail'], 'Welcome')\n    return 'sent'\n",
                "post.py": "import logging\nimport os\nimport smtplib\nclass Post:\n    def __init__(self):\n"
                "        self.host = os.getenv('SMTP_HOST')\n        self.on = bool(self.host)\n    def send(self, to, text):\n"
                "        if not self.on:\n            logging.info('mail is off')\n            return  # <-\n"
                "        with smtplib.SMTP(self.host, timeout=9) as server:\n            server.sendmail('a@b.example', to, text)\n",
            },
            why="the caller says that it is sent; only the log says that it is not",
            decoy=True,
        ),
        Good(
            _APP + _PRICES.format(f"return {{'notice': 'sample prices', 'rows': {_ROWS}}}"),
            why="the answer says that it is not real",
        ),
        Good(
            _APP
            + "KEY = os.getenv('PRICE_KEY')\nif not KEY:\n    raise RuntimeError('PRICE_KEY is missing')\n"
            + _PRICES.format(f"return {_ROWS}").partition("\n")[2],
            why="it does not start without the key",
        ),
        Good(
            {
                "app.py": "import start\n" + _APP + _PRICES.format(f"return {_ROWS}"),
                "start.py": "import os\nimport sys\nif not os.getenv('PRICE_KEY'):\n    sys.exit('PRICE_KEY is missing')\n",
            },
            why="another file ends the start without the key",
        ),
        Good(
            _APP
            + "SAMPLES = os.getenv('USE_SAMPLES', 'false').lower() == 'true'\n@app.get('/')\ndef home():\n    if SAMPLES:\n"
            f"        return {_ROWS}\n    return requests.get('https://p.example', timeout=5).json()\n",
            why="somebody has to ask for samples",
        ),
        Silent(
            _APP + "@app.get('/')\ndef home():\n    return requests.get('https://p.example', timeout=5).json()\n",
            why="nothing stands in",
        ),
        Silent(
            "import os\nimport requests\nif not os.getenv('KEY'):\n    rows = [{'city': 'Oslo', 'price': 120}]\n"
            "else:\n    rows = requests.get('https://p.example', timeout=5).json()\nprint(rows)\n",
            why="a script of its own",
        ),
        Miss(
            _APP
            + "def load():\n    return requests.get('https://p.example', timeout=5).json()\ndef rough():\n    return 7 * 3\n"
            "@app.get('/')\ndef home():\n    try:\n        return str(load())\n    except Exception:\n        return str(rough())\n",
            why="a number that is computed some other way",
        ),
    ],
)
def silent_stand_in(site: StandInSite, ask: Ask) -> Verdict:
    """Something made up takes the part of the real thing when a setting is missing or an error is caught.

    The program neither refuses to start nor tells whoever reads its answers.
    """
    found = site.found
    if found.told:
        return handled()
    done = "nothing is done" if found.what == "nothing" else f"{found.what} stands in for the real thing"
    return unhandled(
        f"{_when(site)}, {done}, and nobody is told",
        fix=suggest("raise when it is missing, or mark the answer as not real"),
        cause=f"{site.path}:{site.function.qualname}",
        trace=found.trace,
    )


def _when(site: StandInSite) -> str:
    source = site.found.source
    if source.kind == "setting":
        return f"without {source.name}"
    return f"without {source.name}" if source.name else "after an error"
