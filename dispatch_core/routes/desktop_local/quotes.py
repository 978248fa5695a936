"""What people put around a path or a command."""


def unquoted(text: str, quotes: str) -> str:
    """The text without one pair of quotes around it; a fence is no quote."""
    text = text.strip()
    inside = text[1:-1]
    if len(text) > 2 and text[0] == text[-1] and text[0] in quotes and text[0] not in inside:
        return inside.strip()
    return text
