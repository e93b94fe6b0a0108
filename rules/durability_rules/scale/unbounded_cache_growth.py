"""unbounded-cache-growth."""

from durability.api import (
    SERVING,
    Ask,
    Bad,
    Good,
    Miss,
    Partial,
    Silent,
    StateSite,
    Story,
    Unclear,
    Verdict,
    harmless,
    partial,
    possibly,
    rule,
    states,
    suggest,
    unhandled,
    unsure,
)

_APP = "from fastapi import FastAPI\n"
_ROUTE = _APP + "app = FastAPI()\n"
_FIX = suggest("give it a limit: cachetools.TTLCache(maxsize=…, ttl=…), or keep it in a store that expires entries")


@rule(
    lens="scale",
    severity="high",
    confidence="medium",
    preview=True,
    cwe=[401, 770],
    sources=["Nygard, Release It! 2nd ed., Unbounded Result Sets and Steady State"],
    story=Story(
        demo="A handful of visitors leave a handful of entries.",
        production="Each visitor leaves something in memory that nothing takes away; one day the memory is full and the service is killed for everybody.",
        trigger="the service runs for weeks without a restart",
    ),
    action="Give what is kept in memory a limit or an age",
    minutes=(10, 45),
    sites=states(roles=SERVING),
    examples=[
        Bad(
            {
                "store.py": "CACHE = {}  # <-\n",
                "app.py": _ROUTE + "import store as st\n\n@app.get('/price/{symbol}')\ndef price(symbol: str):\n"
                "    if symbol not in st.CACHE:\n        st.CACHE[symbol] = len(symbol)\n    return st.CACHE[symbol]\n",
            },
            why="two files, through an alias",
        ),
        Bad(
            {
                "memory/__init__.py": "from .history import History\nturns = History()\n",
                "memory/history.py": "class History:\n    def __init__(self):\n        self.turns = {}  # <-\n\n"
                "    def add(self, user, text):\n        self.turns.setdefault(user, []).append(text)\n",
                "app.py": _ROUTE + "from memory import turns\n\n@app.post('/chat')\ndef chat(user: str, text: str):\n"
                "    turns.add(user, text)\n    return 'ok'\n",
            },
            why="three files: a method of an object that the package makes, re-exported",
        ),
        Bad(
            _ROUTE + "SEEN = {}  # <-\n\n@app.get('/page')\ndef page(visitor: str):\n    SEEN[visitor] = 1\n"
            "    return 'hi'\n\n@app.delete('/seen')\ndef clear():\n    SEEN.clear()\n    return 'gone'\n",
            why="somebody has to ask for it to be emptied",
            decoy=True,
        ),
        Good(
            {
                "store.py": "from cachetools import TTLCache\nCACHE = TTLCache(maxsize=100, ttl=60)\n",
                "app.py": _ROUTE + "from store import CACHE as kept\n\n@app.get('/price/{symbol}')\n"
                "def price(symbol: str):\n    kept[symbol] = len(symbol)\n    return kept[symbol]\n",
            },
            why="the protection is where the state is made",
        ),
        Good(
            {
                "store.py": "class Jobs:\n    def __init__(self):\n        self.open = {}\n\n"
                "    def start(self, job):\n        self.open[job] = 1\n\n    def end(self, job):\n"
                "        self.open.pop(job, None)\n\njobs = Jobs()\n",
                "app.py": _ROUTE + "from store import jobs\n\n@app.post('/job/{job}')\ndef run(job: str):\n"
                "    jobs.start(job)\n    try:\n        return len(job)\n    finally:\n        jobs.end(job)\n",
            },
            why="taken away at the end of the same request, in another file",
        ),
        Good(
            _ROUTE + "CACHE = {}\n\n@app.get('/{word}')\ndef look(word: str):\n    if len(CACHE) > 500:\n"
            "        CACHE.clear()\n    CACHE[word] = len(word)\n    return CACHE[word]\n",
        ),
        Partial(
            _ROUTE
            + "OPEN = {}\n\n@app.post('/start')\ndef start(order: str):\n    OPEN[order] = 1\n    return order\n\n"
            "@app.post('/callback')\ndef callback(order: str):\n    return OPEN.pop(order, None)\n",
            why="what nobody comes back for stays",
        ),
        Unclear(
            _ROUTE + "from ready import sweep_later\nCACHE = {}\n\ndef start(sweeper):\n    sweeper(CACHE)\n\n"
            "@app.get('/{word}')\ndef look(word: str):\n    CACHE[word] = 1\n    return word\n",
            why="handed to something that is not known",
        ),
        Silent(
            _ROUTE
            + "HANDLERS = {}\n\ndef register(name):\n    HANDLERS[name] = print\n\nregister('a')\nregister('b')\n\n"
            "@app.get('/')\ndef home():\n    return list(HANDLERS)\n",
            why="filled when the program starts",
        ),
        Silent(
            _ROUTE + "STATE = {}\n\n@app.get('/')\ndef home():\n    STATE['last'] = 1\n    return STATE\n",
            why="one key",
        ),
        Miss(
            _ROUTE + "CACHES = [{}, {}]\n\n@app.get('/{word}')\ndef look(word: str):\n    for cache in CACHES:\n"
            "        cache[word] = 1\n    return word\n",
            why="a state that has no name of its own",
        ),
    ],
)
def unbounded_cache_growth(state: StateSite, ask: Ask) -> Verdict | None:
    """What requests put into the memory of the process is never taken out again.

    It works against growth only what happens by itself: a limit, an age, or the end of the same operation. A command
    that somebody has to give does not.
    """
    if state.kind == "capped":
        return harmless() if state.events("grow") else None
    grown = ask.growth(state) if state.kind == "container" else ()
    if not grown:
        return None
    found, event = ask.relief(state)
    if found == "works":
        return harmless()
    if found == "escapes":
        return unsure("escapes")
    if found in ("inside", "elsewhere"):
        missing = "the entries themselves" if found == "inside" else "entries that nobody comes back for"
        message = f"{state.name} keeps an entry for every key it ever saw"
        return possibly(partial(message, missing=missing, fix=_FIX, cause=state.cause))
    sure = [item for item in grown if ask.is_surely_new(state, item)]
    if not sure:
        return unsure("unresolved")
    steps = (ask.step(state, sure[0]), *((ask.step(state, event),) if event is not None else ()))
    how = "only a command empties it" if found == "command" else "nothing takes away from it"
    return unhandled(f"{state.name} grows with each request and {how}", fix=_FIX, cause=state.cause, trace=steps)
