"""Small sums in words or figures: `17 * 3`, `15% of 80`, `what is 2 to the power of 10?`."""

import ast
import math
import operator
import re
from collections.abc import Callable
from typing import Any

from simpleeval import InvalidExpression, SimpleEval  # type: ignore[import-untyped]

LONGEST_SUM = 200
# Enough for any sum that a person reads; larger powers would only burn time and memory.
LARGEST_EXPONENT = 1_000
LARGEST_DIGITS = 400
SHOWN_DIGITS = 40

_LEAD = re.compile(
    r"^(?:(?:hey|hi|please|so|ok|and|dispatch)[ ,]+)*(?:(?:can|could) you )?(?:what(?:'s| is| are)|"
    r"how much (?:is|are|makes?)|calculate|compute|work out|evaluate|solve|tell me)?\s*:?\s*",
)
_IN_WORDS: tuple[tuple[str, str], ...] = (
    (r"(?<=\d),(?=\d{3}(?!\d))", ""),
    (r"\bsquare root of\b|\bsqrt(?: of)?\b|\u221a", " sqrt "),
    (r"\bto the power(?: of)?\b|\braised to(?: the)?\b|\^", " ** "),
    (r"\bsquared\b|\u00b2", " ** 2 "),
    (r"\bcubed\b|\u00b3", " ** 3 "),
    (r"(?:%|\bper ?cent)\s*of\b", " / 100 * "),
    (r"\bmultiplied by\b|\btimes\b|\u00d7|(?<=[\d)\s])x(?=[\d(\s])", " * "),
    (r"\bdivided by\b|\u00f7", " / "),
    (r"\bplus\b|\band\b", " + "),
    (r"\bminus\b|\u2212|\u2013", " - "),
    (r"\bmod(?:ulo)?\b", " % "),
)
_FIGURE = re.compile(r"\d")
_SUM = re.compile(r"(?:sqrt|[\d.()+\-*/%\s])+")
_ROOT = re.compile(r"sqrt\s*(\d[\d.]*)")


def compute(text: str) -> str | None:
    """The answer to a sum as a sentence; None where the text is no sum."""
    expression = _expression(text)
    return None if expression is None else _said(expression)


def _said(expression: str) -> str | None:
    try:
        value: float = _evaluator().eval(expression)
    except ZeroDivisionError:
        return "I can't divide by zero."
    except ValueError:
        return "The root of a negative number is not real, so I can't say it."
    except OverflowError:
        return "That number is too large for me; write it as Python in a fenced block."
    except (InvalidExpression, SyntaxError, TypeError):
        return None
    return f"`{' '.join(expression.split())}` = **{_number(value)}**"


def _expression(text: str) -> str | None:
    # Words alone make no sum: what they stand for goes between figures, or after one.
    if len(text) > LONGEST_SUM or not _FIGURE.search(text):
        return None
    said = text.casefold().strip().rstrip("?!. ").rstrip("= ")
    said = _LEAD.sub("", said, count=1)
    for words, figures in _IN_WORDS:
        said = re.sub(words, figures, said)
    said = _ROOT.sub(r"sqrt(\1)", " ".join(said.split()))
    whole = _SUM.fullmatch(said) and _FIGURE.search(said)
    # One number, a date or a version is not a sum.
    if not whole or not re.search(r"sqrt|[\d)]\s*(?:\*\*|[+\-*/%])\s*[\d(.s+-]", said):
        return None
    return None if re.fullmatch(r"\d{1,4}([-/])\d{1,2}\1\d{1,4}", said) else said


def _evaluator() -> SimpleEval:
    operators: dict[type[ast.AST], Callable[..., Any]] = {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: _multiply,
        ast.Div: operator.truediv,
        ast.FloorDiv: operator.floordiv,
        ast.Mod: operator.mod,
        ast.Pow: _power,
        ast.USub: operator.neg,
        ast.UAdd: operator.pos,
    }
    return SimpleEval(operators=operators, functions={"sqrt": math.sqrt}, names={})


def _multiply(left: float, right: float) -> float:
    if _digits(left) + _digits(right) > LARGEST_DIGITS:
        raise OverflowError
    return left * right


def _power(base: float, exponent: float) -> float:
    if abs(exponent) > LARGEST_EXPONENT or _digits(base) * abs(exponent) > LARGEST_DIGITS:
        raise OverflowError
    value: float | complex = base**exponent
    if isinstance(value, complex):
        raise ValueError  # noqa: TRY004 (a root of a negative number is a wrong value)
    return value


def _digits(value: float) -> float:
    return math.log10(abs(value)) if abs(value) > 1 else 0.0


def _number(value: float) -> str:
    """At most 12 significant digits of a fraction; whole numbers in full while readable."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int) and _digits(value) <= SHOWN_DIGITS:
        return f"{value:,}"
    if isinstance(value, int):
        return f"about {value // 10 ** (int(_digits(value)) - 5) / 1e5:.5f}e{int(_digits(value))}"
    return f"{value:.12g}"
