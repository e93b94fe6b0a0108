"""llm-client-per-call."""

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
    harmless,
    rule,
    suggest,
    unhandled,
)

_HANDLES = frozenset(
    {"google.generativeai.GenerativeModel", "google.generativeai.GenerativeModel.start_chat"}
    | {"vertexai.generative_models.GenerativeModel", "vertexai.generative_models.GenerativeModel.start_chat"}
    | {"emergentintegrations.llm.chat.LlmChat"}
)
"""They name a model, or hold one conversation; the connection is one that the library keeps for the whole process."""
_AROUND = frozenset(
    {"google.adk.runners.Runner", "autogen_agentchat.agents.AssistantAgent", "smolagents.CodeAgent"}
    | {"llama_index.core.agent.workflow.AgentWorkflow"}
)
"""They run an agent or a model that they are given, and have no connection of their own."""
ROUTE = "from fastapi import FastAPI\nfrom openai import OpenAI\napp = FastAPI()\n"


@rule(
    lens="scale",
    severity="medium",
    confidence="high",
    cwe=[1072],
    sources=["openai-python README, Managing HTTP resources", "ISO/IEC 5055, CWE-1072"],
    story=Story(
        demo="One person asks one question at a time.",
        production="Each question opens a new connection to the model; under load the machine runs out of them and answers slow down.",
        trigger="many people use it at once",
    ),
    action="Make one model client when the program starts and use it everywhere",
    minutes=(5, 15),
    sites=calls(makes="llm"),
    examples=[
        Bad(
            ROUTE + "@app.post('/ask')\ndef ask(q: str):\n    client = OpenAI()  # <-\n"
            "    return client.responses.create(model='m', input=q)\n"
        ),
        Bad(
            {
                "ai.py": "import openai\ndef reply(q):\n    return openai.OpenAI().responses.create(model='m', input=q)  # <-\n",
                "main.py": "from fastapi import FastAPI\nfrom ai import reply\napp = FastAPI()\n@app.get('/')\n"
                "def home(q: str):\n    return reply(q)\n",
            }
        ),
        Bad(
            ROUTE + "client = None\n@app.post('/ask')\ndef ask(q: str):\n    client = OpenAI()  # <-\n"
            "    return client.responses.create(model='m', input=q)\n",
            why="the name at module level is another one",
            decoy=True,
        ),
        Good(
            ROUTE + "client = OpenAI()\n@app.post('/ask')\ndef ask(q: str):\n"
            "    return client.responses.create(model='m', input=q)\n"
        ),
        Good(
            ROUTE
            + "from functools import lru_cache\n@lru_cache\ndef client():\n    return OpenAI()\n@app.post('/ask')\n"
            "def ask(q: str):\n    return client().responses.create(model='m', input=q)\n"
        ),
        Good(
            ROUTE + "client = None\ndef get():\n    global client\n    if client is None:\n        client = OpenAI()\n"
            "    return client\n@app.post('/ask')\ndef ask(q: str):\n    return get().responses.create(model='m', input=q)\n"
        ),
        Good(
            "import google.generativeai as genai\n" + ROUTE + "@app.post('/ask')\ndef ask(q: str):\n"
            "    return genai.GenerativeModel('m').generate_content(q, request_options={'timeout': 9})\n",
            why="the library keeps the connection",
        ),
        Good(
            "from google.adk.runners import Runner\n" + ROUTE + "@app.post('/ask')\nasync def ask(q: str):\n"
            "    return [event async for event in Runner(agent=agent).run_async(new_message=q)]\n",
            why="a runner runs the agent that it is given",
        ),
        Good(
            ROUTE + "from emergentintegrations.llm.chat import LlmChat, UserMessage\n@app.post('/ask')\n"
            "async def ask(q: str, session: str):\n"
            "    chat = LlmChat(api_key='k', session_id=session, system_message='m').with_model('openai', 'gpt')\n"
            "    return await chat.send_message(UserMessage(text=q))\n",
            why="one conversation, and no connection of its own",
        ),
        Silent("from openai import OpenAI\ndef main():\n    OpenAI()\nif __name__ == '__main__':\n    main()\n"),
        Bad(
            ROUTE + "class Bot:\n    def __init__(self):\n        self.client = OpenAI()  # <-\n@app.post('/ask')\n"
            "def ask(q: str):\n    return Bot().client.responses.create(model='m', input=q)\n",
            why="the object that holds the client is made per call",
        ),
        Good(
            ROUTE + "made = {}\ndef client():\n    if 'one' in made:\n        return made['one']\n"
            "    fresh = OpenAI()\n    made['one'] = fresh\n    return fresh\n@app.post('/ask')\ndef ask(q: str):\n"
            "    return client().responses.create(model='m', input=q)\n",
            why="kept in a module's dictionary",
        ),
        Miss(
            ROUTE + "@app.post('/ask')\ndef ask(q: str):\n    make = {'openai': OpenAI}['openai']\n"
            "    return make().responses.create(model='m', input=q)\n",
            why="the class is picked from a table",
        ),
    ],
)
def llm_client_per_call(call: CallSite, ask: Ask) -> Verdict | None:
    """A model client is built for each request instead of once.

    Every client brings its own connection pool, so nothing is reused: each request pays for a new connection.
    """
    if call.name in _HANDLES or call.makes in _AROUND:
        return harmless()
    if call.at_import:
        return handled()
    if not call.reach.roles.intersection(SERVING):
        return handled() if call.kept else None
    way = ask.made_again(call)
    if way is None:
        return handled()
    return unhandled(
        f"{call.shown}() is built on every call",
        fix=suggest("build the client once, at module level or at start-up"),
        trace=way if len(way) > 1 else (),
    )
