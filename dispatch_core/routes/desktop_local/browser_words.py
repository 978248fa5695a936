"""What is asked of the device's browser."""

import re
from typing import Any

from dispatch_core.abilities import ToolName
from dispatch_core.route_cues.browser import asked_of_browser

# On purpose for the browser, but in none of its forms.
_MEANT = re.compile(
    r"browser\b.*|open +<?(?:[a-z][a-z0-9+.-]*://|localhost:|127\.).*"
    r"|(?:click|type|select|press|download|upload) +.*",
    re.IGNORECASE | re.DOTALL,
)
_WORDS = (
    "Of your browser I understand `open https://…`, `snapshot`, `screenshot`, `click REF`, "
    '`click "TEXT"`, `type "TEXT" into REF`, `select "OPTION" in REF`, `press KEY`, '
    '`wait for "TEXT"`, `browser wait 5s`, `pdf`, `download REF`, `download https://…`, '
    "`upload NAME into REF`, `tabs`, `tab 2`, `browser back` and `browser close`; write one of "
    "them. A REF is what `snapshot` shows, such as `e7`."
)


def plan(body: str) -> tuple[ToolName, dict[str, Any]] | str | None:
    """A step of the browser; what these words are where they were meant and missed."""
    if (arguments := asked_of_browser(body)) is not None:
        return ToolName.BROWSER, arguments
    return _WORDS if _MEANT.fullmatch(body) else None
