"""The known shapes of tokens, keys and credentials, as linear-time patterns.

Sources: the vendors' published formats, and the rule names of gitleaks and secretlint. A shape is
only tried where one of its marks is in the text, so a long text without secrets costs little.
Every repeat is bounded or starts behind a boundary: no input makes a pattern quadratic.
"""

import re
from typing import NamedTuple

# Where a token may begin: not in the middle of a longer word.
_START = r"(?<![A-Za-z0-9_])"


class Shape(NamedTuple):
    """kind is said in the mask; the group `secret`, or else the whole match, is masked."""

    kind: str
    marks: tuple[str, ...]
    pattern: re.Pattern[str]


def _token(kind: str, marks: str, pattern: str) -> Shape:
    """A token that is a secret wherever it stands; marks are separated by spaces."""
    return Shape(kind, tuple(marks.split()), re.compile(_START + f"(?:{pattern})"))


def _phrase(kind: str, marks: str, pattern: str) -> Shape:
    """A secret that is known by the words around it; letter case does not matter."""
    return Shape(kind, tuple(marks.split()), re.compile(pattern, re.IGNORECASE))


_PEM = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
# Without its END line a block is masked as far as it looks like key material.
PRIVATE_KEY = Shape(
    "private key",
    ("PRIVATE KEY", "Private-Lines:"),
    re.compile(
        rf"-----BEGIN {_PEM}(?:(?:(?!-----BEGIN)[\s\S])*?-----END {_PEM}|[A-Za-z0-9+/=\s\\]*)"
        r"|(?<=Private-Lines: )\d{1,4}\s+(?:[A-Za-z0-9+/=]{1,100}\r?\n?){1,400}"
    ),
)

# A long word with many beginnings of a token in it is looked at once, from its own beginning.
_WEB_TOKEN = Shape(
    "web token",
    ("eyJ",),
    re.compile(
        r"(?<![A-Za-z0-9_-])(?=[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{8})(?:[A-Za-z0-9_-]*?-)??"
        r"(?P<secret>eyJ[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,3})"
    ),
)

