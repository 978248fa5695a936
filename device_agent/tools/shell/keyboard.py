"""What a person writes to a running command, at a terminal or through a pipe."""

import contextlib
import fcntl
import os
import struct
import termios
from collections.abc import Callable

ROWS, COLUMNS = 24, 80
# What `>^C` and `>^D` bring.
INTERRUPT, END_OF_INPUT = "\x03", "\x04"


def open_terminal() -> tuple[int, int]:
    """A terminal of ROWS by COLUMNS: the end that is ours, and the end that is the command's."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    return ours, theirs


class Keyboard:
    """Writes to a command's input what it is ready to take, without waiting for it.

    handle is the writing end, which does not block and is closed with this; interrupt is what
    Ctrl-C does where there is no terminal.
    """

    def __init__(self, handle: int, *, terminal: bool, interrupt: Callable[[], None]) -> None:
        self._handle = handle
        self._terminal = terminal
        self._interrupt = interrupt
        self._waiting = b""
        self._ends = False
        self.deaf = False
        """Whether something was written that nobody reads any more."""

    def type(self, line: str) -> None:
        """Write a line, or INTERRUPT or END_OF_INPUT."""
        if line == INTERRUPT and not self._terminal:
            self._interrupt()
        elif line == END_OF_INPUT and not self._terminal:
            self._ends = True
        elif line in (INTERRUPT, END_OF_INPUT):
            self._waiting += line.encode()
        elif self._ends:
            self.deaf = True
        else:
            # The key of a terminal is a return; it makes a line's end of it, where one is wanted.
            ending = b"\r" if self._terminal else b"\n"
            self._waiting += line.encode("utf-8", "replace") + ending
        self.push()

    def push(self) -> None:
        """Write as much of what waits as is taken now."""
        with contextlib.suppress(BlockingIOError):
            while self._waiting and self._handle >= 0:
                self._write()
        if self._ends and not self._waiting:
            self.close()

    def close(self) -> None:
        """End the command's input; at a terminal that hangs up."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _write(self) -> None:
        try:
            taken = os.write(self._handle, self._waiting)
        except BlockingIOError:
            raise
        except OSError:  # nobody reads: a pipe says EPIPE, a terminal EIO
            self._waiting, self.deaf = b"", True
        else:
            self._waiting = self._waiting[taken:]
