"""Pairing codes can't be tried one after the other, from wherever the tries come."""

import pytest

from dispatch_core.device_errors import TooManyAttempts
from dispatch_core.http.attempts import ATTEMPTS, PairingAttempts


def test_an_address_may_try_again_after_a_minute() -> None:
    now = 0.0
    attempts = PairingAttempts(lambda: now)
    for _ in range(ATTEMPTS):
        attempts.note("203.0.113.7")
    with pytest.raises(TooManyAttempts):
        attempts.note("203.0.113.7")
    attempts.note("203.0.113.8")
    now = 61.0
    attempts.note("203.0.113.7")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::2%eth0"),
    ],
)
def test_one_line_s_many_addresses_are_one(one: str, other: str) -> None:
    attempts = PairingAttempts(lambda: 0.0)
    for _ in range(ATTEMPTS):
        attempts.note(one)
    with pytest.raises(TooManyAttempts):
        attempts.note(other)


@pytest.mark.parametrize("other", ["2001:db8:1:3::1", "203.0.113.7", "", "no address"])
def test_another_line_is_another(other: str) -> None:
    attempts = PairingAttempts(lambda: 0.0)
    for _ in range(ATTEMPTS):
        attempts.note("2001:db8:1:2::1")
    attempts.note(other)
