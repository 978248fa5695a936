"""The companion's log: on the terminal, and in files of its home that only its owner can read."""

import logging
import os
from collections import deque
from io import BufferedWriter, FileIO, TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from dispatch_core.redaction import RedactSecrets

LOG_FILE = "companion.log"
# Four files: some weeks of ordinary use, and no more than 4 MB of somebody's disk.
MOST_BYTES = 1_000_000
KEPT_FILES = 3


class PrivateFile(RotatingFileHandler):
    """Rotates by size; each file is made so that nobody else can read it."""

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        buffered = BufferedWriter(FileIO(handle, "wb"))
        return TextIOWrapper(buffered, encoding="utf-8", line_buffering=True)


def start_logging(home: Path) -> None:
    """Log to standard error and to the home; secrets are masked in both."""
    to_file = PrivateFile(
        home / LOG_FILE, maxBytes=MOST_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
    )
    to_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    to_terminal = logging.StreamHandler()
    to_terminal.setFormatter(logging.Formatter("%(asctime)s %(message)s", datefmt="%H:%M:%S"))
    for handler in (to_file, to_terminal):
        handler.addFilter(RedactSecrets())
    logging.basicConfig(level=logging.INFO, handlers=[to_file, to_terminal])


def last_lines(home: Path, count: int) -> list[str]:
    """The log's last lines, across the file that was rotated last."""
    lines: deque[str] = deque(maxlen=count)
    for path in (home / f"{LOG_FILE}.1", home / LOG_FILE):
        if path.exists():
            lines.extend(path.read_text(encoding="utf-8", errors="replace").splitlines())
    return list(lines)
