"""Files that were attached to harm: what they hide, what they lead to, what they cost."""

import time
from pathlib import Path
from typing import Any

import pytest

from dispatch_core.knowledge import attached
from dispatch_core.knowledge.attached import read_attached
from dispatch_core.routes import cloud_knowledge_attached
from tests.core.knowledge.thread import NOTES, Thread


async def test_secrets_and_hidden_characters_of_a_file_are_not_told(ask: Any) -> None:
    text = "password: hunter2secret\n\nThe pears are \u202egnihton\x1b[31m red.\n"
    said = await ask("what about the password and pears?", Thread({"a.txt": text}, {"a.txt"}))
    assert "hunter2secret" not in said
    assert "[redacted: password]" in said
    assert "\\u{202E}" in said
    assert not set(said) & {"\u202e", "\x1b"}


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.py", "a.csv"])
async def test_no_address_of_a_file_hides_behind_other_words(ask: Any, name: str) -> None:
    text = "pears [bank](http://evil.example) and ` [x][1] `` [y](http://e)\n\n[1]: http://evil\n"
    said = await ask("what about pears?", Thread({name: text}, {name}))
    quoted = said.partition("\n\nSource")[0]
    assert all(line.startswith(">") for line in quoted.split("\n"))
    if name in {"a.md", "a.txt"}:
        assert "](" not in quoted
        assert "]:" not in quoted
    else:
        assert all(line.startswith("> `") for line in quoted.split("\n"))


async def test_a_hostile_name_stays_inside_its_code(ask: Any) -> None:
    name = "a`[x](http://evil)\n# b\u202e.md"
    said = await ask("what about refunds?", Thread({name: NOTES}, {name}))
    assert "Source: `a'[x](http://evil) # b\\u{202E}.md`" in said


@pytest.mark.parametrize(
    "piece", ["# a\n", "```\n", "[](", "- a\n", "=-", " a\n" + " " * 900, "`", "a", "| a ", "\x1b"]
)
def test_a_hostile_text_is_read_in_time_that_grows_with_its_length(
    tmp_path: Path, piece: str
) -> None:
    path = tmp_path / "a.md"
    path.write_text(piece * (400_000 // len(piece)))
    started = time.process_time()
    passages = read_attached("a.md", path, 1_000_000)
    assert time.process_time() - started < 5
    assert all(len(p.text) < 2 * attached.LONGEST_BLOCK + 1_500 for p in passages)


async def test_a_misspelt_word_is_not_compared_with_every_word_of_a_text_that_has_too_many(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = Thread({"notes.md": NOTES}, {"notes.md"})
    assert "14 days" in await ask("what about the retturn?", thread)
    monkeypatch.setattr(cloud_knowledge_attached, "MOST_SLIPS", 5)
    assert "14 days" not in await ask("what about the retturn?", thread)
