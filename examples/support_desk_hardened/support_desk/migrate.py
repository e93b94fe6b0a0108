"""Bring the database up to date: python -m support_desk.migrate."""

import logging

from support_desk import database
from support_desk.logs import configure
from support_desk.settings import Settings

log = logging.getLogger(__name__)


def main() -> None:
    configure()
    applied = database.migrate(Settings().database)
    log.info("applied: %s", ", ".join(applied) or "nothing")


if __name__ == "__main__":
    main()
