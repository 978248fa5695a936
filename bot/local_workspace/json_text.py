"""JSON as Slack's payloads and arguments carry it."""

import json
from typing import Any

Json = dict[str, Any]


def decoded(value: Any) -> Any:
    """An argument that may be JSON in a string (a form field) or already parsed; None if broken."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (RecursionError, ValueError):
        return None


def compact(value: Any) -> str:
    """JSON without spaces, as it goes over the wire and into files."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair is no text, though JSON can spell it.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
