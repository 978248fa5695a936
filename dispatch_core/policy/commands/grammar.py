"""The shell's grammar: which parts of a command are plain words, and what the others mean."""

import re
import time
from collections.abc import Iterator

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

BASH = Language(tree_sitter_bash.language())

# All that a plain command is made of, by tree-sitter-bash's names; every other part is a concern.
PLAIN_NODES = frozenset(
    {
        *("program", "list", "pipeline", "command", "command_name"),
        *("word", "number", "concatenation", "raw_string", "string", "string_content"),
        *('"', "|", "||", "&&", ";"),
    }
)
SUBSTITUTES = "It runs a command to make a part of another one ($(…) or backticks)."
EXPANDS = "It uses a variable, whose value can't be seen here."
COMPUTES = "It makes the shell compute something."
REDIRECTS = "It redirects input or output (> or <)."
ASSIGNS = "It sets a variable, which can change what programs do."
GROUPS = "It groups commands ((…) or {…})."
BRANCHES = "It has a condition or a loop."
TESTS = "It has a test ([ … ] or [[ … ]]), which can run code."
BACKGROUND = "It leaves something running in the background (&)."
ESCAPES = "It spells characters by their codes ($'…'), so that it does not say what it means."
BRACES = "It makes several words of one ({…})."
BROKEN = "The shell's grammar does not explain it: something is missing or too much."
UNKNOWN = "It has a part that is not known here"
OTHER_NODES = {
    "command_substitution": SUBSTITUTES,
    "process_substitution": "It hands a command's output to another one as a file (<(…)).",
    "simple_expansion": EXPANDS,
    "expansion": EXPANDS,
    "variable_name": EXPANDS,
    "special_variable_name": EXPANDS,
    "translated_string": EXPANDS,
    "$": EXPANDS,
    "arithmetic_expansion": COMPUTES,
    "binary_expression": COMPUTES,
    "unary_expression": COMPUTES,
    "redirected_statement": REDIRECTS,
    "file_redirect": REDIRECTS,
    "heredoc_redirect": REDIRECTS,
    "herestring_redirect": REDIRECTS,
    "variable_assignment": ASSIGNS,
    "variable_assignments": ASSIGNS,
    "declaration_command": ASSIGNS,
    "unset_command": ASSIGNS,
    "array": ASSIGNS,
    "subscript": ASSIGNS,
    "subshell": GROUPS,
    "compound_statement": GROUPS,
    "if_statement": BRANCHES,
    "while_statement": BRANCHES,
    "for_statement": BRANCHES,
    "c_style_for_statement": BRANCHES,
    "case_statement": BRANCHES,
    "test_command": TESTS,
    "negated_command": "It turns a command's result around (!).",
    "function_definition": "It defines a function.",
    "ansi_c_string": ESCAPES,
    "brace_expression": BRACES,
    "comment": "It has a comment, which is not run.",
    "&": BACKGROUND,
    "|&": "It passes on errors together with output (|&).",
    "extglob_pattern": "It has an extended pattern for names.",
    "ERROR": BROKEN,
}
# What only ever stands inside a part that has a sentence of its own.
INSIDE = frozenset(
    {
        *("do_group", "case_item", "elif_clause", "else_clause", "file_descriptor"),
        *("heredoc_start", "heredoc_body", "heredoc_content", "heredoc_end", "test_operator"),
        *("parenthesized_expression", "postfix_expression", "ternary_expression", "regex"),
    }
)


# Its scanner asks isdigit() about what stands here, which reads beyond a table of 256: the process
# may end by a signal (tree-sitter/tree-sitter-bash#337, not mended in 0.25.1).
_UNSAFE = re.compile(r"(\{[0-9]*(?:\.\.[0-9]*)?)[^\x00-\xff]")
STAND_IN = "¿"
"""For a character that can't be given to the grammar; the second reader sees what it was."""


# What is broken takes it the square of the length: half a second for 10,000 closing brackets, in
# which no other thread goes on. What people write takes a fiftieth of this, however long it is.
MOST_SECONDS = 0.1
_PIECE = 4_096


class Tangled(Exception):
    """The grammar takes too long over it."""


def parse(text: str) -> Node:
    """The root of a command's tree, with a STAND_IN for a NUL and what is _UNSAFE.

    Raises Tangled where it takes more than MOST_SECONDS of this thread's own time.
    """
    safe = _UNSAFE.sub(rf"\1{STAND_IN}", text).replace("\0", STAND_IN)
    read = safe.encode("utf-8", "replace")
    ends = time.thread_time() + MOST_SECONDS
    # A parser of its own for each: one must not be used by two threads at once, and costs little.
    try:
        tree = Parser(BASH).parse(
            lambda start, _: read[start : start + _PIECE],
            progress_callback=lambda _place, _broken: time.thread_time() > ends,
        )
    except ValueError:
        raise Tangled from None
    return tree.root_node


def nodes(root: Node) -> Iterator[Node]:
    """Every part, from the outside in and from left to right; without recursion, however deep."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def concern_about(node: Node) -> str | None:
    """Why a part is not plain; None where it is, or where what it stands in says it."""
    if node.is_error or node.is_missing:
        return BROKEN
    if node.type in PLAIN_NODES or node.type in INSIDE:
        return None
    if node.type in OTHER_NODES:
        return OTHER_NODES[node.type]
    return f"{UNKNOWN} ({node.type})." if node.is_named else None
