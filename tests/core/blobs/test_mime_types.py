"""What a file is, by its bytes and its name."""

import pytest

from dispatch_core.mime_types import guess_kind, guess_mime


@pytest.mark.parametrize(
    ("name", "head", "mime", "kind"),
    [
        ("plot.png", b"\x89PNG\r\n\x1a\n\x00", "image/png", "image"),
        ("photo", b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg", "image"),
        ("drawing.svg", b"<svg xmlns=", "image/svg+xml", "image"),
        ("x.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", "image"),
        ("table.csv", b"a,b\n1,2\n", "text/csv", "table"),
        ("bmi.csv", b"BMI,weight\n", "text/csv", "table"),
        ("old.csv", "größe\n".encode("latin-1"), "text/csv", "table"),
        ("utf16.csv", "a,b".encode("utf-16"), "text/csv", "table"),
        ("empty.csv", b"", "text/csv", "table"),
        ("rows.parquet", b"PAR1\x15\x04", "application/vnd.apache.parquet", "table"),
        ("notes.md", b"# Hi", "text/markdown", "text"),
        ("cut.txt", "é".encode()[:1], "text/plain", "text"),
        ("README", b"hello", "text/plain", "text"),
        ("main.py", b"print(1)", "text/x-python", "code"),
        ("book.ipynb", b"{}", "application/x-ipynb+json", "code"),
        ("data.json", b"{}", "application/json", "data"),
        ("store.db", b"SQLite format 3\x00", "application/vnd.sqlite3", "data"),
        ("array.npz", b"PK\x03\x04\x00", "application/zip", "data"),
        ("array.npy", b"\x93NUMPY\x01\x00", "application/octet-stream", "data"),
        ("page.html", b"<html>", "text/html", "document"),
        ("paper.pdf", b"%PDF-1.7", "application/pdf", "document"),
        (
            "sheet.xlsx",
            b"PK\x03\x04\x00",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "table",
        ),
        ("all.zip", b"PK\x03\x04\x00", "application/zip", "archive"),
        ("all.tar.gz", b"\x1f\x8b\x08\x00", "application/gzip", "archive"),
        ("program", b"\x7fELF\x02\x00", "application/x-executable", "other"),
        ("lies.png", b"#!/bin/sh\nrm", "text/plain", "text"),
        ("lies.txt", b"\x00\x01\x02", "application/octet-stream", "other"),
        ("lies.pdf", b"\x00\x01\x02", "application/octet-stream", "other"),
        ("clip.mp4", b"\x00\x00\x00 ftypisom", "video/mp4", "other"),
        ("unknown.zzz", b"\x00\x01", "application/octet-stream", "other"),
        ("", b"", "application/octet-stream", "other"),
    ],
)
def test_a_files_type_is_read_from_its_bytes_and_its_name(name, head, mime, kind):
    assert guess_mime(name, head) == mime
    assert guess_kind(mime, name) == kind
