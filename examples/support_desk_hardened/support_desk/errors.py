"""What can go wrong, and the one place where it becomes an answer."""

import logging

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

log = logging.getLogger(__name__)


class DeskError(Exception):
    """Something the caller should hear about; `answer` is safe to show, the message is for the log."""

    status = 500
    answer = "Something went wrong on our side"


class NotFound(DeskError):
    status = 404
    answer = "There is no such record"


class NotAllowed(DeskError):
    status = 403
    answer = "This needs an administrator"


class NotSignedIn(DeskError):
    status = 401
    answer = "Please sign in"


class Refused(DeskError):
    status = 409
    answer = "This is not possible in the present state"


class TooLarge(DeskError):
    status = 413
    answer = "This is too large"


class WrongKind(DeskError):
    status = 415
    answer = "Files of this kind are not accepted"


class TooMany(DeskError):
    status = 429
    answer = "The hourly limit is used up, please try again later"


class AssistantUnavailable(DeskError):
    status = 503
    answer = "Drafts are not available right now, please try again later"


class PaymentRefused(DeskError):
    status = 422
    answer = "The payment provider refused this"


class PaymentUnavailable(DeskError):
    status = 503
    answer = "The payment provider does not answer right now"


def told(request: Request, error: DeskError) -> JSONResponse:
    """The answer for an error that the program raised on purpose."""
    log.warning("%s %s: %s: %s", request.method, request.url.path, type(error).__name__, error)
    return JSONResponse({"detail": error.answer}, status_code=error.status)


def unexpected(request: Request, error: Exception) -> JSONResponse:
    """The answer for everything else: details go to the log, never to the caller."""
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return JSONResponse({"detail": DeskError.answer}, status_code=500)


def install(app: FastAPI) -> None:
    """Answer every error here, so that no route has to."""
    app.add_exception_handler(DeskError, told)
    app.add_exception_handler(Exception, unexpected)
