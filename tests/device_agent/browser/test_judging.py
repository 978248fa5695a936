"""What the device says to each action, by the owner's mode; nothing is started for it."""

from pathlib import Path
from typing import Any

import pytest

from device_agent.browser.asks import read_ask
from device_agent.browser.elements import by_text, changes, elements_of, filled, without_value
from device_agent.browser.judging import bound_of, judge
from device_agent.browser.meant import Meant
from device_agent.browser.urls import read_url
from device_agent.policy.owner import Mode, Modes
from dispatch_core.abilities import VerdictKind
from dispatch_core.protocol import Preparation
from tests.device_agent.browser.site import Person, browsing

SITE = read_url("https://shop.example").site
KEY = "browser:site:https://shop.example"
MEANT = Meant(SITE, "Shop", "button “Buy”")
TREE = """- generic [active] [ref=e1]:
  - heading "Order" [level=1] [ref=e2]
  - textbox "Name" [ref=e5]: Ada
  - textbox "Empty" [ref=e6]
  - 'button "Buy: now" [ref=e7]'
  - button "Say \\"hi\\"" [ref=e8]
  - generic [ref=e9]: Some words
  - link "Order" [ref=e10] [cursor=pointer]:
    - /url: /order
  - iframe [ref=e11]:
    - button "Inner" [ref=f1e2]"""
ROWS: tuple[tuple[dict[str, Any], VerdictKind, str | None], ...] = (
    ({"action": "open", "url": "https://shop.example/a"}, VerdictKind.ASK, KEY),
    ({"action": "click", "ref": "e1"}, VerdictKind.ASK, KEY),
    ({"action": "type", "ref": "e1", "value": "x"}, VerdictKind.ASK, KEY),
    ({"action": "select", "ref": "e1", "value": "x"}, VerdictKind.ASK, KEY),
    ({"action": "press", "key": "Enter"}, VerdictKind.ASK, KEY),
    ({"action": "pdf"}, VerdictKind.ASK, "browser:pdf:https://shop.example"),
    ({"action": "download", "ref": "e1"}, VerdictKind.ASK, "browser:download:https://shop.example"),
    ({"action": "upload", "ref": "e1", "attached": "a"}, VerdictKind.ASK, None),
    ({"action": "snapshot"}, VerdictKind.ALLOW, None),
    ({"action": "screenshot"}, VerdictKind.ALLOW, None),
    ({"action": "wait", "text": "x"}, VerdictKind.ALLOW, None),
    ({"action": "back"}, VerdictKind.ALLOW, None),
    ({"action": "tabs"}, VerdictKind.ALLOW, None),
    ({"action": "tab", "number": 1}, VerdictKind.ALLOW, None),
    ({"action": "close"}, VerdictKind.ALLOW, None),
)


def judged(arguments: dict[str, Any], mode: Mode, meant: Meant = MEANT) -> Preparation:
    return judge(read_ask(arguments), meant, SITE, mode, bound_of(meant, {}))


@pytest.mark.parametrize(("arguments", "verdict", "key"), ROWS)
@pytest.mark.parametrize("mode", [Mode.GRANTS, Mode.ALLOW])
def test_each_action_is_asked_for_by_site_and_looking_is_not(
    arguments: dict[str, Any], verdict: VerdictKind, key: str | None, mode: Mode
) -> None:
    preparation = judged(arguments, mode)
    assert preparation.verdict is verdict
    assert (preparation.grant.key if preparation.grant else None) == key


@pytest.mark.parametrize(("arguments", "_verdict", "_key"), ROWS)
def test_an_owner_who_wants_to_be_asked_each_time_gives_no_lasting_grant(
    arguments: dict[str, Any], _verdict: VerdictKind, _key: str | None
) -> None:
    preparation = judged(arguments, Mode.ASK)
    housekeeping = arguments["action"] in ("tabs", "tab", "close")
    assert preparation.verdict is (VerdictKind.ALLOW if housekeeping else VerdictKind.ASK)
    assert preparation.grant is None


