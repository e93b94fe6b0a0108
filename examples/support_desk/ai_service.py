"""AI features: reply drafting, triage and conversation summaries, powered by OpenAI."""
import json
from typing import Dict, List

from openai import OpenAI

from config import OPENAI_API_KEY, OPENAI_MODEL

SYSTEM_PROMPT = """You are a friendly, professional support agent for a software company.
Write clear and helpful replies. Never promise a refund unless the agent asks for it."""


def draft_reply(ticket: Dict, messages: List[Dict], tone: str = "friendly") -> str:
    """Draft a reply to the customer based on the whole conversation."""
    client = OpenAI(api_key=OPENAI_API_KEY)

    conversation = [{"role": "system", "content": SYSTEM_PROMPT}]
    for message in messages:
        role = "assistant" if message["author"] == "agent" else "user"
        conversation.append({"role": role, "content": message["body"]})
    conversation.append({"role": "user", "content": f"Draft a {tone} reply to the ticket '{ticket['subject']}'."})

    response = client.chat.completions.create(
        model=OPENAI_MODEL,
        messages=conversation,
        temperature=0.4,
    )
    return response.choices[0].message.content


def triage_ticket(subject: str, body: str) -> Dict:
    """Categorise and prioritise a new ticket."""
    if not OPENAI_API_KEY:
        return {"category": "general", "priority": "normal"}
    try:
        client = OpenAI(api_key=OPENAI_API_KEY)
        response = client.chat.completions.create(
            model=OPENAI_MODEL,
            messages=[
                {
                    "role": "system",
                    "content": 'Classify the ticket. Answer with JSON only: {"category": "billing|bug|question|general", '
                    '"priority": "low|normal|urgent"}',
                },
                {"role": "user", "content": f"{subject}\n\n{body}"},
            ],
        )
        return json.loads(response.choices[0].message.content)
    except Exception:
        # Triage is nice to have, fall back to defaults
        return {"category": "general", "priority": "normal"}


def summarize_ticket(messages: List[Dict]) -> str:
    """Summarise a conversation in a few bullet points."""
    client = OpenAI(api_key=OPENAI_API_KEY, timeout=30.0)
    text = "\n".join(f"{m['author']}: {m['body']}" for m in messages)
    response = client.chat.completions.create(
        model=OPENAI_MODEL,
        messages=[{"role": "user", "content": f"Summarise this support conversation in 3 bullet points:\n\n{text}"}],
        max_tokens=300,
    )
    return response.choices[0].message.content
