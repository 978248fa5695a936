"""What is shown to people and written to logs: secrets masked, invisible characters made visible.

Standard library only, for the companion imports it too.
"""

import logging
import re
from functools import partial
from urllib.parse import quote

from dispatch_core.log_context import extras
from dispatch_core.secret_shapes import PHRASES, PRIVATE_KEY, TOKENS

# A known secret shorter than this would mask ordinary words.
SHORTEST_KNOWN_SECRET = 6
# A value shorter than this is a count or an option, as in "token: 7".
SHORTEST_VALUE = 3

_known: set[str] = set()
_known_pattern: re.Pattern[str] | None = None

# "password: x", "api_key=x", `"token": "x"`, "export FOO_TOKEN=x", "--password x", "<pwd>x</pwd>".
_NAME = (
    r"pass(?:word|wd|phrase|code)|pwd|pw|secret|token|credentials?"
    r"|(?:api|access|secret|private|encryption|signing|auth|master|account|license|ssh|service)"
    r"[_. -]?key(?:[_-]base64)?|jwt|otp|client[_-]?secret|signing[_-]?secret|connection[_-]?string"
)
_ASSIGNMENT = re.compile(
    r"(?<![A-Za-z0-9_.-])(?P<option>--?)?[A-Za-z0-9_.-]*?"
    rf"(?P<name>{_NAME})(?:_?\d{{1,3}})?(?![A-Za-z0-9_-])"
    r"(?P<sign>[\"']?(?:\]|\))?\s{0,8}(?::=|=>|==?|:|>)\s{0,8}|\s{1,3}(?:is|was)\s{1,3}|\s{1,3})"
    r"(?:[rbfu]?(?P<quote>[\"'`])(?P<quoted>[^\"'`\r\n]{1,400})"
    r"|(?P<bare>[^\s\"'`,;&<>()\[\]{}|][^\s\"'`,;&<>|]{0,400}))",
    re.IGNORECASE,
)
_MARKS = ("pass", "pwd", "pw", "secret", "token", "credential", "key", "jwt", "otp", "connection")
# What stands for a secret and is none: variables, placeholders, types, calls, field names.
_STAND_IN = re.compile(
    r"\$[A-Z_][A-Z0-9_]*|\$\{.*|\$\(.*|%\w*%?|%\(.*|\{\{?.*|<.*|\*+|x{3,}|\.{2,}|_+|-+|\?+|\[redacted.*"
    r"|none|null|nil|undefined|true|false|yes|no|on|off|str(?:ing)?|int|bytes|bool|any|object|number"
    r"|optional.*|secretstr|required|optional|empty|unset|missing|invalid|expired|wrong|changeme\?*"
    r"|[\w.]+\(.*|(?:self|os|this|config|settings|args|process|env|request|req|event|data|var|secrets)"
    r"[.\[].*|(?:your|my|the)[-_ ].*|(?:the|a|an|your|my|is|in|for|to|of|and|or|from)"
    r"|/(?:run|etc|home|var|opt|tmp|usr)/\S*|arn:\S*",
    re.IGNORECASE,
)

# Every format character (Cf) of Unicode 16, and the letters and marks that look like nothing.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    "\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


# What ends a word in a shell, or makes one word do something or become several.
_ACTING = "`;|&$<>{*?\n\r\t "
# How an option, a path or an address begins: a program acts on it, wherever it stands.
_TELLING = re.compile(r"(?<![^\s\"'])[-/~]|://")
_MASK = re.compile(r"\[redacted: [^\[\]]*\]")


_SHAPES = (PRIVATE_KEY, *TOKENS, *PHRASES)
# One flat list: most texts have no mark, and are read once for each and left alone.
_SHAPE_MARKS = [(mark, place) for place, shape in enumerate(_SHAPES) for mark in shape.marks]


def register_secret(value: str) -> None:
    """Remember a literal secret, so that redact masks it wherever it stands.

    Values shorter than six characters are not taken: they would mask ordinary words.
    """
    global _known_pattern  # noqa: PLW0603 (one process, one set of known secrets)
    value = value.strip()
    if len(value) < SHORTEST_KNOWN_SECRET:
        return
    _known.update({value, quote(value, safe="")})
    longest_first = sorted(_known, key=len, reverse=True)
    _known_pattern = re.compile("|".join(re.escape(secret) for secret in longest_first))


