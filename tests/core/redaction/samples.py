"""Samples for redaction, put together at run time so that scanners don't take them for secrets."""

import base64
import json

HEX = "0123456789abcdef"
WORD = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z"


def letters(count: int) -> str:
    """That many letters and digits."""
    return (WORD * (count // len(WORD) + 1))[:count]


def digits_hex(count: int) -> str:
    """That many lower-case hex digits."""
    return (HEX * (count // len(HEX) + 1))[:count]


def _part(content: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


JWT = ".".join((_part({"alg": "HS256"}), _part({"sub": "1234567890"}), letters(43)))
_BEGIN, _END = "-----BEGIN {} KEY-----", "-----END {} KEY-----"


def key_block(kind: str) -> str:
    """A private key in PEM, with a made-up body."""
    lines = "\n".join(letters(64) for _ in range(4))
    return f"{_BEGIN.format(kind)}\n{lines}\n{_END.format(kind)}"


# What must not be seen any more; the text around it is added by the tests.
TOKENS: dict[str, str] = {
    "Slack bot": "xox" + "b-" + "123456789012-" + letters(24),
    "Slack user": "xox" + "p-" + "123456789012-123456789012-" + digits_hex(32),
    "Slack app": "xap" + "p-1-A0123456789-1234567890123-" + digits_hex(64),
    "Slack refresh": "xox" + "e-1-" + letters(60),
    "Slack configuration": "xox" + "e.xox" + "p-1-" + letters(60),
    "Slack webhook": "hooks.slack" + ".com/services/T01234567/B01234567/" + letters(24),
    "AWS id": "AK" + "IA" + "Q3EGRIKZ7MNB2XYT",
    "AWS session id": "AS" + "IA" + "Q3EGRIKZ7MNB2XYT",
    "GitHub classic": "gh" + "p_" + letters(36),
    "GitHub app": "gh" + "s_" + letters(36),
    "GitHub refresh": "gh" + "r_" + letters(76),
    "GitHub fine-grained": "github" + "_pat_" + letters(22) + "_" + letters(59),
    "GitLab": "glp" + "at-" + letters(20),
    "GitLab runner": "glr" + "t-" + letters(20),
    "OpenAI": "s" + "k-" + letters(48),
    "OpenAI project": "s" + "k-proj-" + letters(80),
    "OpenRouter": "s" + "k-or-v1-" + digits_hex(64),
    "Anthropic": "s" + "k-ant-api03-" + letters(93),
    "Google": "AI" + "za" + letters(35),
    "Google OAuth": "ya" + "29." + letters(60),
    "Google secret": "GOC" + "SPX-" + letters(28),
    "JWT": JWT,
    "Stripe": "sk" + "_live_" + letters(24),
    "Stripe restricted": "rk" + "_test_" + letters(24),
    "webhook": "wh" + "sec_" + letters(32),
    "npm": "np" + "m_" + letters(36),
    "PyPI": "py" + "pi-" + "AgEIcHlwaS5vcmc" + letters(70),
    "Hugging Face": "h" + "f_" + letters(34),
    "Docker": "dckr" + "_pat_" + letters(27),
    "DigitalOcean": "do" + "p_v1_" + digits_hex(64),
    "SendGrid": "S" + "G." + letters(22) + "." + letters(43),
    "Twilio": "S" + "K" + digits_hex(32),
    "Mailgun": "ke" + "y-" + digits_hex(32),
    "Shopify": "shp" + "at_" + digits_hex(32),
    "Vault": "hv" + "s." + letters(90),
    "Telegram": "123456789:" + "AA" + letters(33),
    "Linear": "lin" + "_api_" + letters(40),
    "age": "AGE-SECRET" + "-KEY-1" + letters(58).upper(),
    "RSA key": key_block("RSA PRIVATE"),
    "OpenSSH key": key_block("OPENSSH PRIVATE"),
    "plain key": key_block("PRIVATE"),
    "key on one line": key_block("EC PRIVATE").replace("\n", "\\n"),
}

# A text, and the part of it that must not be seen any more.
PHRASES: tuple[tuple[str, str], ...] = (
    ("password=hunter2", "hunter2"),
    ("password: hunter2", "hunter2"),
    ("Password : correct-horse", "correct-horse"),
    ('{"password": "a b c!"}', "a b c!"),
    ("db_password = 'tr0ub4dor'", "tr0ub4dor"),
    ("api_key: 12ab34cd", "12ab34cd"),
    ("apiKey=abcdefgh", "abcdefgh"),
    ("X-Api-Key: q1w2e3r4", "q1w2e3r4"),
    ("run --password s3cret! --verbose", "s3cret!"),
    ("run --token=abc123def", "abc123def"),
    ("run --api-key abcdefgh", "abcdefgh"),
    ("export FOO_TOKEN=abc123", "abc123"),
    ("set DATABASE_PASSWORD=pa55word", "pa55word"),
    ("PGPASSWORD='x y z' psql", "x y z"),
    ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPx", "wJalrXUtnFEMI/K7MDENG/bPx"),
    ("client_secret = 3f2b8a1e-7c4d-4e5f-9a8b-1c2d3e4f5a6b", "3f2b8a1e-7c4d"),
    ("my password is Hunter2!", "Hunter2!"),
    ("<password>geheim</password>", "geheim"),
    ("Authorization: Bearer abcdef1234567890", "abcdef1234567890"),
    ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    ('curl -H "Authorization: token abcdef123456"', "abcdef123456"),
    ("use bearer abcdef1234567890 here", "abcdef1234567890"),
    ("Cookie: session=abc123; theme=dark", "abc123"),
    ("postgres://app:s3cr3t@db/prod", "s3cr3t"),
    ("redis://:s3cr3t@cache:6379", "s3cr3t"),
    ("postgres://app:p@ss@db/prod", "p@ss"),
    ("https://abcdef1234567890abcd@github.com/o/r", "abcdef1234567890abcd"),
    ("curl -u bob:swordfish https://x.test", "swordfish"),
    ("mysql -u root -psw0rdfish shop", "sw0rdfish"),
    ("sshpass -p swordfish ssh host", "swordfish"),
    ("docker login -u me -p swordfish", "swordfish"),
    ("CREATE USER a IDENTIFIED BY 'swordfish'", "swordfish"),
    ("machine h login me password swordfish", "swordfish"),
    ("https://x.test/a?access_token=abc123&x=1", "abc123"),
    ("https://x.test/a?sig=abcdef1234567890%3D", "abcdef1234567890"),
    ("config['secret'] = 'swordfish'", "swordfish"),
    ("dispatch-device pair http://127.0.0.1:8765 ABCD2345", "ABCD2345"),
)

HARMLESS: tuple[str, ...] = (
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "id 3f2b8a1e-7c4d-4e5f-9a8b-1c2d3e4f5a6b",
    "sha256:" + digits_hex(64),
    "the password: must be at least eight characters",
    "please reset my password",
    "the password is stored in the vault",
    "max_tokens=100",
    "token count: 512",
    "Token: 7",
    "def login(password: str, token: str) -> None",
    "password = getpass()",
    "api_key = os.environ['API_KEY']",
    "password=password",
    "token=$TOKEN",
    "curl -H 'Authorization: Bearer $TOKEN' https://x.test",
    "password: ${DB_PASSWORD}",
    "password=<your password>",
    "password=********",
    "secret: null",
    "secretary: John",
    "tokenizer=fast",
    "PASSWORD_FILE=/run/secrets/db",
    "https://example.com:8080/a?b=c",
    "https://example.com/@user/post",
    "mailto:someone@example.com",
    "git@github.com:owner/repo.git",
    "the bearer of this letter",
    "Authorization is required",
    "public key: ssh-ed25519",
    "keyboard: german",
    "sk-learn is a library",
    "mkdir -p a/b/c",
    "ls -la /etc/passwd",
    "passwd: password updated successfully",
    "xoxo, see you",
    "Cookie: how do they work",
    "monkey=banana",
    "password",
    "",
)
