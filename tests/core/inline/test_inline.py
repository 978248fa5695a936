"""The inline route: small talk, standing, sums and dates; short and true."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dispatch_core.abilities import Capabilities, Permissions, ToolName
from dispatch_core.approval_views import ApprovalView
from dispatch_core.device_views import DeviceView, Presence
from dispatch_core.lifecycle import ApprovalStatus, Route, RunStatus, StepStatus
from dispatch_core.protocol import StepResult
from dispatch_core.routes.arithmetic import compute
from dispatch_core.routes.dates import date_answer
from dispatch_core.routes.inline import offer
from dispatch_core.routes.small_talk import CAN_DO, UNKNOWN
from dispatch_core.views import HomeView, RunView

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
NOTHING = HomeView((), (), (), ())


def run(run_id: str, status: RunStatus, title: str = "plot a sine", activity: str = "") -> RunView:
    return RunView(
        id=run_id,
        thread_key="T1:C1:1",
        requester="T1:U1",
        title=title,
        request=title,
        route=Route.CLOUD_CODE,
        route_reason="",
        status=status,
        reason=None,
        activity=activity,
        output="",
        answer="",
        answer_apart=False,
        asked_at=NOW,
        started_at=NOW,
        finished_at=None,
        seconds=3,
    )


def approval(title: str) -> ApprovalView:
    return ApprovalView(
        id="a1",
        run_id="r1",
        thread_key="T1:C1:1",
        requester="T1:U1",
        title=title,
        description="",
        payload="",
        device_name="mac",
        status=ApprovalStatus.PENDING,
        requested_at=NOW,
        expires_at=NOW,
        approvers=(),
    )


def device(name: str, presence: Presence, seen: datetime | None = None) -> DeviceView:
    return DeviceView(
        id=name,
        name=name,
        owner="T1:U1",
        platform="Linux",
        fingerprint="",
        capabilities=Capabilities(),
        permissions=Permissions(),
        presence=presence,
        confirmed=True,
        paired_at=NOW,
        last_seen_at=seen,
    )


def said(text: str, home: HomeView = NOTHING, zone: str = "UTC") -> str:
    async def asker_home() -> HomeView:
        return home

    context = SimpleNamespace(
        asker_home=asker_home, work=SimpleNamespace(claim=SimpleNamespace(run_id="this"))
    )
    tool = offer(clock=lambda: NOW)
    arguments = {"text": text, "time_zone": zone}
    result: StepResult = asyncio.run(cast("Any", tool.run(cast("Any", context), arguments)))
    assert tool.name is ToolName.ANSWER
    assert result.status is StepStatus.DONE
    return result.text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("hi", "Hello"),
        ("Good morning!", "Hello"),
        ("thanks a lot", ""),
        ("bye", "Goodbye"),
        ("what can you do?", "fenced block"),
        ("help", "`$ COMMAND`"),
        ("who are you?", "I'm Dispatch"),
        ("Are you a human?", "not a person"),
        ("how are you", "ready for a task"),
        ("tell me a joke", ""),
        ("cancel that", "`stop`"),
        ("yes", "Approve or Reject"),
        ("no", "All right"),
        ("you're stupid", "sorry"),
        ("i'm so tired", "sorry to hear"),
        ("can i talk to a person", "mention a person"),
        ("sorry", "No harm"),
        ("/devices pair", "by itself"),
        ("where are you from", "program"),
        ("do you have a favourite colour", "program"),
    ],
)
def test_small_talk_has_a_short_reply(text: str, part: str) -> None:
    reply = said(text)
    assert part in reply
    assert reply != UNKNOWN
    assert reply == CAN_DO or len(reply) < 150


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("say good morning", "Good morning"),
        ("please say Guten Morgen, Team!", "Guten Morgen, Team!"),
        ("say it's lunch time", "It's lunch time"),
    ],
)
def test_it_says_what_it_is_to_say(text: str, words: str) -> None:
    assert said(text) == words


@pytest.mark.parametrize("text", ["say it again", "say something", "say *this*", "say [a](b)"])
def test_what_is_more_than_plain_words_is_not_repeated(text: str) -> None:
    assert not said(text).casefold().startswith(text.removeprefix("say "))


def test_what_it_does_not_know_it_says() -> None:
    assert said("blorp zing") == UNKNOWN
    assert said("") == UNKNOWN


@pytest.mark.parametrize(
    "text",
    ["is my run done?", "status", "what are you working on?", "how is my task going", "my runs"],
)
def test_runs_are_told_without_the_one_that_asks(text: str) -> None:
    home = HomeView(
        (run("this", RunStatus.RUNNING, "is my run done?"),
         run("r2", RunStatus.WAITING_APPROVAL, "$ rm `x`", "asks to run a command")),
        (run("r3", RunStatus.COMPLETED),),
        (),
        (),
    )  # fmt: skip
    reply = said(text, home)
    assert "1 run of yours" in reply
    assert "`$ rm 'x'`: waiting approval (asks to run a command), cloud-code" in reply
    assert "is my run done" not in reply


def test_when_nothing_runs_the_last_runs_are_told() -> None:
    reply = said("is it done yet?", HomeView((), (run("r3", RunStatus.FAILED),), (), ()))
    assert reply.startswith("Nothing of yours is running.")
    assert "`plot a sine`: failed, cloud-code" in reply
    assert "no runs yet" in said("is it done yet?")


@pytest.mark.parametrize(
    "text", ["approve it", "any approvals pending?", "is anything waiting for me"]
)
def test_approvals_are_told_and_where_to_click(text: str) -> None:
    reply = said(text, HomeView((), (), (approval("Run a command"),), ()))
    assert "1 request waiting" in reply
    assert "`Run a command`, on mac" in reply
    assert said(text) == "No approval waits for you."


@pytest.mark.parametrize(
    "text", ["which devices are online?", "my devices", "is my laptop online?", "show devices"]
)
def test_devices_are_told_with_their_presence(text: str) -> None:
    devices = (
        device("mac", Presence.ONLINE),
        device("pc", Presence.OFFLINE, NOW - timedelta(hours=2, minutes=5)),
        device("nas", Presence.NEVER),
    )
    reply = said(text, HomeView((), (), (), devices))
    assert reply.startswith("1 of your 3 devices online:")
    assert "`mac`: online" in reply
    assert "`pc`: offline, last seen 2 hours ago" in reply
    assert "`nas`: never connected" in reply
    assert "/devices pair" in said(text)


def test_a_long_list_is_cut_and_says_so() -> None:
    runs = tuple(run(f"r{n}", RunStatus.QUEUED, "x" * 300) for n in range(9))
    reply = said("status", HomeView(runs, (), (), ()))
    assert "- and 4 more on the Home tab" in reply
    assert len(reply) < 800


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("2+2", "4"),
        ("what is 17 * 23?", "391"),
        ("15% of 80", "12"),
        ("1,234 plus 1", "1,235"),
        ("what's 2 to the power of 10", "1,024"),
        ("square root of 2", "1.41421356237"),
        ("0.1 + 0.2", "0.3"),
        ("(1 + 2) * 3 =", "9"),
        ("7 divided by 2", "3.5"),
        ("2^100", "1,267,650,600,228,229,401,496,703,205,376"),
        ("2**500", "about 3.27339e150"),
    ],
)
def test_small_sums_are_worked_out(text: str, answer: str) -> None:
    assert said(text).endswith(f"= **{answer}**")


@pytest.mark.parametrize("text", ["9**9**9", "10**9999999", "9**400*9**400*9**400"])
def test_a_power_that_is_too_large_is_refused_at_once(text: str) -> None:
    assert "too large" in said(text)


@pytest.mark.parametrize("text", ["1/0", "5 % 0"])
def test_nobody_divides_by_zero(text: str) -> None:
    assert "divide by zero" in said(text)


@pytest.mark.parametrize(
    "text",
    ["2026-11-22", "12", "1.2.3", "hello", "(1+2", "__import__('os')", "a+b", "+", "1+" * 200],
)
def test_what_is_no_sum_is_not_worked_out(text: str) -> None:
    assert compute(text) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("what day is it?", "Today is Monday, 23 November 2026."),
        ("what's the date today", "Today is Monday, 23 November 2026."),
        ("what time is it", "It is 00:30 on Monday, 23 November 2026 (Europe/Paris)."),
        ("what time is it in Tokyo?", "It is 08:30 on Monday, 23 November 2026 (Asia/Tokyo)."),
        ("what is the date in 3 weeks", "That will be Monday, 14 December 2026."),
        ("what date is 90 days from now", "That will be Sunday, 21 February 2027."),
        ("what date was 3 weeks ago", "That was Monday, 2 November 2026."),
        ("what day of the week was 4 July 1976", "That was Sunday, 4 July 1976."),
        ("what is the day after tomorrow", "That will be Wednesday, 25 November 2026."),
        ("days until 25 December", "32 days until Friday, 25 December 2026."),
        ("how many days until Christmas?", "32 days until Friday, 25 December 2026."),
        ("weeks until new year", "5 weeks and 4 days until Friday, 1 January 2027."),
        ("days until 23 November", "That is today, Monday, 23 November 2026."),
        ("how long until friday", "4 days until Friday, 27 November 2026."),
        ("days since 1 January 2026", "It has been 326 days since Thursday, 1 January 2026."),
        (
            "days between 1 March 2026 and 1 April 2026",
            "There are 31 days between Sunday, 1 March 2026 and Wednesday, 1 April 2026.",
        ),
        ("which week is it", "It is week 48 of 2026 (ISO)."),
    ],
)
def test_dates_are_told_in_the_askers_zone(text: str, answer: str) -> None:
    assert said(text, zone="Europe/Paris") == answer


def test_an_unknown_zone_is_taken_as_utc() -> None:
    assert said("what day is it", zone="Mars/Olympus") == "Today is Sunday, 22 November 2026."
    assert said("what day is it", zone="../etc/passwd") == "Today is Sunday, 22 November 2026."


@pytest.mark.parametrize(
    "text", ["how many days until the movie comes out", "what day was pearl harbor", "who are you"]
)
def test_what_names_no_day_is_no_question_of_dates(text: str) -> None:
    assert date_answer(text, NOW, "UTC") is None
