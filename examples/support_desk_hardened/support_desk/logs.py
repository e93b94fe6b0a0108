"""One log format for the whole process, on standard error."""

import logging.config


def configure() -> None:
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            # The clients log whole addresses, and that of the team's channel is a secret.
            "loggers": {"httpx2": {"level": "WARNING"}, "httpcore2": {"level": "WARNING"}},
            "root": {"level": "INFO", "handlers": ["stderr"]},
        }
    )
