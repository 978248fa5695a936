"""What kind of file bytes look like."""

import codecs
import mimetypes
from pathlib import Path, PurePath

HEAD_BYTES = 512
UNKNOWN = "application/octet-stream"
# Long signatures decide at once; short ones are also how some texts begin ("BMI,weight").
LONG_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"%PDF-": "application/pdf",
    b"PK\x03\x04": "application/zip",
    b"PK\x05\x06": "application/zip",
    b"\xfd7zXZ\x00": "application/x-xz",
    b"7z\xbc\xaf\x27\x1c": "application/x-7z-compressed",
    b"(\xb5/\xfd": "application/zstd",
    b"SQLite format 3\x00": "application/vnd.sqlite3",
    b"\x7fELF": "application/x-executable",
}
SHORT_SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"BM": "image/bmp",
    b"\x1f\x8b": "application/gzip",
    b"BZh": "application/x-bzip2",
    b"PAR1": "application/vnd.apache.parquet",
    b"MZ": "application/x-msdownload",
}
SIGNED = {*LONG_SIGNATURES.values(), *SHORT_SIGNATURES.values(), "image/webp"}
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
# The tables that mimetypes reads differ from machine to machine; these are the same everywhere.
NAMED = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".md": "text/markdown",
    ".log": "text/plain",
    ".py": "text/x-python",
    ".sh": "text/x-sh",
    ".js": "text/javascript",
    ".ts": "text/x-typescript",
    ".sql": "text/x-sql",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".toml": "application/toml",
    ".ipynb": "application/x-ipynb+json",
    ".svg": "image/svg+xml",
    ".xml": "application/xml",
}
INSIDE_A_ZIP = {
    ".docx": f"{OFFICE}wordprocessingml.document",
    ".xlsx": f"{OFFICE}spreadsheetml.sheet",
    ".pptx": f"{OFFICE}presentationml.presentation",
    ".odt": f"{OPEN_DOCUMENT}text",
    ".ods": f"{OPEN_DOCUMENT}spreadsheet",
    ".epub": "application/epub+zip",
}
TEXT_TYPES = {mime for mime in NAMED.values() if not mime.startswith("text/")}
CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b")) + b"\x7f"

TABLES = {"text/csv", "text/tab-separated-values", "application/vnd.apache.parquet"}
TABLES |= {INSIDE_A_ZIP[".xlsx"], INSIDE_A_ZIP[".ods"], "application/vnd.ms-excel"}
DOCUMENTS = {"application/pdf", "application/msword", "application/rtf", "text/html"}
DOCUMENTS |= {INSIDE_A_ZIP[ending] for ending in (".docx", ".pptx", ".odt", ".epub")}
ARCHIVES = {"application/zip", "application/gzip", "application/x-bzip2", "application/x-xz"}
ARCHIVES |= {"application/x-7z-compressed", "application/zstd", "application/x-tar"}
DATA = {"application/vnd.sqlite3", "application/json", "application/x-ndjson"}
DATA |= {"application/yaml", "application/toml", "application/xml", "text/xml"}
DATA_ENDINGS = {".npy", ".npz", ".pkl", ".pickle", ".feather", ".arrow", ".h5", ".mat"}
CODE_ENDINGS = {".py", ".sh", ".js", ".ts", ".sql", ".c", ".h", ".cc", ".cpp", ".java", ".go"}
CODE_ENDINGS |= {".rs", ".rb", ".php", ".r", ".css", ".ipynb", ".kt", ".swift", ".lua", ".pl"}


def guess_mime(name: str, head: bytes) -> str:
    """The content type of a file by its first bytes (head_of gives them) and its name.

    The bytes win: a text named plot.png is text/plain. What nothing tells is
    application/octet-stream.
    """
    ending = PurePath(name).suffix.lower()
    if found := _signature(head, LONG_SIGNATURES):
        return INSIDE_A_ZIP.get(ending, found) if found == "application/zip" else found
    named = NAMED.get(ending) or INSIDE_A_ZIP.get(ending) or mimetypes.guess_type(name)[0] or ""
    if not head:
        return named or UNKNOWN
    if _is_text(head, named):
        return named if _holds_text(named) else "text/plain"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    by_name = UNKNOWN if named in SIGNED or _holds_text(named) else named
    return _signature(head, SHORT_SIGNATURES) or by_name or UNKNOWN


def guess_kind(mime: str, name: str) -> str:
    """One of image, table, text, document, archive, code, data, other."""
    ending = PurePath(name).suffix.lower()
    checks = {
        "image": mime.startswith("image/"),
        "table": mime in TABLES,
        "archive": mime in ARCHIVES and ending not in DATA_ENDINGS,
        "document": mime in DOCUMENTS,
        "code": ending in CODE_ENDINGS and _holds_text(mime),
        "data": mime in DATA or ending in DATA_ENDINGS,
        "text": mime.startswith("text/"),
    }
    return next((kind for kind, fits in checks.items() if fits), "other")


def head_of(path: Path) -> bytes:
    """The first bytes of a file, as many as tell what it is."""
    with path.open("rb") as opened:
        return opened.read(HEAD_BYTES)


def _signature(head: bytes, signatures: dict[bytes, str]) -> str:
    return next((mime for start, mime in signatures.items() if head.startswith(start)), "")


def _holds_text(mime: str) -> bool:
    return mime.startswith("text/") or mime in TEXT_TYPES


def _is_text(head: bytes, named: str) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16 tells itself by its first character
        return True
    if head.translate(None, CONTROL) != head:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return _holds_text(named)  # an old encoding: the name has to vouch for it
    return True
