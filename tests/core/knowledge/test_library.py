"""The library: folders of documents, read by format, searched, and read again when they change."""

import logging
import os
from pathlib import Path

import pytest

from dispatch_core.knowledge import library as library_module
from dispatch_core.knowledge.excerpts import excerpt
from dispatch_core.knowledge.library import Library, default_documents
from dispatch_core.knowledge.readers import read_html, read_markdown, read_pdf, read_text

GUIDE = """---
title: left out
---
# Coffee guide

Welcome. See [the *beans*](beans.md) page![a cup](cup.png).

## Grinding

Grind the beans just before brewing. Use `coarse` for a French press.

| Brew | Grams |
| --- | --- |
| Espresso | 18 |

## Cleaning

- Descale the kettle monthly.
- Rinse the filter.

```sh
kettle --descale
```
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    docs = tmp_path / "handbook"
    docs.mkdir()
    (docs / "coffee.md").write_text(GUIDE)
    return docs


@pytest.fixture(autouse=True)
def _look_at_every_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_module, "LOOK_AGAIN_SECONDS", 0.0)


def pdf_of(*pages: str) -> bytes:
    """A small PDF with one line of text a page, written by hand."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    return _with_table(objects)


def _with_table(objects: list[str]) -> bytes:
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode()
    rows = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}"
    trailer = (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    )
    return body + table.encode() + trailer.encode()


def test_a_passage_knows_its_file_and_heading_path(folder: Path) -> None:
    best = Library([folder]).search("When should I grind the beans?")[0]
    assert best.file == "handbook/coffee.md"
    assert best.heading == "Coffee guide \u203a Grinding"
    assert "Grind the beans just before brewing." in best.text
    assert best.coverage == 1.0
    assert best.page is None


def test_words_are_found_in_other_forms_and_with_a_slip(folder: Path) -> None:
    library = Library([folder])
    for query in ("descaling", "kettles cleaned", "esspresso grams"):
        assert library.search(query)[0].coverage == 1.0, query


def test_a_heading_weighs_more_than_a_mention(folder: Path) -> None:
    (folder / "tea.md").write_text("# Tea\n\nTea has nothing to do with grinding, nor milling.\n")
    assert Library([folder]).search("grinding")[0].file == "handbook/coffee.md"


def test_what_no_passage_speaks_of_finds_nothing(folder: Path) -> None:
    assert Library([folder]).search("who won the 1966 final") == []
    assert Library([folder]).search("") == []


def test_markdown_keeps_words_and_drops_marks() -> None:
    sections = read_markdown(GUIDE.encode())
    assert [s.headings for s in sections] == [
        ("Coffee guide",),
        ("Coffee guide", "Grinding"),
        ("Coffee guide", "Cleaning"),
    ]
    assert sections[0].blocks == ("Welcome. See the beans page.",)
    assert sections[1].blocks[1:] == ("Brew | Grams", "Espresso | 18")
    assert sections[2].blocks == (
        "- Descale the kettle monthly.",
        "- Rinse the filter.",
        "`kettle --descale`",
    )


def test_html_is_read_without_scripts_and_navigation() -> None:
    page = (
        "<html><head><title>x</title></head><body><nav>Home</nav><h1>Tea</h1>Loose "
        "<b>text</b><p>Black tea.<!-- no --></p><h2>Milk&nbsp;first?</h2><ul><li>Never.</li></ul>"
        "<pre>boil()\nsteep()</pre><table><tr><td>a</td><td>b</td></tr></table>"
        "<script>alert(1)</script></body></html>"
    )
    sections = read_html(page.encode())
    assert [(s.headings, s.blocks) for s in sections] == [
        (("Tea",), ("Loose text", "Black tea.")),
        (("Tea", "Milk first?"), ("- Never.", "`boil()`", "`steep()`", "a | b")),
    ]


def test_a_pdf_is_cited_by_page(tmp_path: Path) -> None:
    (tmp_path / "manual.pdf").write_bytes(pdf_of("Fill the tank.", "Empty the drip tray."))
    best = Library([tmp_path]).search("drip tray")[0]
    assert (best.page, best.text) == (2, "Empty the drip tray.")
    assert read_pdf(pdf_of("One"))[0].page == 1


def test_underlined_lines_are_headings_in_plain_text() -> None:
    sections = read_text(b"Tea\n===\nBlack.\n\nMilk\n----\nFirst,\nor last.\n")
    assert [(s.headings, s.blocks) for s in sections] == [
        (("Tea",), ("Black.",)),
        (("Tea", "Milk"), ("First, or last.",)),
    ]


def test_a_file_that_cannot_be_read_is_left_out_and_logged(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 not one")
    (folder / "binary.txt").write_bytes(b"\0\1\2")
    (folder / "image.png").write_bytes(b"grind")
    (folder / ".hidden.md").write_text("grind the hidden beans")
    caplog.set_level(logging.WARNING)
    library = Library([folder])
    assert library.files() == ("handbook/coffee.md",)
    assert "broken.pdf" in caplog.text
    assert "binary.txt" in caplog.text


def test_a_file_larger_than_the_limit_is_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "LARGEST_FILE", 10)
    assert Library([folder]).files() == ()


def test_a_link_that_leads_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("grind the secret beans")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    assert Library([folder]).files() == ("handbook/coffee.md",)


def test_changes_are_seen_at_the_next_search(folder: Path) -> None:
    library = Library([folder])
    assert library.search("oolong") == []
    tea = folder / "deep" / "tea.md"
    tea.parent.mkdir()
    tea.write_text("# Oolong\n\nSteep it short.\n")
    assert library.search("oolong")[0].file == "handbook/deep/tea.md"
    tea.write_text("# Matcha\n\nWhisk it.\n")
    os.utime(tea, ns=(1, 1))
    assert library.search("oolong") == []
    tea.unlink()
    assert library.files() == ("handbook/coffee.md",)


def test_single_files_and_missing_folders_may_be_named(folder: Path, tmp_path: Path) -> None:
    library = Library([folder / "coffee.md", tmp_path / "missing"])
    assert library.files() == ("coffee.md",)


def test_a_long_section_is_cut_between_its_paragraphs(tmp_path: Path) -> None:
    paragraphs = [f"Paragraph {n} " + "word " * 100 for n in range(12)]
    (tmp_path / "long.md").write_text("# Long\n\n" + "\n\n".join(paragraphs))
    best = Library([tmp_path]).search("paragraph 7")[0]
    assert "Paragraph 7" in best.text
    assert len(best.text) <= 1_500


def test_an_excerpt_keeps_the_sentences_that_bear_on_the_question() -> None:
    filler = "Nothing of interest is said in this sentence at all. " * 6
    text = f"{filler}\n{filler}The kettle boils at noon. {filler}"
    cut = excerpt("when does the kettle boil", text)
    assert "The kettle boils at noon." in cut
    assert len(cut) < 460
    assert "\u2026" in cut


def test_an_excerpt_of_one_endless_sentence_is_cut_at_a_word() -> None:
    cut = excerpt("kettle", "kettle " * 300)
    assert len(cut) < 470
    assert cut.endswith("\u2026")


def test_dispatch_has_documents_of_its_own() -> None:
    assert any(path.name in {"README.md", "docs"} for path in default_documents())
