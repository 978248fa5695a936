"""Writes the little of TOML that a policy needs: tables of strings and lists of strings."""

import json
from collections.abc import Mapping, Sequence


def written(tables: Mapping[str, Mapping[str, str | Sequence[str]]]) -> str:
    """Tables, a level deep, as TOML that tomllib reads back to the same."""
    return "\n".join(_table(name, values) for name, values in tables.items() if values)


def _table(name: str, values: Mapping[str, str | Sequence[str]]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in values.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def _value(value: str | Sequence[str]) -> str:
    if isinstance(value, str):
        return _string(value)
    return f"[{', '.join(map(_string, value))}]"


def _string(text: str) -> str:
    # JSON's string is a basic string of TOML, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
