"""What Bolt and the SDK log is told without what would only alarm."""

import logging

import pytest

from bot.app import _quiet


def told(caplog: pytest.LogCaptureFixture, error: Exception) -> str:
    logger = _quiet(logging.getLogger("tests.quiet"))
    try:
        raise error  # noqa: TRY301 (a traceback is what this is about)
    except Exception as caught:
        logger.exception("Failed to run a request listener: %s", caught)  # noqa: TRY401
    return caplog.text


def test_an_answer_that_a_closed_socket_cut_off_is_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = told(caplog, ConnectionResetError("Cannot write to closing transport"))
    assert "Cannot write to closing transport" in text
    assert "Traceback" not in text


def test_any_other_error_keeps_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    assert "Traceback" in told(caplog, ValueError("nobody foresaw this"))
