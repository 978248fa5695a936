"""Sizes as people say them."""


def human_size(size: int) -> str:
    """Bytes in the unit that a person would choose."""
    amount, unit = float(size), "B"
    for larger in ("KB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{size} B" if unit == "B" else f"{amount:.1f} {unit}"
