"""How a guard hears of signals, and what of that its command inherits."""

import os
import signal


def wake_on_child() -> int:
    """A descriptor that can be read when a child ends."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reading


def hear_signals_anew() -> None:
    """A handler becomes the default in the command; an ignored signal would stay ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(number, lambda *_: None)
