"""Whatever is written, reading it never fails, and only plain words are ever called plain."""

import string

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dispatch_core.policy.commands import grammar
from dispatch_core.policy.commands.analysis import analyse

# An own list, so that a mistake in the product's list is not repeated here.
PLAIN = {
    *("program", "list", "pipeline", "command", "command_name", "word", "number", "concatenation"),
    *("raw_string", "string", "string_content", '"', "|", "||", "&&", ";", "\n"),
}
PIECES = [
    *("ls", "cat", "rm", "git", "bash", "time", "env", "sudo", "find", "xargs", "coproc", "eval"),
    *("-c", "-la", "--x=y", "a", "b.txt", "/", "~", "*", "?", "[a]", "..", "=", "A=b", "1", "-"),
    *(" ", " ", " ", "  ", "\t", "\n", "\\", "\\\n", "'", '"', "`", "$", "$(", ")", "(", "${", "}"),
    *("{", "{a,b}", "|", "||", "&&", "&", ";", ";;", "|&", ">", ">>", "<", "<<E\n", "\nE\n", "<<<"),
    *("!", "#", "$'", "\\x72", '$"', "<(", "((", "))", "[[", "]]", "[", "]", "if", "then", "fi"),
    *("for", "do", "done", "case", "esac", "function", "f()", "2>&1", "&>", "\x00", "\r", "\u00a0"),
    *("\u202e", "\u200b", "é", "\ud800", "%", "^", "@", ":", ",", "+", "\x1b", "a" * 50),
]
commands = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join),
    st.text(max_size=40),
    st.text(string.printable, max_size=30),
)


def is_plain_to_the_grammar(text: str) -> bool:
    waiting = [grammar.parse(text)]
    while waiting:
        node = waiting.pop()
        if node.type not in PLAIN or node.is_error or node.is_missing or node.has_error:
            return False
        waiting.extend(node.children)
    return True


@settings(max_examples=500)
@given(commands)
@example("$(" * 2_000)
@example("(" * 4_000)
@example("sudo " * 1_500)
@example("a" * 20_000)
@example("\ud800")
def test_reading_a_command_never_fails_and_only_plain_words_are_plain(text: str) -> None:
    reading = analyse(text)
    if reading.is_plain:
        assert is_plain_to_the_grammar(text.strip(" \t\n"))
        assert "\n" not in text.strip(" \t\n")
        assert not set("$`<>(){}#!\x00\r") & set(_outside_quotes(text))


@settings(max_examples=300)
@given(st.lists(st.text(string.printable, max_size=8), min_size=1, max_size=5))
def test_words_that_a_shell_quotes_are_read_back_as_they_were(words: list[str]) -> None:
    quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
    reading = analyse(f"ls {quoted}")
    seen = [call.argv for stage in reading.stages for call in stage]
    assert not reading.is_plain or seen == [("ls", *words)]


@settings(max_examples=200)
@given(commands)
def test_a_denial_is_not_lost_by_what_stands_around_it(text: str) -> None:
    for command in (f"rm -rf /; echo {text!a}", f"echo {len(text)} && sudo rm -rf /"):
        assert analyse(command).denial


def _outside_quotes(text: str) -> str:
    """What of a plain command stands outside its quotes and is not escaped."""
    kept, quote, skip = [], "", False
    for char in text:
        if skip:
            skip = False
        elif char == "\\" and quote != "'":
            skip = True
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        else:
            kept.append(char)
    return "".join(kept)
