"""What is asked of the device's desktop."""

import re
from typing import Any

from dispatch_core.abilities import ToolName
from dispatch_core.route_cues.desktop import asked_of_desktop

_MEANT = re.compile(r"desktop +(?:screenshot|windows|tree|focus|type|press|click|read|set)\b.*")
_WORDS = (
    'Of your desktop I understand `screenshot desktop`, `windows`, `focus NAME`, `tree "WINDOW"`, '
    '`desktop read REF`, `desktop set REF "TEXT"`, `desktop type "TEXT"`, `desktop press ctrl+s` '
    "and `desktop click 100,200` or `desktop click REF`; write one of them."
)


def plan(body: str) -> tuple[ToolName, dict[str, Any]] | str | None:
    """A step of the desktop; what these words are where they were meant and missed."""
    if (arguments := asked_of_desktop(body)) is not None:
        return ToolName.DESKTOP, arguments
    return _WORDS if _MEANT.match(body) else None
