"""What is asked of the device's desktop."""

from typing import Any

from dispatch_core.protocol import ToolName


def plan(_body: str) -> tuple[ToolName, dict[str, Any]] | str | None:
    """No words yet."""
    return None
