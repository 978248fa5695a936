"""Says on the terminal how far the bench is."""

import time

BEGUN = time.monotonic()


def say(words: str) -> None:
    """One line, with the minutes and seconds since the start."""
    minutes, seconds = divmod(int(time.monotonic() - BEGUN), 60)
    print(f"{minutes:3d}:{seconds:02d} {words}", flush=True)  # noqa: T201 (a person waits)
