"""Settings, read from the environment once and checked before anything starts."""

from pathlib import Path

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What differs between installations. A missing or malformed value stops the start and is named."""

    model_config = SettingsConfigDict(
        env_prefix="SUPPORT_DESK_", env_file=".env", extra="ignore", hide_input_in_errors=True
    )

    database: Path
    files: Path
    openai_api_key: SecretStr = Field(min_length=1)
    openai_model: str = "gpt-4o-mini"
    payment_url: HttpUrl
    payment_api_key: SecretStr = Field(min_length=1)
    payment_webhook_secret: SecretStr = Field(min_length=32)
    slack_url: HttpUrl | None = None
    allowed_origins: list[str] = []
    max_upload_bytes: int = Field(default=10 * 1024 * 1024, gt=0)
    drafts_per_hour: int = Field(default=60, gt=0)
