"""What a plain web request means, as its address says."""

import pytest

from durability.engine.linking import link
from durability.facts.collect import collect
from durability.program.links.modules import module_name
from durability.sources.project import manifests_of

HEAD = "import os\nimport aiohttp\nimport httpx\nimport requests\nTOKEN = os.environ['T']\n"
KEEP = "class Desk:\n    BASE = 'https://api.telegram.org/bot'\n    def __init__(self):\n        self.base = f'{self.BASE}{TOKEN}'\n"
MEANT = {
    "a model by its host": ("requests.post('https://api.anthropic.com/v1/messages', json={})", "llm"),
    "a model by its path": ("URL = os.getenv('U', 'https://ai.example.org') + '/v1/chat/completions'\nrequests.post(URL)", "llm"),
    "a model with its name in the address": ("def f(m):\n    requests.post(f'https://generativelanguage.googleapis.com/v1beta/models/{m}:generateContent')", "llm"),
    "the list of models": ("requests.get('https://api.openai.com/v1/models')", "http"),
    "tokens are counted": ("requests.post('https://api.anthropic.com/v1/messages/count_tokens')", "http"),
    "a model on this machine": ("requests.post('http://localhost:8000/v1/chat/completions')", "http"),
    "lessons that are completed": ("def f(n):\n    requests.post(f'https://school.example.org/lessons/{n}/completions')", "http"),
    "a bot by a format": ("requests.get('https://api.telegram.org/bot%s/sendMessage' % TOKEN)", "message"),
    "a bot by a sum": ("BASE = 'https://api.telegram.org/bot' + TOKEN\nrequests.post(BASE + '/sendPhoto')", "message"),
    "a bot that listens": ("requests.get(f'https://api.telegram.org/bot{TOKEN}/getUpdates')", "http"),
    "a bot that types": ("requests.post(f'https://api.telegram.org/bot{TOKEN}/sendChatAction')", "http"),
    "an address in an object": (KEEP + "    def say(self):\n        requests.post(f'{self.base}/sendMessage')", "message"),
    "an address in a variable": ("async def f(s: aiohttp.ClientSession):\n    url = f'https://hooks.slack.com/services/{TOKEN}'\n    await s.post(url)", "message"),
    "a client with a base address": ("client = httpx.Client(base_url='https://api.resend.com/')\nclient.post('/emails')", "message"),
    "money by a method that is written": ("requests.request('POST', 'https://api.stripe.com/v1/charges')", "charge"),
    "money that is looked at": ("requests.get('https://api.stripe.com/v1/charges')", "http"),
    "money given back": ("requests.post('https://api.stripe.com/v1/refunds')", "refund"),
    "a request that is made first": ("import urllib.request\nreq = urllib.request.Request('https://api.postmarkapp.com/email', data=b'x')\nurllib.request.urlopen(req)", "message"),
    "an address that nobody knows": ("def f(url):\n    requests.post(url)", "http"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "effect"), MEANT.values(), ids=MEANT)
def test_the_address_says_what_a_request_means(source, effect):
    facts = {"main.py": collect(HEAD + source + "\n", "main.py", module_name("main.py"))}
    context = link(facts, {"main.py": "first-party"}, manifests_of({}))
    (call,) = context.calls_by_effect["http"]
    assert call.library.effect == "http"
    assert call.effect == effect
    assert context.stated[effect] == [call]
