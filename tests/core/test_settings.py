"""A wrong setting of the core is one sentence that names it."""

from pathlib import Path

import pytest

from dispatch_core.errors import SettingError
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings, read_settings


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("DISPATCH_APPROVAL_TTL", "inf", "less than or equal to"),
        ("DISPATCH_DATABASE_URL", "mysql://x", "must start with sqlite:///"),
        ("DISPATCH_DATABASE_URL", "sqlite:///", "must name a file"),
        ("DISPATCH_HTTP_HOST", "a..b", "an address or a name of this machine"),
        ("DISPATCH_HTTP_PORT", "70000", "less than or equal to 65535"),
        ("DISPATCH_KNOWLEDGE", "/nowhere/at/all", "/nowhere/at/all is no folder"),
        ("DISPATCH_LEASE", "1e30", "less than or equal to 3600"),
        ("DISPATCH_PUBLIC_URL", "https://", "name a host"),
        ("DISPATCH_PUBLIC_URL", "https://host:port", "name a host"),
        ("DISPATCH_PUBLIC_URL", "https://host/?team=1", "no space, ? or #"),
        ("DISPATCH_PUBLIC_URL", "https://host ", "no space, ? or #"),
        ("DISPATCH_CODE_MEMORY_MB", "99999999999999", "less than or equal to 1048576"),
    ],
)
def test_what_is_wrong_is_named_at_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, problem: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as refused:
        read_settings(CoreSettings)
    assert str(refused.value).startswith(f"{name} is wrong: ")
    assert problem in str(refused.value)


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "HTTP_HOST", "HTTP_PORT", "APPROVAL_TTL", "KNOWLEDGE"):
        monkeypatch.setenv(f"DISPATCH_{name}", "")
    assert read_settings(CoreSettings) == CoreSettings.model_construct(
        home=Path("~/.dispatch").expanduser(),
        **{
            name: field.default
            for name, field in CoreSettings.model_fields.items()
            if name != "home"
        },
    )


def test_a_dotenv_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingError, match=r"^\.env is wrong: it is no text"):
        read_settings(CoreSettings)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"home": "a-file"}, r"^DISPATCH_HOME is wrong: .*a-file can't be written to"),
        (
            {"database_url": "sqlite:////nowhere/at/all.db"},
            r"^DISPATCH_DATABASE_URL is wrong: there is no folder /nowhere/at\.$",
        ),
        (
            {"database_url": "postgresql+psycopg://me:hidden-word@:port/x"},
            r"^DISPATCH_DATABASE_URL is wrong: (it can't be read|psycopg is not installed here)\.$",
        ),
    ],
)
async def test_what_only_an_attempt_shows_is_named_too(
    tmp_path: Path, facts: dict[str, str], sentence: str
) -> None:
    (tmp_path / "a-file").write_text("")
    settings = CoreSettings(**{"home": tmp_path / "home", "http_port": 0} | facts)
    with pytest.raises(SettingError, match=sentence):
        Service(settings, ApprovalRules())


async def test_an_address_that_is_not_this_machines_is_the_hosts_fault(home: Path) -> None:
    settings = CoreSettings(home=home, http_host="192.0.2.1", http_port=0)
    service = Service(settings, ApprovalRules())
    try:
        with pytest.raises(SettingError, match=r"^DISPATCH_HTTP_HOST can't be used"):
            await service.start()
    finally:
        await service.stop()
