"""Each action in a real Chromium, as a thread asks for it."""

import hashlib
from pathlib import Path

import pytest

from device_agent.browser.errors import (
    BadAsk,
    ElementGone,
    NoPage,
    NoSnapshot,
    NoSuchTab,
    NoSuchText,
    PageFailed,
    SeveralSay,
)
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Bound, Drift
from tests.device_agent.browser.site import BILL, Person, Site

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_a_page_is_opened_and_its_title_and_address_are_told(ada: Person, site: Site) -> None:
    assert ada.says("open", url=f"{site.url}/form") == f"Order form — {site.url}/form"
    assert ada.files == {}


def test_a_screenshot_comes_when_it_is_asked_for_with_the_action(ada: Person, site: Site) -> None:
    ada.says("open", url=f"{site.url}/form", screenshot=True)
    assert ada.files.pop("screenshot.png").startswith(b"\x89PNG")
    ada.says("click", text="Show more", screenshot=True)
    ada.says("screenshot")
    assert ada.files.pop("screenshot.png").startswith(b"\x89PNG")
    ada.says("pdf")
    assert ada.files.pop("page.pdf").startswith(b"%PDF")


def test_a_snapshot_names_what_can_be_acted_upon(ada: Person, site: Site) -> None:
    ada.says("open", url=f"{site.url}/form")
    tree = ada.says("snapshot")
    assert 'textbox "Name" [ref=e' in tree
    assert 'button "Send" [ref=e' in tree


def test_typing_and_choosing_tell_what_changed(ada: Person, site: Site) -> None:
    ada.says("open", url=f"{site.url}/form")
    tree = ada.says("snapshot")
    typed = ada.says("type", ref=ada.ref(tree, '"Name"'), value="Ada")
    assert 'New on the page: textbox "Name": Ada' in typed
    chosen = ada.says("select", ref=ada.ref(tree, '"Fruit"'), value="Quince")
    assert 'option "Quince" [selected]' in chosen
    ada.says("click", text="Name")
    assert "at textbox “Name”" in ada.prepare("press", key="Enter").reasons[0]
    assert "Pressed Control+A." in ada.says("press", key="Control+A")
    assert "Here it is now" in ada.says("click", text="Show more")
    assert "The page shows “Here it is”." in ada.says("wait", text="Here it is")


def test_a_password_is_told_nowhere(ada: Person, site: Site) -> None:
    ada.says("open", url=f"{site.url}/form")
    field = ada.ref(ada.says("snapshot"), '"Password"')
    prepared = ada.prepare("type", ref=field, value="hunter2-hunter2")
    assert "a secret of 15 characters" in prepared.reasons[0]
    told = ada.says("type", ref=field, value="hunter2-hunter2") + ada.says("snapshot")
    assert "hunter2" not in told + prepared.model_dump_json()
    assert '"Password"' in told


def test_a_refs_page_must_be_the_present_one(ada: Person, site: Site) -> None:
    ada.says("open", url=f"{site.url}/form")
    with pytest.raises(NoSnapshot, match="snapshot"):
        ada.does("click", ref="e5")
    ref = ada.ref(ada.says("snapshot"), '"Send"')
    ada.says("open", url=f"{site.url}/form")
    with pytest.raises(NoSnapshot, match="snapshot"):
        ada.does("click", ref=ref)


def test_what_is_not_there_any_more_can_not_be_clicked(ada: Person, site: Site) -> None:
    html = "<button onclick='this.remove()'>Once</button><button>Stay</button>"
    ada.says("open", url=site.page("/once", html))
    ref = ada.ref(ada.says("snapshot"), '"Once"')
    ada.says("click", ref=ref)
    with pytest.raises(ElementGone):
        ada.does("click", ref=ref)


def test_another_button_in_an_approved_ones_place_is_a_drift(ada: Person, site: Site) -> None:
    html = "<button id=b>Look</button><button onclick=\"b.textContent='Buy'\">Change</button>"
    ada.says("open", url=site.page("/changing", html))
    ref = ada.ref(ada.says("snapshot"), '"Look"')
    approved = ada.prepare("click", ref=ref).bound
    assert set(approved.environment) == {"page", "element", "place"}
    ada.says("click", text="Change")
    with pytest.raises(ElementGone):
        ada.prepare("click", ref=ref)
    ada.says("snapshot")
    now = ada.prepare("click", text="Buy").bound
    assert now.environment["page"] == approved.environment["page"]
    assert now.environment["element"] != approved.environment["element"]


def test_a_text_must_mean_one_place(ada: Person, site: Site) -> None:
    ada.says("open", url=f"{site.url}/form")
    with pytest.raises(SeveralSay, match="2 places"):
        ada.prepare("click", text="Twin")
    with pytest.raises(NoSuchText):
        ada.prepare("click", text="Nowhere")
    assert "button “Send”" in ada.prepare("click", text="send").reasons[0]


def test_elements_inside_a_frame_are_acted_upon(ada: Person, site: Site) -> None:
    site.page("/inner", "<button onclick=\"this.textContent='Pressed'\">Inner</button>")
    ada.says("open", url=site.page("/outer", "<title>Outer</title><iframe src=/inner></iframe>"))
    assert ada.ref(ada.says("snapshot"), '"Inner"').startswith("f")
    assert "Pressed" in ada.says("click", text="Inner")


