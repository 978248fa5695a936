"""What Dispatch writes to standard error: lines for people, or JSON Lines for machines."""

import json
import logging
import os
import socket
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dispatch_core.log_context import extras, known
from dispatch_core.redaction import RedactSecrets, make_visible

# Libraries that narrate each call.
CHATTY = ("aiohttp.access", "apscheduler", "alembic", "slack_sdk.web.async_base_client")


class LogSettings(BaseSettings):
    """Each field is the variable DISPATCH_LOG_<FIELD> in capitals.

    The format is the same on a terminal and in a pipe: what a test of it showed is what comes.
    """

    model_config = SettingsConfigDict(
        env_prefix="DISPATCH_LOG_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] | None = None

    @field_validator("format", "level", mode="before")
    @classmethod
    def _in_any_case(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value


def log_to_stderr(settings: LogSettings, usual: str = "info") -> None:
    """Log in one format, from the usual level on unless a setting says otherwise.

    The libraries that narrate each call are kept to their warnings.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if settings.format == "json" else Lines())
    handler.addFilter(RedactSecrets())
    logging.basicConfig(level=(settings.level or usual).upper(), handlers=[handler], force=True)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    """One JSON object a line.

    time (UTC, ISO 8601), level, logger, message, process (host:pid, as a run's owner is named), the
    ids that the line is about, what came as `extra`, and exception, each where there is one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._host = socket.gethostname()

    def format(self, record: logging.LogRecord) -> str:
        """The record as its line, without the line's end."""
        fields = {**extras(record), **known()} | {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": f"{self._host}:{os.getpid()}",
        }
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            fields["exception"] = record.exc_text
        return json.dumps(fields, ensure_ascii=False, default=str)


class Lines(logging.Formatter):
    """One line for people, with the ids at its end; what follows a line's end is indented."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        """The line itself; a line's end inside it must not look like the end of it."""
        facts = " ".join(f"{name}={value}" for name, value in {**known(), **extras(record)}.items())
        line = make_visible(super().formatMessage(record)).replace("\n", "\n    ")
        return f"{line} [{facts}]" if facts else line
