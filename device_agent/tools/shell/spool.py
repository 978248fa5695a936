"""The whole of a long output, on its way to be a file: bounded, and kept only until it is sent."""

import codecs
import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from dispatch_core.redaction import redact

MOST_BYTES = 100 * 1024 * 1024
# Most outputs are shorter, and never touch the disk.
IN_MEMORY = 1024 * 1024
PIECE_BYTES = 256 * 1024


class Spool:
    """Takes bytes until most of them, in memory first and then in a file without a name.

    fault is what the disk said when it took no more, or ""; cut tells that there was more.
    """

    def __init__(self, folder: Path, most: int = MOST_BYTES, in_memory: int = IN_MEMORY) -> None:
        self._folder = folder
        self.most = most
        self._in_memory = in_memory
        self._file: IO[bytes] | None = None
        self._memory = bytearray()
        self._size = 0
        self.fault = ""
        self.cut = False

    def add(self, data: bytes) -> None:
        """Keep what has room; a full disk is noted and not raised."""
        data, rest = data[: self.most - self._size], data[self.most - self._size :]
        self.cut = self.cut or bool(rest)
        self._size += len(data)
        self._memory += data
        if len(self._memory) > self._in_memory:
            self._spill()

    def close(self) -> None:
        """Forget all of it."""
        self._memory.clear()
        if self._file is not None:
            with contextlib.suppress(OSError):  # what could not be written is lost anyway
                self._file.close()

    @contextlib.contextmanager
    def masked_copy(self, goes_on: Callable[[], bool]) -> Iterator[Path]:
        """A file with all of it as text, its secrets masked; raises OSError.

        goes_on is asked between the pieces; where it says no, the file ends there.
        """
        with tempfile.NamedTemporaryFile("w", dir=self._folder, encoding="utf-8") as copy:
            for piece in self._pieces():
                if not goes_on():
                    break
                copy.write(redact(piece))
            copy.flush()
            yield Path(copy.name)

    def _spill(self) -> None:
        if self.fault:
            self._memory.clear()
            return
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 (closed below)
            self._file.write(self._memory)
            self._file.flush()
        except OSError as error:
            self.fault = error.strerror or str(error)
            self.close()
        self._memory.clear()

    def _pieces(self) -> Iterator[str]:
        """The text, cut where a line ends if lines are of a length that people read."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        held = ""
        for data in self._read():
            held += decoder.decode(data)
            if (end := _end_of_lines(held)) > 0:
                yield held[:end]
                held = held[end:]
        yield held + decoder.decode(b"", final=True)

    def _read(self) -> Iterator[bytes]:
        if self._file is not None:
            self._file.seek(0)
            while data := self._file.read(PIECE_BYTES):
                yield data
            self._file.seek(0, os.SEEK_END)
        yield bytes(self._memory)


def _end_of_lines(text: str) -> int:
    """Where the last whole line ends; a private key is not cut in two, nor waited for for ever."""
    end = text.rfind("\n") + 1
    begins = text.rfind("-----BEGIN", 0, end)
    if begins >= 0 and "-----END" not in text[begins:end]:
        end = begins
    return end or (len(text) if len(text) > 4 * PIECE_BYTES else 0)
