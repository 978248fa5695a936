"""How runs, approvals and messages look: the right words and buttons, within Slack's limits."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_sdk.models.blocks import Block

from bot.blocks.approval import approval_card
from bot.blocks.approval_modals import reject_modal
from bot.blocks.artifact import artifact_comment, artifact_link, artifact_title
from bot.blocks.device import device_card, devices_list, pairing_offer
from bot.blocks.drawn import Drawn
from bot.blocks.guide import help_message, status_message
from bot.blocks.home import home_view
from bot.blocks.run import run_card
from bot.blocks.said import said
from dispatch_core.abilities import Capabilities, Permissions
from dispatch_core.approval_views import ApprovalView, VoteView
from dispatch_core.device_views import DeviceView, PairingOffer, Presence
from dispatch_core.lifecycle import ENDS, ApprovalStatus, EndReason, Route, RunStatus, Scope
from dispatch_core.views import ArtifactView, HomeView, MessageView, RunView
from tests.fakes.views import a_schedule

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NASTY = "<!here> <@U0ADA> & ``` \u202e\u200b *x* `y` <https://evil|safe>"
RUN = RunView(
    id="0199b1f0-0000-7000-8000-000000000001",
    thread_key="T1:C1:1.1",
    requester="T1:U0ADA",
    title="plot the sine",
    request="plot the sine",
    route=Route.CLOUD_CODE,
    route_reason="a fenced block",
    status=RunStatus.RUNNING,
    reason=None,
    activity="running python",
    output="",
    answer="",
    answer_apart=False,
    asked_at=NOON,
    started_at=NOON,
    finished_at=None,
    seconds=3.2,
)
APPROVAL = ApprovalView(
    id="a1",
    run_id="r1",
    thread_key="T1:C1:1.1",
    requester="T1:U0ADA",
    title="Run a shell command",
    description="echo hi prints a word.",
    payload="echo hi",
    device_name="laptop",
    status=ApprovalStatus.PENDING,
    requested_at=NOON,
    expires_at=NOON + timedelta(days=1),
    approvers=("T1:U0GRACE", "T1:S0OPS"),
)
ARTIFACT = ArtifactView(
    id="f1",
    run_id="r1",
    thread_key="T1:C1:1.1",
    name="my_plot.png",
    kind="image",
    mime_type="image/png",
    size_bytes=41_300,
    sha256="0" * 64,
    download_url="http://127.0.0.1:8765/artifacts/f1?token=x",
)
DEVICE = DeviceView(
    id="d1",
    name="laptop",
    owner="T1:U0ADA",
    platform="Linux 6.1",
    fingerprint="ab12 cd34",
    capabilities=Capabilities.model_validate(
        {"shell": True, "local_files": True, "reachableFolders": ("/home/ada/my_docs",)}
    ),
    permissions=Permissions.model_validate({"shell": True, "local_files": True}),
    presence=Presence.ONLINE,
    confirmed=True,
    paired_at=NOON,
    last_seen_at=NOON,
)


def ended(reason: EndReason, **facts: Any) -> RunView:
    return replace(RUN, status=ENDS[reason], reason=reason, finished_at=NOON, **facts)


def shown(drawn: Drawn) -> str:
    """All the text of a message, once it passed slack_sdk's own models both ways."""
    arguments = drawn.as_arguments()
    blocks = Block.parse_all(arguments["blocks"])
    assert [block.to_dict() for block in blocks] == arguments["blocks"]
    assert len(blocks) <= 50
    assert drawn.text
    assert len(drawn.text) <= 4_000
    text = json.dumps(arguments["blocks"], ensure_ascii=False)
    assert len(text) < 13_200
    return text


def action_ids(drawn: Drawn) -> list[str]:
    rows = [block for block in drawn.as_arguments()["blocks"] if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row["elements"]]


def test_an_active_run_shows_route_reason_activity_and_cancel() -> None:
    text = shown(run_card(RUN))
    for words in ("🧪 cloud-code · a fenced block", "*running* · running python", "<@U0ADA>"):
        assert words in text
    assert action_ids(run_card(RUN)) == ["run_cancel"]


def test_a_run_asked_to_stop_says_stopping_and_has_no_second_cancel() -> None:
    card = run_card(replace(RUN, stop_requested=True))
    assert "stopping…" in shown(card)
    assert action_ids(card) == []