def test_the_reasons_say_what_is_typed_where_and_mask_what_is_secret() -> None:
    typing = {"action": "type", "ref": "e1", "value": "xoxb-123456789012-abcdefghijkl"}
    assert "xoxb" not in judged(typing, Mode.GRANTS).reasons[0]
    name = {"action": "type", "ref": "e1", "value": "Ada"}
    field = Meant(SITE, "Shop", "textbox “Name”")
    assert judged(name, Mode.GRANTS, field).reasons == (
        "It types “Ada” into textbox “Name”.",
        "The page is “Shop” on https://shop.example.",
    )
    hidden = Meant(SITE, "Shop", "textbox “Word”", secret=True)
    assert "a secret of 3 characters" in judged(name, Mode.GRANTS, hidden).reasons[0]


def test_however_long_a_page_calls_things_the_question_can_be_asked() -> None:
    meant = Meant(SITE, "T" * 200, f"button “{'long ' * 1000}”")
    judged({"action": "click", "ref": "e1"}, Mode.GRANTS, meant)
    typing = {"action": "type", "ref": "e1", "value": "word " * 3_999}
    assert judged(typing, Mode.GRANTS, meant).preview.startswith("word word")
    assert judged(typing, Mode.GRANTS, Meant(SITE, "T", "x", secret=True)).preview == ""


def test_a_look_alike_name_is_told_as_what_it_is() -> None:
    site = read_url("https://\u0430pple.com").site
    ask = read_ask({"action": "open", "url": "https://\u0430pple.com"})
    reasons = judge(ask, None, site, Mode.GRANTS, bound_of(None, {})).reasons
    assert "xn--pple-43d.com" in reasons[0]
    assert "letters that are not Latin" in reasons[1]


def test_an_owner_who_denies_browsing_is_not_asked(tmp_path: Path) -> None:
    with browsing(tmp_path / "home", modes=Modes(browser=Mode.DENY)) as browser:
        preparation = Person(browser).prepare("open", url="https://example.com")
    assert preparation.verdict is VerdictKind.DENY


def test_an_owner_who_lets_nobody_read_files_lets_none_be_uploaded(tmp_path: Path) -> None:
    with browsing(tmp_path / "home", modes=Modes(read_files=Mode.DENY)) as browser:
        preparation = Person(browser).prepare("upload", ref="e1", path="/etc/passwd")
    assert preparation.verdict is VerdictKind.DENY


def test_a_page_elsewhere_or_another_element_binds_something_else() -> None:
    here = bound_of(MEANT, {}).environment
    elsewhere = bound_of(Meant(read_url("https://evil.example").site, "Shop", MEANT.element), {})
    another = bound_of(Meant(SITE, "Shop", "button “Look”"), {}).environment
    assert here["page"] != elsewhere.environment["page"]
    assert here["element"] == elsewhere.environment["element"] != another["element"]


def test_a_tree_is_read_by_role_name_and_text() -> None:
    labels = {element.ref: element.label for element in elements_of(TREE)}
    assert labels["e7"] == "button “Buy: now”"
    assert labels["e8"] == 'button “Say "hi"”'
    assert labels["e5"] == "textbox “Name”"
    assert labels["e9"] == "generic “Some words”"
    assert labels["f1e2"] == "button “Inner”"
    assert [each.ref for each in by_text(elements_of(TREE), "order")] == ["e10"]
    assert [each.ref for each in by_text(elements_of(TREE), "some words")] == ["e9"]
    assert by_text(elements_of(TREE), "absent") == []


def test_only_what_is_new_is_told_and_no_ref() -> None:
    after = TREE.replace("Some words", "Other words").replace("[ref=e2]", "[ref=e12]")
    assert changes(TREE, after) == ["generic: Other words"]
    assert changes(TREE, TREE) == []
    many = TREE + "".join(f'\n  - button "B{n}" [ref=e{n}]' for n in range(20, 30))
    assert changes(TREE, many)[-1] == "… and 7 more"


def test_what_a_field_holds_can_be_masked() -> None:
    assert filled(TREE) == ["e5"]
    assert "Ada" not in without_value(TREE, "e5")
