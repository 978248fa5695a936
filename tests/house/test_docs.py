"""What the documents say is what the code does, as far as a machine can tell."""

import re
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from bot.commands.logs import LogSettings
from bot.settings import SlackSettings
from dispatch_core.settings import CoreSettings

HOUSE = Path(__file__).parents[2]
PAGES = [HOUSE / "README.md", HOUSE / "CHANGELOG.md", *sorted((HOUSE / "docs").glob("*.md"))]
NOT_OF_A_SERVER = {"DISPATCH_BROWSER", "DISPATCH_DEVICE_HOME"}
SETTING = re.compile(r"^\| `([A-Z_]+)` \|(?: (.*?))?? \|", re.MULTILINE)
# What is computed, or depends on the command, is told in words.
TOLD_IN_WORDS = {
    "DISPATCH_DATABASE_URL": "SQLite in the home",
    "DISPATCH_KNOWLEDGE": "Dispatch's own docs",
    "DISPATCH_LOG_LEVEL": "`info`",
}
LINK = re.compile(r"!?\[[^\]]*\]\((?!https?://)([^)#]+)")


def told() -> dict[str, str]:
    """The README's table of settings: the name and what stands as its default."""
    return dict(SETTING.findall((HOUSE / "README.md").read_text()))


def known() -> dict[str, object]:
    """The settings of the code, by the name of their variable, with their defaults."""
    return {
        _variable(model, name): field.default
        for model in (CoreSettings, SlackSettings, LogSettings)
        for name, field in model.model_fields.items()
    }


def _variable(model: type[BaseSettings], field: str) -> str:
    return f"{model.model_config.get('env_prefix', '')}{field}".upper()


def test_the_readme_lists_every_setting_and_no_other() -> None:
    assert set(told()) - NOT_OF_A_SERVER == set(known())


def test_the_readme_tells_the_defaults() -> None:
    expected = {name: _written(value) for name, value in known().items()} | TOLD_IN_WORDS
    assert {name: told()[name] for name in expected} == expected


def _written(value: object) -> str:
    if value in (None, "", (), PydanticUndefined):
        return ""
    if isinstance(value, bool):
        return f"`{value}`".lower()
    return f"`{value:.10g}`" if isinstance(value, int | float) else f"`{value}`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_the_pages_leads_somewhere(page: Path) -> None:
    lost = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert lost == []


def test_every_target_of_make_says_what_it_does() -> None:
    rules = (HOUSE / "Makefile").read_text()
    listed = re.search(r"^\.PHONY: (.*)$", rules, re.MULTILINE)
    assert listed
    assert set(listed[1].split()) == set(re.findall(r"^([a-z]+):.*## ", rules, re.MULTILINE))


def test_no_pin_comes_from_anywhere_but_the_index() -> None:
    pins = (HOUSE / "constraints.txt").read_text().splitlines()
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", pin)] == []
