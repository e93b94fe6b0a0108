"""Payment provider integration: look up charges and issue refunds."""
from typing import Dict, Optional

import requests

from config import PAYMENT_API_KEY, PAYMENT_API_URL, SLACK_WEBHOOK_URL

HEADERS = {"Authorization": f"Bearer {PAYMENT_API_KEY}"}


def get_charge(charge_id: str) -> Dict:
    """Fetch a charge from the payment provider."""
    response = requests.get(f"{PAYMENT_API_URL}/charges/{charge_id}", headers=HEADERS, timeout=10)
    response.raise_for_status()
    return response.json()


def create_refund(charge_id: str, amount: float, reason: str) -> Optional[Dict]:
    """Issue a refund. Retries automatically if the provider is temporarily unavailable."""
    session = requests.Session()
    session.headers.update(HEADERS)
    for attempt in range(3):
        try:
            response = session.post(
                f"{PAYMENT_API_URL}/refunds",
                json={"charge": charge_id, "amount": amount, "reason": reason},
            )
            return response.json()
        except Exception as e:
            print(f"Refund attempt {attempt + 1} failed: {e}")
    return None


def notify_slack(text: str):
    """Post a message to the team's Slack channel."""
    if not SLACK_WEBHOOK_URL:
        return
    try:
        requests.post(SLACK_WEBHOOK_URL, json={"text": text}, timeout=5)
    except Exception:
        pass
