"""The core's settings, read once from the environment and a `.env`, and validated at the start."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dispatch_core.errors import SettingError

DAY = 86_400

Model = TypeVar("Model", bound=BaseSettings)


class CoreSettings(BaseSettings):
    """Each field is the variable DISPATCH_<FIELD> in capitals; durations are seconds."""

    model_config = SettingsConfigDict(
        env_prefix="DISPATCH_", env_file=".env", extra="ignore", frozen=True
    )

    home: Path = Path("~/.dispatch")
    database_url: str = ""
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8765, ge=0, le=65_535)
    public_url: str = ""
    knowledge: Path | None = None
    approval_ttl: float = Field(default=DAY, gt=0)
    run_timeout: float = Field(default=600, gt=0)
    code_timeout: float = Field(default=60, gt=0)
    code_memory_mb: int = Field(default=1024, ge=128)
    device_wait: float = Field(default=DAY, gt=0)
    device_confirm: bool = False
    lease: float = Field(default=15, gt=0.1)
    slots: int = Field(default=8, ge=1)
    download_ttl: float = Field(default=7 * DAY, gt=0)
    retention_days: float = Field(default=90, gt=0)

    @field_validator("home")
    @classmethod
    def _expand(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return url.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _known_engine(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite:/// or postgresql+psycopg://")
        return url

    @property
    def database(self) -> str:
        """The database's SQLAlchemy URL; a file in home unless told otherwise."""
        return self.database_url or f"sqlite:///{self.home / 'dispatch.db'}"

    @property
    def base_url(self) -> str:
        """How devices and browsers reach the HTTP door, without a slash at its end."""
        return self.public_url or f"http://{self.http_host}:{self.http_port}"


def read_settings(model: type[Model], **known: Any) -> Model:
    """Read a settings model; a missing or wrong setting is one sentence that names it."""
    try:
        return model(**known)
    except ValidationError as error:
        first = error.errors()[0]
        prefix = model.model_config.get("env_prefix", "")
        field = str(first["loc"][0]) if first["loc"] else "setting"
        name = field.upper() if field.isupper() else f"{prefix}{field}".upper()
        if first["type"] == "missing":
            raise SettingError(name=name, problem="is missing; set it and start again") from None
        problem = str(first["msg"]).removeprefix("Value error, ")
        raise SettingError(name=name, problem=f"is wrong: {problem}") from None