def test_a_file_is_downloaded_by_a_click_and_by_its_address(ada: Person, site: Site) -> None:
    ada.says("open", url=f"{site.url}/form")
    ada.says("download", text="Bill")
    assert ada.files.pop("bill.csv") == BILL
    assert "was not taken" in ada.says("click", text="Bill")
    ada.says("download", url=f"{site.url}/bill.csv")
    assert ada.files.pop("bill.csv") == BILL
    with pytest.raises(PageFailed, match="brings a file"):
        ada.does("open", url=f"{site.url}/bill.csv")


def test_a_threads_file_and_a_shared_file_are_uploaded(
    ada: Person, site: Site, shared: Path
) -> None:
    ada.attached["note.txt"] = b"from the thread"
    (shared / "mine.txt").write_text("from the device")
    for source in ({"attached": "note.txt"}, {"path": str(shared / "mine.txt")}):
        ada.says("open", url=f"{site.url}/form")
        field = ada.ref(ada.says("snapshot"), '"Note"')
        ada.says("upload", ref=field, **source)
        assert "Thanks" in ada.says("click", text="Send")
    assert b"from the thread" in site.posted[-2]
    assert b"from the device" in site.posted[-1]


def test_a_file_that_changed_since_it_was_approved_is_not_uploaded(
    ada: Person, site: Site, shared: Path
) -> None:
    path = shared / "approved.txt"
    path.write_text("as it was")
    ada.says("open", url=f"{site.url}/form")
    asked = {"ref": ada.ref(ada.says("snapshot"), '"Note"'), "path": str(path)}
    prepared = ada.prepare("upload", **asked)
    assert prepared.grant is None
    assert prepared.bound.files == {str(path): hashlib.sha256(b"as it was").hexdigest()}
    path.write_text("as it is now")
    result = ada.browser(ada.room(60, prepared.bound), {"action": "upload", **asked})
    assert (result.status, result.drift) == (StepStatus.REFUSED, Drift.FILES)
    assert result.text == f"{path} has changed since this was approved, so it was not uploaded."


def test_a_new_window_becomes_the_present_tab(ada: Person, site: Site) -> None:
    ada.says("open", url=f"{site.url}/form")
    assert "new tab" in ada.says("click", text="Another window")
    assert ada.says("tabs").endswith("/form (the present one)")
    ada.says("tab", number=1)
    assert ada.says("close", number=2) == "Closed 1 of 2 tabs."
    with pytest.raises(NoSuchTab):
        ada.does("tab", number=2)
    ada.says("close")
    with pytest.raises(NoPage):
        ada.does("snapshot")


def test_back_leads_to_the_page_before(ada: Person, site: Site) -> None:
    ada.says("open", url=f"{site.url}/form")
    ada.says("open", url=site.page("/second", "<title>Second</title>"))
    assert f"{site.url}/form" in ada.says("back")


def test_a_question_of_the_page_is_dismissed_and_told(ada: Person, site: Site) -> None:
    ada.says("open", url=f"{site.url}/form")
    assert "“Are you sure?”; it was dismissed" in ada.says("click", text="Ask")


def test_two_threads_have_tabs_of_their_own(ada: Person, site: Site) -> None:
    ada.says("open", url=f"{site.url}/form")
    with pytest.raises(NoPage):
        Person(ada.browser, thread="another").does("snapshot")


def test_a_stop_ends_a_step_at_once_and_closes_its_tab(ada: Person, site: Site) -> None:
    ada.says("open", url=f"{site.url}/form")
    ada.stop.event.set()
    result = ada.does("open", url=f"{site.url}/slow")
    assert result.status is StepStatus.INTERRUPTED
    assert "its tab was closed" in result.text
    ada.stop.event.clear()
    assert ada.says("tabs") == "No tab is open in this thread."


def test_the_time_limit_holds(ada: Person, site: Site) -> None:
    ada.says("open", url=f"{site.url}/form")
    result = ada.does("open", within=0.5, url=f"{site.url}/slow")
    assert result.status is StepStatus.TIMED_OUT
    assert ada.says("tabs") == "No tab is open in this thread."


def test_a_page_that_never_rests_is_given_up_with_its_tab(ada: Person, site: Site) -> None:
    ada.says("open", url=site.page("/busy", "<button onclick='for(;;){}'>Spin</button>"))
    assert ada.does("click", within=3, text="Spin").status is StepStatus.TIMED_OUT
    assert "Order form" in ada.says("open", url=f"{site.url}/form")


@pytest.mark.parametrize(
    "arguments",
    [
        {"action": "evaluate", "script": "1"},
        {"action": "click"},
        {"action": "click", "ref": "e1", "text": "Send"},
        {"action": "click", "ref": "css=button"},
        {"action": "open", "url": "https://example.com", "profile": "mine"},
        {"action": "wait", "seconds": 3600},
        {"action": "press", "key": "a b"},
        {"action": "tab", "number": 0},
        {},
    ],
)
def test_what_is_no_action_is_refused_before_anything_is_done(
    ada: Person, arguments: dict[str, object]
) -> None:
    with pytest.raises(BadAsk):
        ada.browser.prepare(ada.thread, arguments)
    with pytest.raises(BadAsk):
        ada.browser(ada.room(5, Bound()), arguments)
