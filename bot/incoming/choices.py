"""What a person chose: the value of a button or a menu, and what was typed into a modal."""

from typing import Any

from bot.errors import Unreadable
from bot.incoming.origin import Body


def value_of(action: Body) -> str:
    """What a button or a menu's choice stands for; raises Unreadable where it says nothing."""
    chosen = action.get("value") or (action.get("selected_option") or {}).get("value")
    if not chosen:
        raise Unreadable(problem="what was clicked has no value")
    return str(chosen)


def given(view: Body, name: str, key: str) -> Any:
    """What was given in an input whose block and action have this name; None where nothing was."""
    return view["state"]["values"].get(name, {}).get(name, {}).get(key)
