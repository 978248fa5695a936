"""What the companion sends over the wire, and what it makes of each answer."""

import base64
import hashlib
from pathlib import Path

import pytest
import requests
import responses
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from device_agent.client import Client
from device_agent.core_address import check_address
from device_agent.errors import BadAddress, CoreAway, PairingGone, PlainHttp, RefusedByCore
from device_agent.identity import Identity
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import PairRequest, Progress, StepResult
from dispatch_core.signing import signing_text

URL = "https://dispatch.example/behind/a/proxy"
DONE = StepResult(status=StepStatus.DONE, text="hi")


@pytest.fixture
def identity() -> Identity:
    return Identity.new()


@pytest.fixture
def client(identity: Identity) -> Client:
    return Client(URL, identity, "device-1", "laptop")


@pytest.fixture
def wire() -> "responses.RequestsMock":
    with responses.RequestsMock() as wire:
        yield wire


def check_signed(request: requests.PreparedRequest, identity: Identity, target: str) -> None:
    body = request.body or b""
    data = body if isinstance(body, bytes) else b""
    headers = request.headers
    text = signing_text(
        request.method or "",
        target,
        data,
        headers["X-Dispatch-Time"],
        headers["X-Dispatch-Nonce"],
    )
    padded = identity.public_text + "=" * (-len(identity.public_text) % 4)
    key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(padded))
    key.verify(base64.urlsafe_b64decode(headers["X-Dispatch-Signature"] + "=="), text)


def test_a_claim_is_signed_without_the_path_of_the_proxy(
    wire: responses.RequestsMock, client: Client, identity: Identity
) -> None:
    wire.post(f"{URL}/device/claim", json={"order": None})
    assert client.claim(25) is None
    check_signed(wire.calls[0].request, identity, "/device/claim?wait=25")
    assert wire.calls[0].request.headers["X-Dispatch-Device"] == "device-1"


def test_each_request_has_a_nonce_of_its_own(wire: responses.RequestsMock, client: Client) -> None:
    wire.post(f"{URL}/device/claim", json={"order": None})
    client.claim(0)
    client.claim(0)
    nonces = {call.request.headers["X-Dispatch-Nonce"] for call in wire.calls}
    assert len(nonces) == 2


def test_a_step_id_can_not_become_another_path(
    wire: responses.RequestsMock, client: Client, identity: Identity
) -> None:
    wire.post(f"{URL}/device/steps/..%2Fevil/progress", json={"stop": True})
    assert client.progress("../evil", Progress(sequence=0)).stop
    check_signed(wire.calls[0].request, identity, "/device/steps/..%2Fevil/progress")


def test_a_file_is_sent_with_the_hash_that_is_signed(
    wire: responses.RequestsMock, client: Client, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"rows")
    digest = hashlib.sha256(b"rows").hexdigest()
    receipt = {"artifactId": "a1", "sha256": digest, "sizeBytes": 4}
    wire.put(f"{URL}/device/steps/s1/artifacts/%C3%BC%20b.csv", json=receipt)
    assert client.upload("s1", "ü b.csv", file).artifact_id == "a1"
    assert wire.calls[0].request.headers["X-Dispatch-Sha256"] == digest


def refuse(wire: responses.RequestsMock, status: int, error: str) -> None:
    wire.post(f"{URL}/device/steps/s1/end", status=status, json={"error": error, "message": "No."})


def test_a_revoked_device_hears_that_its_pairing_is_gone(
    wire: responses.RequestsMock, client: Client
) -> None:
    refuse(wire, 403, "BadSignature")
    with pytest.raises(PairingGone, match="laptop is no longer paired"):
        client.end("s1", DONE)


def test_a_lost_claim_is_a_refusal_with_its_name(
    wire: responses.RequestsMock, client: Client
) -> None:
    refuse(wire, 409, "LostClaim")
    with pytest.raises(RefusedByCore) as caught:
        client.end("s1", DONE)
    assert (caught.value.error, str(caught.value)) == ("LostClaim", "No.")


@pytest.mark.parametrize(("status", "error"), [(500, "Unexpected"), (503, "StoreUnavailable")])
def test_a_server_in_trouble_is_away(
    wire: responses.RequestsMock, client: Client, status: int, error: str
) -> None:
    refuse(wire, status, error)
    with pytest.raises(CoreAway):
        client.end("s1", DONE)


def test_a_wrong_clock_is_worth_another_try(wire: responses.RequestsMock, client: Client) -> None:
    refuse(wire, 403, "ClockSkew")
    with pytest.raises(CoreAway, match="No"):
        client.end("s1", DONE)


@pytest.mark.parametrize("status", [302, 404, 200])
def test_another_kind_of_server_is_away(
    wire: responses.RequestsMock, client: Client, status: int
) -> None:
    wire.post(f"{URL}/device/claim", status=status, body="<html>", headers={"Location": "/login"})
    with pytest.raises(CoreAway):
        client.claim(0)


def test_a_dead_network_is_away(wire: responses.RequestsMock, client: Client) -> None:
    wire.post(f"{URL}/device/claim", body=requests.ConnectionError("secret words"))
    with pytest.raises(CoreAway, match="no connection"):
        client.claim(0)


def test_a_refused_code_says_why(wire: responses.RequestsMock, identity: Identity) -> None:
    wire.post(
        f"{URL}/device/pair",
        status=403,
        json={"error": "PairingRefused", "message": "This pairing code is wrong."},
    )
    request = PairRequest.model_validate(
        {
            "code": "ABCD2345",
            "publicKey": identity.public_text,
            "name": "laptop",
            "platform": "Linux",
            "capabilities": {},
            "permissions": {},
        }
    )
    with pytest.raises(RefusedByCore, match="This pairing code is wrong"):
        Client(URL, identity).pair(request)


@pytest.mark.parametrize(
    "url", ["https://core.example/", "http://127.0.0.1:8765", "http://[::1]:1", "http://localhost"]
)
def test_an_address_that_is_safe_is_taken(url: str) -> None:
    assert check_address(url, insecure=False) == url.rstrip("/")


@pytest.mark.parametrize(
    "url", ["http://core.example", "http://10.0.0.1", "http://127.0.0.1.evil.example"]
)
def test_plain_http_to_another_computer_must_be_asked_for(url: str) -> None:
    with pytest.raises(PlainHttp, match="--insecure"):
        check_address(url, insecure=False)
    assert check_address(url, insecure=True) == url


@pytest.mark.parametrize(
    "url",
    ["ftp://a", "core.example", "https://", "https://me@core.example", "https://[", "https://a?b"],
)
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(BadAddress):
        check_address(url, insecure=True)
