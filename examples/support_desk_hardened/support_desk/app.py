"""The application: uvicorn --factory support_desk.app:create_app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from support_desk import errors
from support_desk.database import require_current
from support_desk.limits import BodyLimit
from support_desk.logs import configure
from support_desk.routes import attachments, customers, pages, refunds, tickets
from support_desk.services import open_services
from support_desk.settings import Settings

FORM_OVERHEAD = 64 * 1024


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Check what the service needs, open its clients once, close them at the end."""
    settings: Settings = app.state.settings
    require_current(settings.database)
    with open_services(settings) as desk:
        app.state.services = desk
        yield


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the application; without settings they come from the environment."""
    configure()
    settings = settings or Settings()
    app = FastAPI(title="Support Desk", lifespan=lifespan)
    app.state.settings = settings
    errors.install(app)
    app.add_middleware(BodyLimit, max_bytes=settings.max_upload_bytes + FORM_OVERHEAD)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_methods=["GET", "POST", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
    )
    for module in (pages, tickets, attachments, refunds, customers):
        app.include_router(module.router)
    return app