def redact(text: str) -> str:
    """Mask every secret in the text as `[redacted: kind]`; linear in the text's length."""
    if _known_pattern is not None:
        text = _known_pattern.sub(_mask("known secret"), text)
    text = _mask_shapes(text)
    folded = text.casefold()
    if any(mark in folded for mark in _MARKS):
        text = _ASSIGNMENT.sub(_mask_assignment, text)
    return text


def make_visible(text: str) -> str:
    """Write control and invisible characters as `\\u{HEX}`; newline and tab stay."""
    return _INVISIBLE.sub(lambda match: f"\\u{{{ord(match[0]):X}}}", text)


def show_payload(text: str) -> str:
    """A text as people may see it: secrets masked, then hidden characters made visible."""
    return make_visible(redact(text))


def hides_what_acts(command: str) -> bool:
    """Whether a mask would hide more of a command than one plain word.

    Nobody can decide on what they can't see: `Cookie: a=b;rm -rf ~` is masked as one secret, and so
    is the option in `Authorization: -o.bashrc`.
    """
    # A mask has none of these but spaces of its own, which are taken out before the count.
    bare = _MASK.sub("x", redact(command))
    if len(_TELLING.findall(bare)) < len(_TELLING.findall(command)):
        return True
    return any(bare.count(char) < command.count(char) for char in _ACTING)


class RedactSecrets(logging.Filter):
    """A logging filter that masks secrets wherever a record has them; drops nothing.

    That is in its message, exception, stack and extra fields, whatever formats it later.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; always True."""
        record.msg, record.args = redact(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        for name, value in extras(record).items():
            setattr(record, name, _masked_field(name, value))
        return True


def _masked_field(name: str, value: object) -> object:
    """An extra field's value: what it is called can tell that it is a secret, too."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = redact(str(value))
    sentence = f'{name}="{text}"'
    return text if redact(sentence) == sentence else _mask(name)


def _mask(kind: str) -> str:
    return f"[redacted: {kind}]"


def _mask_shapes(text: str) -> str:
    hinted = {place for mark, place in _SHAPE_MARKS if mark in text}
    for place in sorted(hinted):
        kind, _, pattern = _SHAPES[place]
        text = pattern.sub(partial(_mask_group, kind=kind), text)
    return text


def _mask_group(match: re.Match[str], kind: str) -> str:
    """Mask the group `secret` of a match, or all of it where the pattern has none."""
    if "secret" not in match.re.groupindex:
        return _mask(kind)
    start, end = match.span("secret")
    if match["secret"].startswith("[redacted"):
        return match[0]
    return _replace(match, start, end, kind)


def _replace(match: re.Match[str], start: int, end: int, kind: str) -> str:
    whole, offset = match[0], match.start()
    return whole[: start - offset] + _mask(kind) + whole[end - offset :]


def _mask_assignment(match: re.Match[str]) -> str:
    group = "quoted" if match["quoted"] else "bare"
    value = match[group]
    start, end = match.span(group)
    if group == "bare":
        value = value.rstrip(".?:)")
        end = start + len(value)
    if not _is_assigned(match, value, quoted=group == "quoted"):
        return match[0]
    return _replace(match, start, end, match["name"].lower().replace("_", " ").replace("-", " "))


def _is_assigned(match: re.Match[str], value: str, *, quoted: bool) -> bool:
    """Whether name and value are a secret being given, and not words about one."""
    if len(value) < SHORTEST_VALUE or _STAND_IN.fullmatch(value):
        return False
    if value.casefold().replace("-", "_") == match["name"].casefold().replace("-", "_"):
        return False
    sign = match["sign"].strip("\"' \t])")
    if "=" in sign or (match["option"] and match["sign"].isspace()):
        return True
    if sign in {":", ">"}:
        return quoted or _ends_line(match) or _is_mixed(value)
    return sign in {"is", "was"} and (quoted or _is_mixed(value))


def _ends_line(match: re.Match[str]) -> bool:
    """Whether nothing but punctuation follows: prose goes on, a setting's value ends its line."""
    rest = match.string[match.end() : match.end() + 2].lstrip(",;)}]")
    return not rest or rest[0] in "\r\n#<" or rest in {" #", " }"}


def _is_mixed(value: str) -> bool:
    """Whether a word has a digit or sign among its letters, as no plain word has."""
    return len(value) >= 5 and any(not c.isalpha() and c not in "'-" for c in value)
