"""The payment provider."""

import httpx2
from pydantic import ValidationError

from support_desk.errors import PaymentRefused, PaymentUnavailable
from support_desk.models import Charge, Refund


class Payments:
    """Charges and refunds. A refund with the same reference is made once, however often it is asked for."""

    def __init__(self, client: httpx2.Client) -> None:
        self.client = client

    def charge(self, charge_id: str) -> Charge:
        """What was charged and how much of it was given back."""
        try:
            response = self.client.get("charges", params={"id": charge_id})
            response.raise_for_status()
            return Charge.model_validate_json(response.content)
        except (httpx2.HTTPError, ValidationError) as error:
            raise _failure(error) from error

    def refund(self, reference: str, charge_id: str, cents: int, reason: str) -> Refund:
        """Give money back. After `PaymentUnavailable` nobody knows whether it moved: ask again with this reference."""
        try:
            response = self.client.post(
                "refunds",
                headers={"Idempotency-Key": reference},
                json={"reference": reference, "charge": charge_id, "cents": cents, "reason": reason},
            )
            response.raise_for_status()
            return Refund.model_validate_json(response.content)
        except (httpx2.HTTPError, ValidationError) as error:
            raise _failure(error) from error


def _failure(error: httpx2.HTTPError | ValidationError) -> PaymentRefused | PaymentUnavailable:
    """A clear no is final; a silence, an overload or an answer we cannot read is not."""
    if isinstance(error, httpx2.HTTPStatusError) and error.response.status_code in (400, 402, 404, 409, 422):
        return PaymentRefused(f"the provider answered {error.response.status_code}")
    return PaymentUnavailable(f"the provider failed with {type(error).__name__}")
