"""The cloud-knowledge route: quotes with their sources, and an honest nothing."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dispatch_core.abilities import ToolName
from dispatch_core.knowledge.library import Library
from dispatch_core.lifecycle import StepStatus
from dispatch_core.routes.cloud_knowledge import answer, offer
from dispatch_core.routes.tool import StepContext


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "devices.md").write_text(
        "# Devices\n\n## Pairing\n\nType `/devices pair` to get a code.\nIt is good for a while."
        "\n\n## Removing\n\nType `/devices remove NAME`.\n"
    )
    (tmp_path / "approvals.md").write_text(
        "# Approvals\n\nAn approval expires after a day. An expired one is never reported as "
        "rejected.\n"
    )
    return Library([tmp_path])


def test_an_answer_quotes_the_passage_and_names_its_place(library: Library) -> None:
    said = answer(library, "How do I pair a device?")
    assert said.startswith("> Type `/devices pair` to get a code.")
    assert "devices.md`, Devices \u203a Pairing" in said
    assert "Removing" not in said


@pytest.mark.parametrize(
    "query",
    [
        "who won the 1966 world cup",
        "what is the capital of France?",
        "best recipe for an apple pie",
        "how tall is Mount Everest",
        "how do vaccines work",
    ],
)
def test_a_question_about_something_else_finds_nothing_and_says_what_is_there(
    library: Library, query: str
) -> None:
    said = answer(library, query)
    assert said.startswith("I found nothing about that in the 2 documents I have")
    assert "approvals.md" in said
    assert ">" not in said


def test_an_empty_folder_says_how_to_fill_it(tmp_path: Path) -> None:
    assert "DISPATCH_KNOWLEDGE" in answer(Library([tmp_path]), "anything")


def test_every_line_of_a_quote_is_quoted(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Menu\n\n- soup\n- salad\n\n```\n# no heading\n```\n")
    quote, _, source = answer(Library([tmp_path]), "menu").partition("\n\n")
    assert all(line.startswith(">") for line in quote.split("\n"))
    assert "> `# no heading`" in quote
    assert source.startswith("Source: ")


def test_the_tool_answers_a_step(library: Library) -> None:
    tool = offer(library)
    work = SimpleNamespace(files=())
    context = cast("StepContext", SimpleNamespace(timeout_seconds=30.0, work=work))
    arguments: dict[str, Any] = {"query": "when does an approval expire?"}
    result = asyncio.run(cast("Any", tool.run(context, arguments)))
    assert tool.name is ToolName.SEARCH_KNOWLEDGE
    assert result.status is StepStatus.DONE
    assert "expires after a day" in result.text