def test_an_ended_run_offers_retry_and_the_other_routes() -> None:
    card = run_card(ended(EndReason.DONE, answer="**42**", other_routes=(Route.INLINE,)))
    assert "**42**" in shown(card)
    assert "took 3.2 s" in shown(card)
    assert action_ids(card) == ["run_retry", "run_elsewhere"]
    assert f"{RUN.id}|inline" in shown(card)


def test_an_ended_run_tells_its_work_apart_from_the_wait_for_an_answer() -> None:
    card = run_card(ended(EndReason.DONE, seconds=7_812.0, waited=7_800.0))
    assert "took 12 s · waited 2 h 10 min for an answer" in shown(card)
    assert "waited" not in shown(run_card(ended(EndReason.DONE)))


@pytest.mark.parametrize("reason", [reason for reason in EndReason if reason is not EndReason.DONE])
def test_every_bad_end_is_said_in_a_sentence_of_its_own(reason: EndReason) -> None:
    text = shown(run_card(ended(reason)))
    others = [shown(run_card(ended(other))) for other in EndReason if other is not reason]
    assert text not in others


def test_an_answer_that_says_why_is_not_said_twice() -> None:
    failed = ended(EndReason.ERROR, answer="There is no such file.")
    assert "ended with an error" not in shown(run_card(failed))
    assert "ended with an error" in shown(run_card(replace(failed, answer_apart=True)))


def test_an_expiry_is_never_told_as_a_rejection() -> None:
    expired = shown(run_card(ended(EndReason.APPROVAL_EXPIRED)))
    card = approval_card(replace(APPROVAL, status=ApprovalStatus.EXPIRED, decided_by="T1:U0GRACE"))
    assert "reject" not in expired.lower()
    assert "reject" not in shown(card).lower()
    assert "U0GRACE" not in shown(card)


def test_a_stopped_run_names_who_stopped_it() -> None:
    assert "Stopped by <@U0GRACE>." in shown(
        run_card(ended(EndReason.STOPPED, stopped_by="T1:U0GRACE"))
    )


def test_the_newest_output_is_kept_where_the_output_is_long() -> None:
    output = "".join(f"line {number} <&>\n" for number in range(5_000))
    text = shown(run_card(replace(RUN, output=output)))
    assert "line 4999" in text
    assert "line 1 " not in text


def test_what_a_stopped_run_wrote_stays_on_its_card_where_there_is_no_answer() -> None:
    stopped = replace(ended(EndReason.STOPPED), output="half way\n", answer="")
    assert "half way" in shown(run_card(stopped))
    assert "half way" not in shown(run_card(replace(stopped, answer="It was stopped.")))


def test_a_pending_approval_shows_all_that_one_must_know() -> None:
    card = approval_card(APPROVAL)
    text = shown(card)
    for words in ("Run a shell command", "echo hi", "laptop", "<@U0ADA>", "<@U0GRACE>"):
        assert words in text
    assert "<!subteam^S0OPS>" in text
    assert f"<!date^{int(APPROVAL.expires_at.timestamp())}^" in text
    assert action_ids(card) == ["approval_approve", "approval_reject", "approval_reject_reason"]


@pytest.mark.parametrize(
    "status", [ApprovalStatus.APPROVED, ApprovalStatus.REJECTED, ApprovalStatus.WITHDRAWN]
)
def test_a_decided_approval_has_no_buttons_and_says_what_was_decided(
    status: ApprovalStatus,
) -> None:
    decided = replace(
        APPROVAL, status=status, decided_by="T1:U0GRACE", decided_at=NOON, decision_reason="no <b>"
    )
    assert action_ids(approval_card(decided)) == []
    assert f"*{status.value.capitalize()}*" in shown(approval_card(decided))
    if status is ApprovalStatus.REJECTED:
        assert "by <@U0GRACE>" in shown(approval_card(decided))
        assert "Reason: no <b>" in shown(approval_card(decided))


def test_the_reason_of_a_rejection_is_shown_literally_and_alike_on_both_cards() -> None:
    why = "*x* _y_ `z` <!here>\n# not today"
    approval = replace(APPROVAL, status=ApprovalStatus.REJECTED, decision_reason=why)
    run = ended(EndReason.REJECTED, answer=f"Rejected: {why}")
    for card, words in ((approval_card(approval), "Reason"), (run_card(run), "Rejected")):
        told = {"type": "plain_text", "text": f"{words}: {why}", "emoji": False}
        assert {"type": "section", "text": told} in card.as_arguments()["blocks"]
        assert "<!here>" not in card.text


