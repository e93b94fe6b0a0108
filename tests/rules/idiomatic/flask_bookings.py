"""Bookings of a small hotel: Flask with an application factory, a blueprint and a payment service."""

import hmac
import logging
import os
from datetime import UTC, datetime

import requests
from flask import Blueprint, Flask, abort, current_app, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from pydantic import BaseModel, ValidationError
from requests.adapters import HTTPAdapter
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential
from urllib3.util import Retry

logger = logging.getLogger(__name__)
db = SQLAlchemy()
bookings = Blueprint("bookings", __name__, url_prefix="/bookings")

payments = requests.Session()
payments.mount("https://", HTTPAdapter(max_retries=Retry(total=2, backoff_factor=0.5)))


class Booking(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    guest = db.Column(db.String(80), nullable=False)
    room = db.Column(db.Integer, nullable=False)
    created = db.Column(db.DateTime(timezone=True), default=lambda: datetime.now(UTC))


class BookingForm(BaseModel):
    guest: str
    room: int


class PaymentFailed(Exception):
    """The payment service refused or did not answer."""


@retry(
    retry=retry_if_exception_type(requests.ConnectionError),
    stop=stop_after_attempt(3),
    wait=wait_random_exponential(max=5),
    reraise=True,
)
def deposit_taken(booking_id: int) -> bool:
    response = payments.get(f"{current_app.config['PAYMENTS_URL']}/deposits/{booking_id}", timeout=(2, 5))
    response.raise_for_status()
    return response.json()["taken"]


@bookings.before_request
def only_the_front_desk() -> None:
    expected = f"Bearer {current_app.config['DESK_TOKEN']}"
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode()):
        abort(401)


@bookings.get("/")
def list_bookings():
    page = db.paginate(db.select(Booking).order_by(Booking.id), per_page=50, max_per_page=100)
    return jsonify(items=[{"id": item.id, "room": item.room} for item in page.items], pages=page.pages)


@bookings.post("/")
def book():
    try:
        form = BookingForm.model_validate(request.get_json())
    except ValidationError as error:
        return jsonify(errors=error.errors(include_url=False)), 422
    booking = Booking(guest=form.guest, room=form.room)
    db.session.add(booking)
    db.session.commit()
    logger.info("room %s booked", booking.room)
    return jsonify(id=booking.id), 201


@bookings.get("/<int:booking_id>/deposit")
def deposit(booking_id: int):
    if db.session.get(Booking, booking_id) is None:
        abort(404)
    try:
        return jsonify(taken=deposit_taken(booking_id))
    except requests.RequestException as error:
        logger.exception("payments are not available")
        raise PaymentFailed from error


def payment_failed(error: PaymentFailed):
    return jsonify(error="payments are not available at the moment"), 503


def create_app() -> Flask:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=os.environ["SECRET_KEY"],
        SQLALCHEMY_DATABASE_URI=os.environ["DATABASE_URL"],
        PAYMENTS_URL=os.environ["PAYMENTS_URL"],
        MAX_CONTENT_LENGTH=1_000_000,
    )
    db.init_app(app)
    app.register_blueprint(bookings)
    app.register_error_handler(PaymentFailed, payment_failed)
    return app
