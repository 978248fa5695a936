"""Checks the blocks of a message and whole views, and fills in what Slack fills in."""

import secrets
import string as letters
from collections.abc import Iterator
from typing import Any

from bot.local_workspace.block_kit.blocks import HOME, MESSAGE, MODAL, check_block
from bot.local_workspace.block_kit.rules import Problems, Rule, flag, plain, string
from bot.local_workspace.json_text import Json, compact
from bot.local_workspace.refusal import Refusal, invalid_arguments

LONGEST_TEXTS = 13_200
"""All texts of a message together. Undocumented; measured by others (slackapi/bolt-js#2509)."""
LONGEST_MARKDOWN = 12_000
LARGEST_VIEW = 250_000
MOST_IN_MESSAGE, MOST_IN_VIEW = 50, 100
ALPHABET = letters.ascii_letters + letters.digits


def checked_blocks(blocks: Any, most: int = MOST_IN_MESSAGE) -> list[Json]:
    """The blocks of a message, with the ids that were left out; or Slack's refusal."""
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    problems = _problems(blocks, MESSAGE, most)
    if problems:
        raise _invalid_blocks(problems)
    if sum(len(text) for text in _texts(blocks)) > LONGEST_TEXTS:
        raise Refusal("msg_blocks_too_long")
    return [_completed(block) for block in blocks]


def checked_view(view: Any) -> Json:
    """A modal or an App Home, with the ids that were left out; or Slack's refusal."""
    if not isinstance(view, dict):
        raise invalid_arguments("must provide an object [json-pointer:/view]")
    if len(compact(view)) > LARGEST_VIEW:
        raise Refusal("view_too_large")
    problems = Problems()
    _check_view(view, problems)
    if problems.found:
        raise invalid_arguments(*problems.found)
    return view | {"blocks": [_completed(block) for block in view["blocks"]]}


def _invalid_blocks(problems: list[str]) -> Refusal:
    messages = [f"[ERROR] {problem}" for problem in problems]
    return Refusal("invalid_blocks", errors=problems, response_metadata={"messages": messages})


_COMMON: dict[str, Rule] = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
_MODAL: dict[str, Rule] = _COMMON | {
    "title": plain(24),
    "submit": plain(24),
    "close": plain(24),
    "clear_on_close": flag,
    "notify_on_close": flag,
    "submit_disabled": flag,
}
_RULES: dict[str, dict[str, Rule]] = {MODAL: _MODAL, HOME: _COMMON}


def _check_view(view: Json, problems: Problems) -> None:
    kind = view.get("type")
    if not isinstance(kind, str) or kind not in _RULES:
        problems.note("must be one of: modal, home", "/view/type")
        return
    for name, value in view.items():
        if name in _RULES[kind]:
            _RULES[kind][name](value, f"/view/{name}", problems)
        elif name not in {"type", "blocks"}:
            problems.note(f"invalid additional property: {name}", "/view")
    _check_parts(view, kind, problems)


def _check_parts(view: Json, kind: str, problems: Problems) -> None:
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        problems.note("missing required field: blocks", "/view")
        return
    problems.found += _problems(blocks, kind, MOST_IN_VIEW, "/view/blocks")
    if kind == MODAL and "title" not in view:
        problems.note("missing required field: title", "/view")
    asks = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
    if kind == MODAL and asks and "submit" not in view:
        problems.note("missing required field: submit (there are input blocks)", "/view")


def _problems(blocks: list[Any], surface: str, most: int, where: str = "/blocks") -> list[str]:
    problems = Problems()
    if len(blocks) > most:
        problems.note(f"no more than {most} items allowed", where)
    for index, block in enumerate(blocks):
        check_block(block, surface, f"{where}/{index}", problems)
    if not problems.found:
        _check_ids(blocks, where, problems)
        _check_markdown(blocks, where, problems)
    return problems.found


def _check_ids(blocks: list[Json], where: str, problems: Problems) -> None:
    _no_twins([block.get("block_id") for block in blocks], "block_id", where, problems)
    for index, block in enumerate(blocks):
        ids = [element.get("action_id") for element in elements_of(block)]
        _no_twins(ids, "action_id", f"{where}/{index}", problems)


def _no_twins(ids: list[Any], name: str, where: str, problems: Problems) -> None:
    given = [one for one in ids if one]
    for twin in sorted({one for one in given if given.count(one) > 1}):
        problems.note(f'`{name}` "{twin}" already exists', where)


def _check_markdown(blocks: list[Json], where: str, problems: Problems) -> None:
    lengths = [len(block["text"]) for block in blocks if block["type"] == "markdown"]
    if sum(lengths) > LONGEST_MARKDOWN:
        problems.note(f"markdown blocks hold more than {LONGEST_MARKDOWN} characters", where)


def elements_of(block: Json) -> Iterator[Json]:
    """The interactive elements of a block, wherever they stand in it."""
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            yield block[key]
    for key in ("elements", "actions"):
        yield from (one for one in block.get(key, ()) if isinstance(one, dict))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


_INTERACTIVE = frozenset({"actions", "section", "input", "context_actions", "card"})


def _completed(block: Json) -> Json:
    """The block with a block_id, and with an action_id on each element that people can use."""
    full = {**block, "block_id": block.get("block_id") or _new_id()}
    if block["type"] not in _INTERACTIVE:
        return full
    for key in ("accessory", "element"):
        if key in full:
            full[key] = _with_action(full[key])
    for key in ("elements", "actions"):
        if key in full:
            full[key] = [_with_action(one) for one in full[key]]
    return full


def _with_action(element: Json) -> Json:
    if element["type"] == "image" or element.get("action_id"):
        return element
    return {**element, "action_id": _new_id()}


def _new_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(5))
