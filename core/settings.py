"""All settings of the desk in one object, read once from the environment at start.

``DATABASE_URL`` keeps its customary name; every other variable starts with ``DESK_``.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parent.parent
REFERENCE_DIR = PROJECT_ROOT / "data" / "reference"


class Environment(StrEnum):
    """Where the desk runs; production refuses demo data and weak keys."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Every knob of the desk, with its default; the README's table lists the same names."""

    model_config = SettingsConfigDict(env_prefix="DESK_", extra="ignore", frozen=True)

    database_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("DATABASE_URL", "database_url"),
        description="Address of the store; empty means the embedded SQLite file.",
    )
    env: Environment = Field(
        default=Environment.DEVELOPMENT, description="development or production."
    )
    local_dir: Path = Field(
        default=PROJECT_ROOT / "data" / "local",
        description="Folder for all that the app writes.",
    )
    demo_password: SecretStr | None = Field(
        default=None, description="Password of the demo sign-ins; empty means a random one."
    )
    demo_cases: int = Field(
        default=12_000, ge=100, description="Cases in the demo workspace that make run creates."
    )
    cookie_key: SecretStr | None = Field(
        default=None,
        description="Key that signs the session cookie; at least 32 characters in production.",
    )
    session_idle_minutes: int = Field(
        default=60, ge=1, description="Sign-in ends after this many minutes without a click."
    )
    session_hours: int = Field(
        default=12, ge=1, description="Sign-in ends after this many hours whatever happens."
    )
    lockout_attempts: int = Field(
        default=5, ge=1, description="Wrong passwords in a row that lock a user."
    )
    lockout_minutes: int = Field(default=15, ge=1, description="How long a locked user waits.")
    default_zone: str = Field(
        default="UTC", description="IANA time zone for people who have not chosen one."
    )
    import_max_megabytes: int = Field(
        default=2048, ge=1, description="Largest import, unpacked, in megabytes."
    )
    import_max_line: int = Field(
        default=1_000_000, ge=1000, description="Longest line of an import, in characters."
    )
    log_level: str = Field(default="INFO", description="Least severe level that is logged.")

    @property
    def store_url(self) -> str:
        """The address of the store of record in SQLAlchemy's form."""
        if self.database_url:
            return normal_url(self.database_url)
        return f"sqlite:///{self.local_dir / 'desk.db'}"

    @property
    def is_production(self) -> bool:
        """True when the desk serves a real team."""
        return self.env is Environment.PRODUCTION


def normal_url(url: str) -> str:
    """Give a PostgreSQL address the driver that the desk is pinned to."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