def test_a_question_before_a_lasting_approval_has_no_marks_that_slack_would_show_raw() -> None:
    card = approval_card(replace(APPROVAL, grant_words="exactly `echo hi` in `/tmp`"))
    [row] = [block for block in card.as_arguments()["blocks"] if block["type"] == "actions"]
    asked = row["elements"][1]["confirm"]["text"]
    assert asked["type"] == "plain_text"
    assert "without asking: exactly “echo hi” in “/tmp”." in asked["text"]


def test_a_cut_payload_says_how_much_is_hidden() -> None:
    assert "Cut: 2,200 more" in shown(approval_card(replace(APPROVAL, payload="x" * 10_000)))
    markup = shown(approval_card(replace(APPROVAL, payload="<" * 3_000)))
    assert "Cut: 756 more" in markup


def test_a_long_command_is_shown_to_its_end_before_it_is_decided_on() -> None:
    command = "echo " + "a" * 6_000 + "; rm -rf build"
    card = shown(approval_card(replace(APPROVAL, payload=command)))
    assert "; rm -rf build" in card
    assert "Cut:" not in card


def test_a_payload_with_a_fence_is_fenced_longer() -> None:
    text = shown(approval_card(replace(APPROVAL, payload="echo '````'\n<!here>")))
    assert "`````\\necho '````'" in text
    assert "<!here>" not in text


def test_foreign_texts_are_inert_everywhere() -> None:
    nasty = {"title": NASTY, "activity": NASTY, "route_reason": NASTY, "output": NASTY}
    device = replace(DEVICE, platform=NASTY, awaits_confirmation=(NASTY,))
    cards = [
        run_card(replace(RUN, **nasty, device_name=NASTY)),
        run_card(ended(EndReason.ERROR, answer=NASTY)),
        approval_card(replace(APPROVAL, title=NASTY, description=NASTY, payload=NASTY)),
        artifact_link(replace(ARTIFACT, name=NASTY, kind=NASTY), "Why."),
        said(MessageView(id="m", author="dispatch", text=NASTY)),
        device_card(device),
        devices_list([device]),
        status_message([replace(RUN, **nasty)], [replace(APPROVAL, title=NASTY)]),
    ]
    for card in cards:
        blocks = [block for block in card.as_arguments()["blocks"] if block["type"] != "header"]
        text = json.dumps(blocks, ensure_ascii=False) + card.text
        assert "<!here>" not in text
        assert "\u202e" not in shown(card)
        assert "\u200b" not in shown(card)


@pytest.mark.parametrize("character", ["x", "<", "&", "ä"])
@pytest.mark.parametrize("preview", ["", "x"])
def test_all_that_a_device_tells_of_a_step_stays_within_the_limits(
    character: str, preview: str
) -> None:
    much = character * 9_000
    approval = replace(
        APPROVAL,
        description=much,
        payload=much,
        preview=much if preview else "",
        reasons=(much,) * 9,
        programs=(much,) * 9,
        grant_words=much,
        editable=True,
        needed=2,
        edited_by="T1:U0GRACE",
    )
    text = shown(approval_card(approval))
    for words in ("Cut: ", "and 7 more", "a lasting approval covers", "*0 of 2*"):
        assert words in text


def test_the_card_names_each_who_approved_and_how_far_it_reaches() -> None:
    votes = (VoteView("T1:U0GRACE", NOON), VoteView("T1:U0ADA", NOON))
    approved = replace(
        APPROVAL,
        status=ApprovalStatus.APPROVED,
        decided_by="T1:U0ADA",
        decided_at=NOON,
        needed=2,
        votes=votes,
        scope=Scope.THREAD,
        granted_until=NOON,
        grant_words="git status",
    )
    text = shown(approval_card(approved))
    for words in ("*Approved* by <@U0GRACE>", "and <@U0ADA>", "for this thread until"):
        assert words in text
    assert "git status on laptop" in text


