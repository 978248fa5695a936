"""Holds payloads against Slack's own TypeScript types, as literals, in one run of tsc."""

import json
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TSC = HERE / "node_modules/.bin/tsc"

# The HTTP client sends these as form fields, where every value is text; the types want their own.
NUMBERS = {"limit", "length"}
FLAGS = {"inclusive", "include_all_metadata", "include_users", "include_disabled", "unfurl_links"}

Call = tuple[str, dict[str, Any]]


def missing() -> str:
    """What has to be there and is not, or nothing."""
    return "" if TSC.exists() else "typescript is not installed; type: make install"


def complaints(calls: Iterable[Call], folder: Path) -> list[str]:
    """What tsc says against the calls, each line with the call that it is about; none is good."""
    distinct = list(dict.fromkeys(_statement(method, params) for method, params in calls))
    program = HERE / "node_modules" / f".{folder.name}.ts"
    program.write_text("\n".join([_imports(distinct), *(text for _, text in distinct)]))
    try:
        return list(_run(program, distinct))
    finally:
        program.unlink()


def _statement(method: str, params: dict[str, Any]) -> tuple[str, str]:
    """The type's name, and one line of TypeScript that says the payload is of that type."""
    name = "".join(part[0].upper() + part[1:] for part in method.split(".")) + "Arguments"
    params = {key: _typed(key, value) for key, value in params.items()}
    lines = [f"({json.dumps(params)}) satisfies {name};"]
    # The methods' own types take any object with a `type` for a block; the union is stricter.
    shown = (params.get("blocks"), (params.get("view") or {}).get("blocks"))
    lines += [f"({json.dumps(blocks)}) satisfies KnownBlock[];" for blocks in shown if blocks]
    return name, " ".join(lines)


def _typed(key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if key in NUMBERS:
        return int(value)
    if key in FLAGS:
        return value in ("1", "true", "True")
    return value


def _imports(statements: list[tuple[str, str]]) -> str:
    names = ", ".join(sorted({name for name, _ in statements}))
    known = 'import type { KnownBlock } from "@slack/types";'
    return f'import type {{ {names} }} from "@slack/web-api"; {known}'


def _run(program: Path, statements: list[tuple[str, str]]) -> Iterator[str]:
    options = ["--noEmit", "--strict", "--skipLibCheck", "--pretty", "false", "--types", "node"]
    modules = ["--module", "nodenext", "--moduleResolution", "nodenext", "--target", "es2022"]
    checked = subprocess.run(
        [TSC, *options, *modules, program],
        capture_output=True,
        text=True,
        cwd=HERE,
        check=False,
        timeout=200,
    )
    for line in checked.stdout.splitlines():
        place = line.partition("(")[2].partition(",")[0]
        about = statements[int(place) - 2][1][:2000] if place.isdigit() and place != "1" else ""
        yield f"{line}\n    {about}" if about else line
    if checked.returncode and not checked.stdout:
        yield checked.stderr
