"""Who is calling: agents carry a token, of which only the hash is stored."""

import argparse
import hashlib
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from support_desk.database import Database
from support_desk.errors import NotAllowed, NotSignedIn
from support_desk.services import Desk
from support_desk.settings import Settings

bearer = HTTPBearer(auto_error=False)


@dataclass(frozen=True)
class Agent:
    id: int
    name: str
    role: str


def hash_token(token: str) -> str:
    """Tokens are long and random, so one round of a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def current_agent(
    desk: Desk, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Agent:
    """The agent whose token came with the request."""
    if credentials is None:
        raise NotSignedIn("no token")
    with desk.database.transaction() as connection:
        row = connection.execute(
            "SELECT id, name, role FROM agents WHERE token_hash = ?", (hash_token(credentials.credentials),)
        ).fetchone()
    if row is None:
        raise NotSignedIn("unknown token")
    return Agent(id=row["id"], name=row["name"], role=row["role"])


SignedIn = Annotated[Agent, Depends(current_agent)]


def current_admin(agent: SignedIn) -> Agent:
    """The same, for what only administrators may do."""
    if agent.role != "admin":
        raise NotAllowed(f"{agent.name} is no administrator")
    return agent


Admin = Annotated[Agent, Depends(current_admin)]


def add_agent(connection: sqlite3.Connection, name: str, role: str) -> str:
    """Create an agent and return the token, which cannot be shown again."""
    token = secrets.token_urlsafe(32)
    connection.execute("INSERT INTO agents (name, token_hash, role) VALUES (?, ?, ?)", (name, hash_token(token), role))
    return token


def main() -> None:
    """python -m support_desk.auth NAME --role admin"""
    parser = argparse.ArgumentParser(description="Create an agent and print the token.")
    parser.add_argument("name")
    parser.add_argument("--role", choices=["agent", "admin"], default="agent")
    wanted = parser.parse_args()
    with Database(Settings().database).transaction() as connection:
        print(add_agent(connection, wanted.name, wanted.role))


if __name__ == "__main__":
    main()
