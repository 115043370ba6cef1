"""What an installation may set, read from the environment with the prefix SIGNPOST_."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Every setting with its default; nothing here is a secret.

    Secrets (the key that signs tokens, the engine's token, the operators' key) are made at the
    first start in `secrets_dir` by `bot.identity.secrets`.
    """

    model_config = SettingsConfigDict(env_prefix="SIGNPOST_", frozen=True, extra="ignore")

    data_dir: Path = Field(
        default=PROJECT / "var", description="Folder of everything that changes."
    )
    host: str = Field(
        default="127.0.0.1", description="Address to listen on; loopback unless told."
    )
    port: int = Field(
        default=8080, ge=0, le=65535, description="Port to listen on; 0 lets the OS pick."
    )
    database_url: str = Field(
        default="", description="SQLAlchemy URL; empty means SQLite in data_dir."
    )
    engine_url: str = Field(default="http://127.0.0.1:5005", description="The dialogue engine.")
    actions_url: str = Field(default="http://127.0.0.1:5055", description="The action server.")
    lmi_base_url: str = Field(
        default="", description="LMI for All; empty means it is never called."
    )

    school_slug: str = Field(default="default", pattern=r"^[a-z0-9-]{1,64}$")
    school_name: str = Field(default="Your school", min_length=1, max_length=120)
    school_content: Path = Field(
        default=PROJECT / "knowledge" / "school",
        description="Folder of the school's own dates, people, places nearby and texts.",
    )
    allowed_origins: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description='Origins that may embed the chat, by school: {"default": ["https://…"]}.',
    )

    token_max_age_hours: float = Field(
        default=12, gt=0, description="A conversation's token, from birth."
    )
    session_minutes: int = Field(
        default=120, ge=0, description="A conversation's longest life; 0 means no limit."
    )
    session_warning_minutes: int = Field(
        default=10, ge=0, description="How long before its end the reader is told."
    )
    messages_per_minute: int = Field(default=20, ge=1, description="From one conversation.")
    new_conversations_per_minute: int = Field(
        default=300, ge=1, description="From one address; a whole school may share one."
    )
    message_max_chars: int = Field(default=1000, ge=1, le=4000)

    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s/?#]+)?$",
        description="Address that pupils see, without a path; empty means as they asked for it.",
    )
    pupil_session_days: int = Field(
        default=14, ge=1, le=30, description="Longest time that a pupil stays signed in."
    )
    pupil_idle_minutes: int = Field(
        default=120, ge=1, description="A pupil is signed out after this long without a page."
    )
    staff_session_hours: int = Field(
        default=12, ge=1, le=24, description="Longest time that staff stay signed in."
    )
    staff_idle_minutes: int = Field(
        default=30, ge=1, le=240, description="Staff are signed out after this long without a page."
    )
    wrong_codes_per_address: int = Field(
        default=10, ge=1, description="Wrong codes from one address before it has to wait."
    )
    wrong_codes_per_school: int = Field(
        default=300, ge=1, description="Wrong codes from all addresses before all have to wait."
    )
    wrong_codes_minutes: int = Field(
        default=15, ge=1, description="For how long a wrong code is counted."
    )
    microsoft_login_url: str = Field(
        default="https://login.microsoftonline.com",
        pattern=r"^https?://[^\s?#]+[^\s?#/]$",
        description="Microsoft's sign-in; called only if the school has set it up.",
    )
    google_login_url: str = Field(
        default="https://accounts.google.com",
        pattern=r"^https?://[^\s?#]+[^\s?#/]$",
        description="Google's sign-in; called only if the school has set it up.",
    )

    mail_host: str = Field(
        default="", description="The mail server; empty means that mails wait and are not sent."
    )
    mail_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    mail_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the way to the mail server is kept private."
    )
    mail_from: str = Field(
        default="",
        pattern=r"^([^\s@]+@[^\s@]+)?$",
        description="The address that mails are from; without one none is sent.",
    )
    mail_user: str = Field(default="", description="Name to sign in to the mail server with.")
    mail_password_file: Path | None = Field(
        default=None, description="File that holds the password for the mail server, and no more."
    )
    mail_timeout_s: float = Field(
        default=20.0, gt=0, description="How long an answer of the mail server may take."
    )

    engine_timeout_s: float = Field(default=2.5, gt=0, description="A whole turn, in seconds.")
    engine_connections: int = Field(
        default=32, ge=1, description="Most turns asked at the same time."
    )
    engine_retry_s: float = Field(
        default=1.0, gt=0, description="How often a lost engine is looked for."
    )
    reader_stays_s: float = Field(
        default=120, gt=0, description="A reader counts as there for this long after being seen."
    )
    store_wait_s: float = Field(
        default=2.0, gt=0, description="How long to wait for a locked store."
    )
    heartbeat_s: int = Field(
        default=15, ge=1, description="Between comments on an idle event stream."
    )

    @cached_property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the record store."""
        return self.database_url or f"sqlite:///{self.data_dir / 'signpost.sqlite3'}"

    @property
    def secrets_dir(self) -> Path:
        """Where the keys made at first start are kept."""
        return self.data_dir / "secrets"
