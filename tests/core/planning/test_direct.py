"""Direct: the request is the step, and the step's result is the answer."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from dispatch_core.abilities import ToolName
from dispatch_core.lifecycle import EndReason, Route, StepStatus
from dispatch_core.planning.direct import Direct
from dispatch_core.planning.planner import Finish, NextStep
from dispatch_core.protocol import StepResult
from dispatch_core.views import AttachedFile
from dispatch_core.work import Claim, RunWork, StepView

FENCE = "```"


def planned(request: str, route: Route) -> NextStep | Finish:
    return asyncio.run(Direct().next(work(request, route)))


def work(request: str, route: Route, *steps: StepView) -> RunWork:
    return RunWork(
        claim=Claim("r1", "w1", 1),
        thread_id="t1",
        requester="T1:U1",
        route=route,
        request=request,
        asked_at=datetime(2026, 11, 22, tzinfo=UTC),
        time_zone="Europe/Paris",
        timeout_seconds=60,
        device_id=None,
        steps=steps,
    )


def ended(tool: ToolName, status: StepStatus, text: str = "", **more: object) -> Finish:
    result = StepResult.model_validate({"status": status, "text": text, **more})
    step = StepView("s1", tool, {}, "f", status, result)
    finish = asyncio.run(Direct().next(work("anything", Route.CLOUD_CODE, step)))
    assert isinstance(finish, Finish)
    return finish


@pytest.mark.parametrize(
    ("request_text", "language", "code"),
    [
        (f"{FENCE}python\nprint(1)\n{FENCE}", "python", "print(1)"),
        (f"{FENCE}\nprint(1)\n{FENCE}", "python", "print(1)"),
        (f"{FENCE}print(1){FENCE}", "python", "print(1)"),
        (f"{FENCE}py\nprint(1){FENCE}", "python", "print(1)"),
        (f"{FENCE}Python\r\nprint(1)\r\n{FENCE}", "python", "print(1)"),
        (f"{FENCE}python print(1){FENCE}", "python", "print(1)"),
        (f"please run {FENCE}bash\nls -la\n{FENCE} thanks", "bash", "ls -la"),
        (f"{FENCE}sh\nls\n{FENCE}", "bash", "ls"),
        (f"{FENCE}\n#!/bin/bash\nls\n{FENCE}", "bash", "#!/bin/bash\nls"),
        (f"{FENCE}\n$ ls\n$ pwd\n{FENCE}", "bash", "ls\npwd"),
        (
            f"{FENCE}python\na = 1\n{FENCE}\nthen\n{FENCE}python\nprint(a)\n{FENCE}",
            "python",
            "a = 1\nprint(a)",
        ),
        (
            f"{FENCE}python\nprint(1)\n{FENCE}\nit said\n{FENCE}\nError\n{FENCE}",
            "python",
            "print(1)",
        ),
        (f"{FENCE}json\n{{}}\n{FENCE}\n{FENCE}python\nprint(1)\n{FENCE}", "python", "print(1)"),
        (f"{FENCE}bash\nls\n{FENCE}\n{FENCE}python\nprint(1)\n{FENCE}", "bash", "ls"),
        (f"{FENCE}python\nprint('{FENCE}')\n{FENCE}", "python", f"print('{FENCE}')"),
        (f"{FENCE}python\nprint(1)", "python", "print(1)"),
        ("~~~python\nprint(1)\n~~~", "python", "print(1)"),
        (f"{FENCE}\n  if_indented = 1\n{FENCE}", "python", "  if_indented = 1"),
        (f"{FENCE}python{FENCE}", "python", "python"),
    ],
)
def test_the_code_of_a_fence_is_what_runs(request_text: str, language: str, code: str) -> None:
    step = planned(request_text, Route.CLOUD_CODE)
    assert isinstance(step, NextStep)
    assert step.tool is ToolName.RUN_CODE
    assert step.arguments == {"language": language, "code": code}


@pytest.mark.parametrize("request_text", ["plot a sine", "", f"{FENCE}\n{FENCE}", "get notes.txt"])
def test_without_code_cloud_code_says_how_to_write_it(request_text: str) -> None:
    end = planned(request_text, Route.CLOUD_CODE)
    assert isinstance(end, Finish)
    assert end.reason is EndReason.ERROR
    assert "three backticks" in end.answer


def test_who_attached_files_learns_where_code_finds_them() -> None:
    attached = AttachedFile(name="sales.csv", mime_type="text/csv", size_bytes=9, source="F1")
    end = Direct().at_once(work("plot it", Route.CLOUD_CODE)._replace(files=(attached,)))
    assert isinstance(end, Finish)
    assert "the files of this thread" in end.answer


def test_a_language_that_cannot_run_is_named() -> None:
    end = planned(f"{FENCE}rust\nfn main() {{}}\n{FENCE}", Route.CLOUD_CODE)
    assert isinstance(end, Finish)
    assert "not `rust`" in end.answer


def test_a_command_sent_to_cloud_code_runs_in_the_sandbox() -> None:
    step = planned("$ ls -la", Route.CLOUD_CODE)
    assert isinstance(step, NextStep)
    assert step.arguments == {"language": "bash", "code": "ls -la"}


def test_a_fence_sent_to_a_device_is_explained() -> None:
    end = planned(f"{FENCE}python\nprint(1)\n{FENCE}", Route.DESKTOP_LOCAL)
    assert isinstance(end, Finish)
    assert "cloud-code" in end.answer


@pytest.mark.parametrize(
    ("request_text", "tool", "arguments"),
    [
        ("$ echo hi", ToolName.SHELL, {"command": "echo hi"}),
        ("`$ echo hi`", ToolName.SHELL, {"command": "echo hi"}),
        ("$ echo `date`", ToolName.SHELL, {"command": "echo `date`"}),
        ("tty $ top -b", ToolName.SHELL, {"command": "top -b", "pty": True}),
        ("`tty $ cd /tmp`", ToolName.SHELL, {"command": "cd /tmp", "pty": True}),
        ("$ cat <<E\nhi\nE\n", ToolName.SHELL, {"command": "cat <<E\nhi\nE"}),
        ("$ cd /tmp\n$ ls", ToolName.SHELL, {"command": "cd /tmp\nls"}),
        ("get notes.txt", ToolName.READ_FILE, {"path": "notes.txt"}),
        ("get 'my notes.txt'", ToolName.READ_FILE, {"path": "my notes.txt"}),
        ("get my notes.txt", ToolName.READ_FILE, {"path": "my notes.txt"}),
        ("ls", ToolName.LIST_FOLDER, {"path": "."}),
        ("ls ~/work", ToolName.LIST_FOLDER, {"path": "~/work"}),
        ('ls "My Documents"', ToolName.LIST_FOLDER, {"path": "My Documents"}),
    ],
)
def test_a_device_is_given_the_words_exactly(
    request_text: str, tool: ToolName, arguments: dict[str, str]
) -> None:
    step = planned(request_text, Route.DESKTOP_LOCAL)
    assert isinstance(step, NextStep)
    assert (step.tool, step.arguments) == (tool, arguments)


@pytest.mark.parametrize("request_text", ["open Firefox", "get a.txt\nget b.txt", "$", ""])
def test_words_that_a_device_does_not_understand_end_with_those_it_does(request_text: str) -> None:
    end = planned(request_text, Route.DESKTOP_LOCAL)
    assert isinstance(end, Finish)
    assert end.reason is EndReason.ERROR
    assert "`$ COMMAND`" in end.answer


def test_ls_with_options_points_to_the_shell() -> None:
    end = planned("ls -la", Route.DESKTOP_LOCAL)
    assert isinstance(end, Finish)
    assert "`$ ls -la`" in end.answer


def test_a_question_is_searched_for_and_small_talk_is_answered() -> None:
    search = planned(" What is a lease? ", Route.CLOUD_KNOWLEDGE)
    talk = planned("hi", Route.INLINE)
    assert isinstance(search, NextStep)
    assert isinstance(talk, NextStep)
    assert search.arguments == {"query": "What is a lease?"}
    assert talk.arguments == {"text": "hi", "time_zone": "Europe/Paris"}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (StepStatus.DONE, EndReason.DONE),
        (StepStatus.FAILED, EndReason.ERROR),
        (StepStatus.TIMED_OUT, EndReason.TIMED_OUT),
        (StepStatus.STOPPED, EndReason.STOPPED),
        (StepStatus.REFUSED, EndReason.DENIED),
        (StepStatus.INTERRUPTED, EndReason.WORKER_LOST),
    ],
)
def test_every_end_of_a_step_ends_the_run_with_its_reason(
    status: StepStatus, reason: EndReason
) -> None:
    finish = ended(ToolName.READ_FILE, status)
    assert finish.reason is reason
    assert finish.answer


@pytest.mark.parametrize("status", [StepStatus.PLANNED, StepStatus.STARTED])
def test_a_step_without_an_end_is_planned_again_unchanged(status: StepStatus) -> None:
    step = StepView("s1", ToolName.SHELL, {"command": "ls"}, "f", status, None)
    again = asyncio.run(Direct().next(work("$ ls", Route.DESKTOP_LOCAL, step)))
    assert isinstance(again, NextStep)
    assert again.arguments == {"command": "ls"}


def test_output_stands_in_a_fence_that_it_cannot_close() -> None:
    finish = ended(ToolName.SHELL, StepStatus.DONE, f"a\n{FENCE}\n# not a heading\n", exit_code=0)
    assert finish.answer == f"````\na\n{FENCE}\n# not a heading\n````"


def test_no_output_is_said() -> None:
    assert ended(ToolName.RUN_CODE, StepStatus.DONE, "\n", exit_code=0).answer == "(no output)"


def test_a_failure_shows_output_and_exit_status() -> None:
    finish = ended(ToolName.SHELL, StepStatus.FAILED, "no such file", exit_code=2)
    assert finish.answer == f"{FENCE}\nno such file\n{FENCE}\n\nExit status 2."


def test_a_failure_before_the_program_ran_is_a_sentence() -> None:
    finish = ended(ToolName.RUN_CODE, StepStatus.FAILED, "cloud-code has no sandbox here.")
    assert finish.answer == "cloud-code has no sandbox here."


def test_a_time_out_keeps_what_was_produced_and_says_that_it_was_cut() -> None:
    finish = ended(ToolName.RUN_CODE, StepStatus.TIMED_OUT, "1\n2", seconds=60.2, truncated=True)
    assert finish.answer.startswith(f"{FENCE}\n1\n2\n{FENCE}")
    assert "after 60 s" in finish.answer
    assert "longer" in finish.answer


def test_output_loses_colours_overwritten_lines_and_secrets() -> None:
    token = "gh" + "p_" + "a1B2" * 10
    finish = ended(
        ToolName.SHELL,
        StepStatus.DONE,
        f"\x1b[31mred\x1b[0m\r\n10%\r99%\n{token}\u202e",
        exit_code=0,
    )
    assert finish.answer == f"{FENCE}\nred\n99%\n[redacted: GitHub token]\\u{{202E}}\n{FENCE}"


def test_a_folder_is_listed_in_a_fence() -> None:
    assert (
        ended(ToolName.LIST_FOLDER, StepStatus.DONE, "*a*\nb").answer == f"{FENCE}\n*a*\nb\n{FENCE}"
    )
    assert ended(ToolName.LIST_FOLDER, StepStatus.DONE).answer == "The folder is empty."


@pytest.mark.parametrize("piece", ["```a\n", "``` ", "\n```x", "~~~", "`"])
def test_fences_of_a_hostile_message_are_read_in_linear_time(piece: str) -> None:
    started = time.process_time()
    planned(piece * (100_000 // len(piece)), Route.CLOUD_CODE)
    assert time.process_time() - started < 2
