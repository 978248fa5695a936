"""Taking an attached file from the core: streamed, bounded, and checked."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import responses

from device_agent.client import Client
from device_agent.errors import CoreAway, FileTooLarge, OtherBytes, RefusedByCore
from device_agent.identity import Identity

URL = "http://127.0.0.1:8765"
FILE = f"{URL}/device/steps/s1/files/%C3%BC%20b.csv"
NAME = "ü b.csv"


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client(URL, Identity.new(), "device-1", "laptop")
    yield client
    client.close()


def sent(body: bytes, digest: str = "") -> dict[str, object]:
    header = digest or hashlib.sha256(body).hexdigest()
    return {"body": body, "headers": {"X-Dispatch-Sha256": header}}


def test_a_file_is_written_where_it_is_wanted(
    wire: responses.RequestsMock, client: Client, tmp_path: Path
) -> None:
    wire.get(FILE, **sent(b"rows"))
    client.download("s1", NAME, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"rows"
    assert wire.calls[0].request.headers["X-Dispatch-Device"] == "device-1"


def test_more_than_the_limit_is_refused(
    wire: responses.RequestsMock, client: Client, tmp_path: Path
) -> None:
    wire.get(FILE, **sent(b"x" * 1_000))
    with pytest.raises(FileTooLarge, match="more than 999 bytes"):
        client.download("s1", NAME, tmp_path / "target", limit=999)


@pytest.mark.parametrize("digest", ["0" * 64, "none"])
def test_other_bytes_than_were_sent_are_refused(
    wire: responses.RequestsMock, client: Client, tmp_path: Path, digest: str
) -> None:
    wire.get(FILE, **sent(b"rows", digest))
    with pytest.raises(OtherBytes, match="did not come as it was sent"):
        client.download("s1", NAME, tmp_path / "target")


def test_a_refusal_is_told_in_the_cores_words(
    wire: responses.RequestsMock, client: Client, tmp_path: Path
) -> None:
    wire.get(FILE, status=404, json={"error": "NotFound", "message": "There is no file."})
    with pytest.raises(RefusedByCore, match=r"There is no file\."):
        client.download("s1", NAME, tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_a_core_that_is_away_is_told(
    wire: responses.RequestsMock, client: Client, tmp_path: Path
) -> None:
    wire.get(FILE, body=requests.ConnectionError())
    with pytest.raises(CoreAway, match="no connection"):
        client.download("s1", NAME, tmp_path / "target")
