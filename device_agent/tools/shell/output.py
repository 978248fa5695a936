"""Keeps a command's output within bounds: its head and its tail, and the whole of it in a file."""

import codecs
from pathlib import Path
from typing import Self

from device_agent.tools.shell.spool import Spool
from dispatch_core.protocol import MAX_OUTPUT_CHARS


class Output:
    """Text from bytes, at most limit characters of it: the first half and the last half."""

    def __init__(self, folder: Path, limit: int = MAX_OUTPUT_CHARS) -> None:
        """folder is a private one for what does not fit; close this at the end."""
        self.spool = Spool(folder)
        self._half = limit // 2
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._head = ""
        self._tail = ""
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.spool.close()

    def take(self, data: bytes, *, final: bool = False) -> str:
        """The new text; a character that is cut between two reads comes with the second."""
        self.spool.add(data)
        # NUL is no text, and one database refuses it.
        text = self._decoder.decode(data, final).replace("\0", "\ufffd")
        self._count += len(text)
        room = self._half - len(self._head)
        self._head += text[:room]
        self._tail += text[room:]
        if len(self._tail) > 4 * self._half:
            self._tail = self._tail[-self._half :]
        return text

    @property
    def truncated(self) -> bool:
        """Whether something was left out."""
        return self._count > 2 * self._half

    @property
    def text(self) -> str:
        """What is kept; where something was left out it says how much."""
        if not self.truncated:
            return self._head + self._tail
        left_out = self._count - 2 * self._half
        return f"{self._head}\n… {left_out} characters left out …\n{self._tail[-self._half :]}"
