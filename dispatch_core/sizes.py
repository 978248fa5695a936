"""Sizes in words, the same in every message, answer and refusal."""

_UNITS = ("bytes", "kB", "MB", "GB")


def size_words(size_bytes: int) -> str:
    """A size as people say it: 1 byte, 312 bytes, 4.2 kB, 18 MB; a kB is 1,000 bytes."""
    if size_bytes == 1:
        return "1 byte"
    amount, unit = float(size_bytes), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1_000, unit + 1
    shown = f"{amount:.1f}" if unit and amount < 9.95 else f"{amount:.0f}"
    return f"{shown} {_UNITS[unit]}"