TOKENS: tuple[Shape, ...] = (
    _token("Slack token", "xox", r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}"),
    _token("Slack token", "xapp-", r"xapp-[A-Za-z0-9-]{10,}"),
    _token(
        "Slack webhook", "hooks.slack", r"hooks\.slack(?:-gov)?\.com/[a-z]+/[A-Za-z0-9+/_-]{20,}"
    ),
    _token("Discord webhook", "/webhooks/", r"discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,}"),
    _token("Telegram token", ":A", r"\d{8,10}:A[\w-]{34}(?![\w-])"),
    _token(
        "AWS key",
        "AKIA ASIA ABIA ACCA A3T",
        r"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?!\w)",
    ),
    _token(
        "AWS key",
        "ABSK bedrock-api-key-",
        r"ABSK[A-Za-z0-9+/]{80,}=*|bedrock-api-key-[\w+/=-]{20,}",
    ),
    _token("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9_.-]{30,}"),
    _token("GitHub token", "github_pat_", r"github_pat_\w{22,}"),
    _token("GitLab token", "gl", r"gl(?:[a-z]{2,4}|agent)-[\w.-]{20,}"),
    _token("GitLab token", "GR1348941", r"GR1348941[\w-]{20,}"),
    _token("Anthropic key", "sk-ant-", r"sk-ant-[\w-]{10,}"),
    _token("OpenAI key", "sk-", r"sk-(?:[a-z]{2,10}-)?(?:v1-)?(?=[\w-]{0,80}\d)[\w-]{20,}"),
    _token("Google key", "AIza", r"AIza[\w-]{35}"),
    _token(
        "Google token", "ya29. GOCSPX- 1//0", r"ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}|1//0[\w-]{30,}"
    ),
    _WEB_TOKEN,
    _token("Stripe key", "_live_ _test_", r"[sr]k_(?:live|test)_[A-Za-z0-9]{10,}"),
    _token("webhook secret", "whsec_", r"whsec_[A-Za-z0-9+/=]{20,}"),
    _token("npm token", "npm_", r"npm_[A-Za-z0-9]{30,}"),
    _token("PyPI token", "pypi-", r"pypi-[\w-]{50,}"),
    _token("RubyGems key", "rubygems_", r"rubygems_[0-9a-f]{40,}"),
    _token("Docker token", "dckr_", r"dckr_(?:pat|oat)_[\w-]{20,}"),
    _token("Hugging Face token", "hf_ api_org_", r"(?:hf|api_org)_[A-Za-z0-9]{30,}"),
    _token("DigitalOcean token", "_v1_", r"do[oprt]_v1_[0-9a-f]{40,}"),
    _token("SendGrid key", "SG.", r"SG\.[\w-]{16,}\.[\w-]{16,}"),
    _token("Twilio key", "SK AC", r"(?:SK|AC)[0-9a-f]{32}(?!\w)"),
    _token("Mailgun key", "key-", r"key-[0-9a-f]{32}(?!\w)"),
    _token("Mailchimp key", "-us", r"[0-9a-f]{32}-us\d{1,2}(?!\w)"),
    _token("Shopify token", "shp", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    _token("Square token", "sq0 EAAA", r"sq0[a-z]{3}-[\w-]{22,}|EAAA[\w-]{60}"),
    _token("Atlassian token", "ATATT3 ATCTT3 ATBB", r"AT[AC]TT3[\w=-]{40,}|ATBB[A-Za-z0-9]{32}"),
    _token("Vault token", "hvs. hvb. hvr.", r"hv[sbr]\.[\w-]{24,}"),
    _token("Terraform token", ".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}"),
    _token("Databricks token", "dapi", r"dapi[0-9a-f]{32}"),
    _token("Grafana token", "glsa_ glc_", r"gl(?:sa|c)_[\w+/=]{30,}"),
    _token("Sentry token", "sntry", r"sntry[su]_[\w+/=-]{40,}"),
    _token("New Relic key", "NRAK- NRII- NRAA-", r"NR(?:AK|II|AA)-[\w-]{20,}"),
    _token("Linear key", "lin_", r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}"),
    _token("Notion token", "ntn_ secret_", r"ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}(?!\w)"),
    _token("Figma token", "figd_", r"figd_[\w-]{30,}"),
    _token("Airtable token", "pat", r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    _token("Postman key", "PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    _token("Tailscale key", "tskey-", r"tskey-[a-z]{3,12}-[\w-]{20,}"),
    _token("Supabase token", "sbp_ sb_secret_", r"sbp_[0-9a-f]{40}|sb_secret_[\w-]{20,}"),
    _token("Heroku key", "HRKU-", r"HRKU-[\w-]{30,}"),
    _token("Doppler token", "dp.", r"dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,}"),
    _token(
        "1Password token",
        "ops_ey A3-",
        r"ops_ey[\w=-]{100,}|A3-[A-Z0-9]{6}(?:-[A-Z0-9]{5,11}){4,5}",
    ),
    _token("model key", "gsk_ xai- r8_ pplx-", r"(?:gsk_|xai-|r8_|pplx-)[A-Za-z0-9]{32,}"),
    _token("Meta token", "EAA", r"EAA[A-Za-z0-9]{90,}"),
    _token("age key", "AGE-SECRET-KEY-", r"AGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    _token("PlanetScale token", "pscale_", r"pscale_(?:tkn|oauth|pw)_[\w=.-]{30,}"),
    _token("Fly token", "FlyV1 ", r"FlyV1 fm\d[a-z]?_[\w+/=,-]{40,}"),
    _token(
        "Dispatch code",
        "dispatch-device pair",
        r"(?<=dispatch-device pair )\S{1,200} (?P<secret>[A-Z2-9]{4}-?[A-Z2-9]{4})(?!\w)",
    ),
)

_VALUE = r"(?P<secret>[^\s\"'<>$`\[]{3,400})"

PHRASES: tuple[Shape, ...] = (
    _phrase(
        "authorization",
        "uthorization AUTHORIZATION",
        r"(?:authorization)[\"']?\s{0,3}[:=]\s{0,3}[\"']?"
        r"(?:(?:bearer|basic|token|digest|negotiate|apikey|key|bot|aws4-hmac-sha256)\s{1,3})?+"
        rf"{_VALUE}",
    ),
    _phrase(
        "bearer token",
        "earer BEARER",
        r"\bbearer\s{1,3}(?=[\w.~+/=-]{0,300}\d)(?P<secret>[\w.~+/=-]{12,})",
    ),
    _phrase(
        "cookie",
        "ookie: COOKIE:",
        r"(?<![\w-])(?:set-)?cookie:\s{0,3}(?P<secret>[\w.-]{1,80}=[^\r\n\"']{1,4000})",
    ),
    _phrase(
        "password in a URL",
        "://",
        r"[a-z][a-z0-9+.-]{1,20}://[^\s/:@?#\"'<>]{0,100}:"
        r"(?!\$[{A-Z(]|<|\[redacted)(?P<secret>[^\s/\"'<>]{1,200})(?=@)",
    ),
    _phrase(
        "token in a URL",
        "://",
        r"https?://(?=[^\s/@]{0,100}\d)(?P<secret>[^\s/:@?#\"'<>$\[]{16,200})(?=@)",
    ),
    _phrase(
        "signature",
        "sig= ignature=",
        r"[?&](?:sig|signature|x-(?:amz|goog)-signature)=(?P<secret>[\w%+/=.~-]{16,})",
    ),
    _phrase(
        "password",
        "curl CURL wget http",
        r"\b(?:curl|wget|https?)\b[^\n|;]{0,300}?\s(?:-u|--user|--proxy-user)[\s=]{1,3}[\"']?"
        r"[^\s:\"'$]{1,80}:(?!\$[{A-Z(])(?P<secret>[^\s\"'\[]{1,200})",
    ),
    _phrase(
        "password",
        "mysql mariadb",
        r"\b(?:mysql|mariadb)[a-z-]{0,12}\b[^\n|;]{0,200}?\s-p(?!\$[{A-Z(])[\"']?"
        r"(?P<secret>[^\s\"']{1,200})",
    ),
    _phrase(
        "password",
        "sshpass docker podman redis-cli",
        r"\b(?:sshpass|(?:docker|podman) login|redis-cli)\b[^\n|;]{0,200}?\s-(?:p|a)\s{0,3}"
        r"(?!\$[{A-Z(])[\"']?(?P<secret>[^\s\"']{1,200})",
    ),
    _phrase(
        "password",
        "dentified IDENTIFIED",
        r"\bidentified\s{1,3}(?:with\s{1,3}\w{1,40}\s{1,3})?by\s{1,3}[\"'](?P<secret>[^\"'\n]{1,200})",
    ),
    _phrase(
        "password",
        "login LOGIN",
        r"\blogin\s{1,9}\S{1,100}\s{1,9}password\s{1,9}(?P<secret>\S{1,200})",
    ),
    _phrase(
        "password",
        "ecureString ecurestring",
        r"convertto-securestring\s{1,3}(?:-string\s{1,3})?[\"'](?P<secret>[^\"'\n]{1,200})",
    ),
)
