"""Orders of a shop: FastAPI with an asynchronous session, a model client and another service behind it."""

import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated

import httpx
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException, Query, Request, UploadFile
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from openai import APIError, AsyncOpenAI
from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

logger = logging.getLogger(__name__)

LARGEST_UPLOAD = 5_000_000


class Settings(BaseSettings):
    database_url: str
    openai_api_key: SecretStr
    staff_token: SecretStr
    rates_url: str
    allowed_origins: list[str] = []


@lru_cache
def settings() -> Settings:
    return Settings()


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer: Mapped[str]
    total: Mapped[Decimal]
    created: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))


class NewOrder(BaseModel):
    customer: str = Field(min_length=1, max_length=80)
    total: Decimal = Field(gt=0)


class ShownOrder(BaseModel):
    id: int
    customer: str
    total: Decimal


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine = create_async_engine(settings().database_url)
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    app.state.model = AsyncOpenAI(api_key=settings().openai_api_key.get_secret_value(), timeout=20.0, max_retries=2)
    async with httpx.AsyncClient(timeout=5.0) as client:
        app.state.http = client
        yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)
app.add_middleware(CORSMiddleware, allow_origins=["https://shop.example"], allow_methods=["GET", "POST"])


async def session(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.sessions() as opened:
        yield opened


def http_client(request: Request) -> httpx.AsyncClient:
    return request.app.state.http


def model_client(request: Request) -> AsyncOpenAI:
    return request.app.state.model


Database = Annotated[AsyncSession, Depends(session)]
Bearer = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


def staff(given: Bearer) -> None:
    if not hmac.compare_digest(given.credentials.encode(), settings().staff_token.get_secret_value().encode()):
        raise HTTPException(401, "unknown token")


orders = APIRouter(prefix="/orders", dependencies=[Depends(staff)])


@app.exception_handler(httpx.HTTPError)
async def upstream_failed(request: Request, error: httpx.HTTPError) -> JSONResponse:
    logger.warning("another service failed on %s", request.url.path, exc_info=error)
    return JSONResponse({"detail": "a service we need is not available"}, status_code=503)


@orders.get("", response_model=list[ShownOrder])
async def list_orders(database: Database, limit: Annotated[int, Query(le=100)] = 20, after: int = 0) -> list[Order]:
    query = select(Order).where(Order.id > after).order_by(Order.id).limit(limit)
    return list((await database.scalars(query)).all())


@orders.get("/{order_id}", response_model=ShownOrder)
async def show_order(order_id: int, database: Database) -> Order:
    found = await database.get(Order, order_id)
    if found is None:
        raise HTTPException(404, "no such order")
    return found


async def convert(client: httpx.AsyncClient, total: Decimal) -> Decimal:
    answer = await client.get(settings().rates_url, params={"to": "EUR"})
    answer.raise_for_status()
    return total * Decimal(answer.json()["rate"])


def tell_the_kitchen(order_id: int) -> None:
    logger.info("order %s is to be packed", order_id)


@orders.post("", response_model=ShownOrder, status_code=201)
async def create_order(
    new: NewOrder,
    database: Database,
    tasks: BackgroundTasks,
    client: Annotated[httpx.AsyncClient, Depends(http_client)],
) -> Order:
    order = Order(customer=new.customer, total=await convert(client, new.total))
    database.add(order)
    await database.commit()
    tasks.add_task(tell_the_kitchen, order.id)
    return order


@orders.post("/{order_id}/receipt", status_code=204)
async def attach_receipt(order_id: int, file: UploadFile) -> None:
    if file.size is None or file.size > LARGEST_UPLOAD:
        raise HTTPException(413, "at most 5 MB")
    content = await file.read()
    logger.info("receipt of %s bytes for order %s", len(content), order_id)


@orders.get("/{order_id}/summary")
async def summarise(
    order_id: int, database: Database, model: Annotated[AsyncOpenAI, Depends(model_client)]
) -> dict[str, str]:
    order = await show_order(order_id, database)
    try:
        answer = await model.chat.completions.create(
            model="gpt-4o-mini",
            messages=[{"role": "user", "content": f"Describe an order over {order.total}."}],
            max_tokens=200,
        )
    except APIError as error:
        logger.exception("the model did not answer")
        raise HTTPException(503, "no summary at the moment") from error
    return {"summary": answer.choices[0].message.content or ""}


app.include_router(orders)
