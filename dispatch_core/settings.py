"""The core's settings, read once from the environment and a `.env`, and validated at the start."""

import tempfile
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dispatch_core.errors import SettingError

DAY = 86_400
# Far beyond any use, and far within what a date can hold.
LONGEST = 3_650 * DAY
# The same for memory: a tebibyte.
MOST_MEMORY_MB = 1024**2

Model = TypeVar("Model", bound=BaseSettings)


class CoreSettings(BaseSettings):
    """Each field is the variable DISPATCH_<FIELD> in capitals; durations are seconds.

    An empty variable counts as unset: an empty host would mean every interface.
    """

    model_config = SettingsConfigDict(
        env_prefix="DISPATCH_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    home: Path = Path("~/.dispatch")
    database_url: str = ""
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8765, ge=0, le=65_535)
    public_url: str = ""
    knowledge: Path | None = None
    approval_ttl: float = Field(default=DAY, gt=0, le=LONGEST)
    run_timeout: float = Field(default=600, gt=0, le=LONGEST)
    code_timeout: float = Field(default=60, gt=0, le=LONGEST)
    code_memory_mb: int = Field(default=1024, ge=128, le=MOST_MEMORY_MB)
    device_wait: float = Field(default=DAY, gt=0, le=LONGEST)
    device_confirm: bool = False
    lease: float = Field(default=15, gt=0.1, le=3_600)
    slots: int = Field(default=8, ge=1, le=1_000)
    download_ttl: float = Field(default=7 * DAY, gt=0, le=LONGEST)
    retention_days: float = Field(default=90, gt=0, le=3_650)

    @field_validator("home")
    @classmethod
    def _expand(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("http_host")
    @classmethod
    def _address_or_name(cls, host: str) -> str:
        try:
            host.encode("idna")
        except UnicodeError:
            raise ValueError("must be an address or a name of this machine") from None
        return host

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not is_web_address(url):
            raise ValueError("must start with http:// or https:// and name a host")
        if not url.isprintable() or any(mark in url for mark in "?# "):
            raise ValueError("must be an address to which paths are added: no space, ? or #")
        return url.rstrip("/")

    @field_validator("knowledge")
    @classmethod
    def _folder_that_is_there(cls, folder: Path | None) -> Path | None:
        if folder is not None and not folder.expanduser().is_dir():
            raise ValueError(f"{folder} is no folder")
        return folder and folder.expanduser()

    @field_validator("database_url")
    @classmethod
    def _known_engine(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite:/// or postgresql+psycopg://")
        if url == "sqlite:///":
            raise ValueError("must name a file after sqlite:///")
        return url

    @property
    def database(self) -> str:
        """The database's SQLAlchemy URL; a file in home unless told otherwise."""
        return self.database_url or f"sqlite:///{self.home / 'dispatch.db'}"

    @property
    def base_url(self) -> str:
        """How devices and browsers reach the HTTP door, without a slash at its end."""
        return self.public_url or self.local_url(self.http_port)

    def local_url(self, port: int) -> str:
        """The HTTP door's address as this machine sees it."""
        host = f"[{self.http_host}]" if ":" in self.http_host else self.http_host
        return f"http://{host}:{port}"


def is_web_address(url: str) -> bool:
    """Whether a URL is of http or https and names a host and, if any, a port that can be."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def open_home(home: Path) -> None:
    """Make the home folder unless it is there; SettingError where nothing can be written to it."""
    try:
        # pathlib would make the folders above it readable to everybody.
        for folder in reversed((home, *home.parents)):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        problem = f"is wrong: {home} can't be written to ({error.strerror})"
        raise SettingError(name="DISPATCH_HOME", problem=problem) from None


def read_settings(model: type[Model], **known: Any) -> Model:
    """Read a settings model; a missing or wrong setting is one sentence that names it."""
    try:
        return model(**known)
    except UnicodeDecodeError:
        raise SettingError(name=".env", problem="is wrong: it is no text in UTF-8") from None
    except ValidationError as error:
        first = error.errors()[0]
        prefix = model.model_config.get("env_prefix", "")
        field = str(first["loc"][0]) if first["loc"] else "setting"
        name = field.upper() if field.isupper() else f"{prefix}{field}".upper()
        if first["type"] == "missing":
            raise SettingError(name=name, problem="is missing; set it and start again") from None
        problem = str(first["msg"]).removeprefix("Value error, ")
        raise SettingError(name=name, problem=f"is wrong: {problem}") from None
