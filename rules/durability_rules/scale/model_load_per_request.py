"""model-load-per-request."""

from durability.api import (
    SERVING,
    Ask,
    Bad,
    CallSite,
    Good,
    Miss,
    Silent,
    Story,
    Verdict,
    calls,
    handled,
    rule,
    suggest,
    unhandled,
)

_ROUTE = "from fastapi import FastAPI\napp = FastAPI()\n"


@rule(
    lens="scale",
    severity="high",
    confidence="high",
    cwe=[1050],
    sources=["FastAPI documentation, Lifespan events", "Streamlit documentation, st.cache_resource"],
    story=Story(
        demo="The first answer takes a few seconds, and nobody asks again.",
        production="Every visitor waits until the whole model is read from disk again, and two visitors at once need the memory twice.",
        trigger="a second person asks",
    ),
    action="Load the model once, when the program starts",
    minutes=(10, 30),
    sites=calls(effect="model.load", roles=SERVING),
    examples=[
        Bad(
            _ROUTE + "import joblib\n@app.post('/score')\ndef score(row: dict):\n"
            "    model = joblib.load('model.pkl')  # <-\n    return model.predict([row])\n"
        ),
        Bad(
            {
                "app.py": _ROUTE
                + "import scoring as s\n@app.post('/score')\ndef score(text: str):\n    return s.score(text)\n",
                "scoring.py": "from transformers import pipeline\nMODELS = {}\ndef score(text):\n"
                "    model = pipeline('sentiment-analysis')  # <-\n    MODELS['last'] = text\n    return model(text)\n",
            },
            why="a dictionary that keeps something else",
            decoy=True,
        ),
        Bad(
            {
                "app.py": _ROUTE
                + "from search import Index\n@app.get('/find')\ndef find(q: str):\n    return Index().find(q)\n",
                "search/__init__.py": "from .index import Index\n",
                "search/index.py": "from sentence_transformers import SentenceTransformer\nclass Index:\n"
                "    def __init__(self):\n        self.model = SentenceTransformer('m')  # <-\n"
                "    def find(self, q):\n        return self.model.encode(q)\n",
            },
            why="kept in an object that each request makes anew",
        ),
        Bad(
            "import streamlit as st\nimport joblib\nst.title('x')\nmodel = joblib.load('m.pkl')  # <-\n",
            why="at every click",
        ),
        Good(
            {
                "app.py": _ROUTE
                + "from search import index\n@app.get('/find')\ndef find(q: str):\n    return index.find(q)\n",
                "search.py": "from sentence_transformers import SentenceTransformer\nclass Index:\n"
                "    def __init__(self):\n        self.model = None\n    def find(self, q):\n"
                "        if self.model is None:\n            self.model = SentenceTransformer('m')\n"
                "        return self.model.encode(q)\nindex = Index()\n",
            },
            why="loaded by the first request and kept",
        ),
        Good(
            "import streamlit as st\nimport joblib\n@st.cache_resource\ndef load():\n    return joblib.load('m.pkl')\n"
            "st.write(load())\n"
        ),
        Silent("import joblib\nprint(joblib.load('m.pkl'))\n", why="a script loads it once"),
        Silent(_ROUTE + "import joblib\nmodel = joblib.load('m.pkl')\n", why="when the server starts"),
        Miss(
            _ROUTE + "import pickle\n@app.get('/')\ndef score():\n    return pickle.load(open('m.pkl', 'rb'))\n",
            why="a pickle may hold anything",
        ),
    ],
)
def model_load_per_request(call: CallSite, ask: Ask) -> Verdict:
    """A handler loads a model each time it runs.

    Models are read from disk whole: seconds of waiting and as much memory again for every request in flight.
    """
    way = ask.made_again(call)
    if way is None:
        return handled()
    return unhandled(
        f"{call.shown}() loads the model each time {call.function.name}() runs",
        fix=suggest("load it at start-up or in a cached function, and share it"),
        trace=way if len(way) > 1 else (),
    )