def test_enormous_texts_stay_within_the_limits() -> None:
    big = NASTY * 3_000
    huge = {"title": big, "activity": big, "route_reason": big, "output": big, "answer": big}
    shown(run_card(replace(RUN, **huge)))
    shown(run_card(ended(EndReason.ERROR, **huge)))
    shown(approval_card(replace(APPROVAL, title=big, description=big, payload=big)))
    rejected = replace(APPROVAL, status=ApprovalStatus.REJECTED, decision_reason=big)
    shown(approval_card(rejected))
    shown(said(MessageView(id="m", author="dispatch", text=big)))
    folders = tuple(f"/data/{number}/{'x' * 200}" for number in range(100))
    shown(
        device_card(
            replace(
                DEVICE,
                capabilities=Capabilities(reachableFolders=folders),
                awaits_confirmation=folders,
            )
        )
    )
    shown(devices_list([DEVICE] * 60))
    shown(status_message([RUN] * 60, [APPROVAL] * 60))
    assert len(artifact_title(replace(ARTIFACT, name="x" * 400))) < 150


def test_a_long_answer_becomes_its_beginning_and_a_file() -> None:
    text = "```\n" + "a line of code\n" * 2_000
    card = said(MessageView(id="m", author="dispatch", text=text))
    assert card.whole == text
    assert "answer.md" in shown(card)
    assert card.as_arguments()["blocks"][0]["text"].endswith("\n```")
    assert said(MessageView(id="m", author="dispatch", text="short")).whole is None


def test_a_device_message_has_remove_and_where_it_waits_confirm() -> None:
    view = MessageView(id="m", author="dispatch", text="Paired.", device_id="d1")
    assert action_ids(said(view)) == ["device_remove"]
    assert action_ids(said(replace(view, confirms="offer-1"))) == [
        "device_confirm",
        "device_remove",
    ]


def test_a_notice_without_its_confirm_points_to_the_newer_one() -> None:
    view = MessageView(id="m", author="dispatch", text="It reports more.", device_id="d1")
    assert "newer notice" not in shown(said(view))
    assert "A newer notice of this device says what waits now." in shown(
        said(replace(view, replaced=True))
    )


def test_a_device_in_full_names_folders_exactly() -> None:
    text = shown(device_card(DEVICE))
    for words in ("/home/ada/my_docs", "ab12 cd34", "shell, local_files", "online", "Linux 6.1"):
        assert words in text
    unconfirmed = device_card(replace(DEVICE, confirmed=False))
    buttons = ["device_confirm", "device_default", "device_rename", "device_remove"]
    assert action_ids(unconfirmed) == buttons


def test_what_a_cut_would_hide_is_not_confirmed_on_the_card() -> None:
    few = replace(DEVICE, awaits_confirmation=("folder /" + "a" * 2_000,))
    assert "a" * 2_000 in shown(device_card(few))
    many = replace(DEVICE, awaits_confirmation=("folder /" + "a" * 2_000,) * 2)
    assert "device_confirm" not in action_ids(device_card(many))
    assert "its notice to you shows it" in shown(device_card(many))


def test_a_pairing_offer_shows_the_whole_command() -> None:
    command = "dispatch-device pair http://127.0.0.1:8765 ABCD2345"
    text = shown(pairing_offer(PairingOffer("ABCD2345", NOON, command)))
    assert command in text


def test_an_artifact_tells_its_name_size_and_link() -> None:
    comment = artifact_comment(ARTIFACT)
    assert "`my_plot.png` · image · 41 kB" in comment
    assert f"<{ARTIFACT.download_url}|Download>" in comment
    assert artifact_title(ARTIFACT) == "my_plot.png"


def test_the_home_holds_a_busy_person_in_a_hundred_blocks() -> None:
    long = replace(APPROVAL, payload="x" * 9_000)
    view = home_view(
        HomeView((RUN,) * 40, (RUN,) * 40, (long,) * 40, (DEVICE,) * 40, (a_schedule(),) * 40)
    ).to_dict()
    assert len(view["blocks"]) <= 100
    text = json.dumps(view)
    for words in ("run_cancel", "approval_approve", "laptop", "and 32 more", "cloud-knowledge"):
        assert words in text


def test_an_empty_home_and_the_help_are_whole() -> None:
    view = home_view(HomeView((), (), (), ())).to_dict()
    assert "Nothing waits for you." in json.dumps(view)
    assert "/devices pair" in shown(help_message())
    assert "no paired device" in shown(devices_list([]))
    assert "Nothing was asked" in shown(status_message([]))


def test_the_reject_modal_carries_the_approval() -> None:
    view = reject_modal(replace(APPROVAL, title="x" * 500)).to_dict()
    assert view["callback_id"] == "approval_reject_modal"
    assert view["private_metadata"] == "a1"
    block = view["blocks"][1]
    assert (block["block_id"], block["element"]["action_id"]) == ("reason", "reason")
