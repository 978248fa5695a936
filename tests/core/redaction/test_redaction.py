"""Redaction: secrets are masked, ordinary text stays, hidden characters show; in linear time."""

import logging
import subprocess
import sys
import time
import unicodedata

import pytest

from dispatch_core import redaction
from dispatch_core.redaction import (
    RedactSecrets,
    make_visible,
    redact,
    register_secret,
    show_payload,
)
from tests.core.redaction.samples import HARMLESS, PHRASES, TOKENS, key_block, letters


@pytest.fixture
def _no_known_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", set())
    monkeypatch.setattr(redaction, "_known_pattern", None)


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("frame", ["{}", "before {} after", '"{}"', "({})", "x={}", "a\n{}\nb"])
def test_a_token_of_known_shape_is_masked_wherever_it_stands(name: str, frame: str) -> None:
    token = TOKENS[name]
    shown = redact(frame.format(token))
    assert token not in shown
    assert token[-12:] not in shown
    assert "[redacted: " in shown


@pytest.mark.parametrize(("text", "secret"), PHRASES)
def test_a_secret_is_known_by_the_words_around_it(text: str, secret: str) -> None:
    shown = redact(text)
    assert secret not in shown
    assert "[redacted: " in shown


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_what_stands_around_a_secret_stays() -> None:
    assert redact("run --password s3cret! --verbose") == (
        "run --password [redacted: password] --verbose"
    )
    assert redact("postgres://app:s3cr3t@db/prod") == (
        "postgres://app:[redacted: password in a URL]@db/prod"
    )
    assert redact('{"password": "abc", "user": "ada"}') == (
        '{"password": "[redacted: password]", "user": "ada"}'
    )


def test_a_private_key_is_masked_whole_and_what_follows_stays() -> None:
    block = key_block("RSA PRIVATE")
    assert redact(f"key:\n{block}\ndone") == "key:\n[redacted: private key]\ndone"
    assert redact(f"{block}\n{block}").count("[redacted: private key]") == 2


def test_a_private_key_without_its_end_is_masked_too() -> None:
    cut = key_block("PRIVATE").rpartition("-----END")[0]
    assert letters(64) not in redact(cut)


def test_masking_twice_changes_nothing() -> None:
    for text in (*TOKENS.values(), *(text for text, _ in PHRASES)):
        once = redact(text)
        assert redact(once) == once


@pytest.mark.usefixtures("_no_known_secrets")
def test_known_secrets_are_masked_first_and_longest_first() -> None:
    register_secret("correct horse")
    register_secret("correct horse battery")
    assert redact("it is correct horse battery!") == "it is [redacted: known secret]!"
    assert redact("it is correct%20horse!") == "it is [redacted: known secret]!"


@pytest.mark.usefixtures("_no_known_secrets")
def test_a_value_too_short_to_be_a_secret_is_not_taken() -> None:
    register_secret("a")
    register_secret("  ")
    assert redact("a banana") == "a banana"


def test_hidden_characters_are_written_out() -> None:
    assert make_visible("a\u202eb\u200bc\x1b[0m\r") == "a\\u{202E}b\\u{200B}c\\u{1B}[0m\\u{D}"
    assert make_visible("\u115f\u1160\u3164\uffa0\u2028") == (
        "\\u{115F}\\u{1160}\\u{3164}\\u{FFA0}\\u{2028}"
    )
    assert make_visible("\ud800") == "\\u{D800}"


def test_every_format_and_control_character_is_visible_but_newline_and_tab() -> None:
    hidden = [
        chr(point)
        for point in range(sys.maxunicode + 1)
        if unicodedata.category(chr(point)) in {"Cc", "Cf", "Zl", "Zp", "Cs"}
        and chr(point) not in "\n\t"
    ]
    left = [hex(ord(char)) for char in hidden if make_visible(char) == char]
    assert left == []
    assert make_visible("a\n\tb é 日本 🙂") == "a\n\tb é 日本 🙂"


def test_a_payload_is_masked_before_it_is_made_visible() -> None:
    token = TOKENS["GitHub classic"]
    assert show_payload(f"{token}\u202e") == "[redacted: GitHub token]\\u{202E}"


def test_logs_lose_secrets_in_messages_arguments_and_tracebacks() -> None:
    token = TOKENS["Slack bot"]
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "token %s", (token,), None)
    assert RedactSecrets().filter(record)
    assert record.getMessage() == "token [redacted: Slack token]"
    try:
        int(token)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "no", (), sys.exc_info())
    RedactSecrets().filter(record)
    assert token not in logging.Formatter().format(record)
    assert "ValueError" in logging.Formatter().format(record)


HOSTILE = (
    "a", "A", "-", "_", ".", "\\", " ", "\n", "=", ":", "@", "password", "password ", "password=",
    "pass_", "token-", "--", "key", "eyJ", "eyJaaaaaaaaaa.", "sk-", "xoxb-", "AKIA", "ghp_",
    "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\n", "curl ", "mysql -", "sshpass ",
    "docker login ", "a://", "http://a:", "https://", "login x ", "Authorization ", "bearer ",
    "cookie: a=", "[redacted", "\u202e", "secret is ", "identified by ", "1:A", "SG.", "dp.",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_hostile_text_takes_linear_time(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        started = time.process_time()
        show_payload(text)
        return time.process_time() - started

    assert seconds(100_000) < 1.0


def test_it_loads_nothing_heavy() -> None:
    code = (
        "import sys; before = set(sys.modules); import dispatch_core.redaction;"
        "loaded = {m.split('.')[0] for m in set(sys.modules) - before};"
        "print(*loaded - set(sys.stdlib_module_names))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == ["dispatch_core"]
