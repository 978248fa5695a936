"""An output that is longer than its answer: kept whole in a file, within bounds."""

from pathlib import Path

import pytest

from device_agent.errors import RefusedByCore
from device_agent.tools.shell.output import Output
from device_agent.tools.shell.spool import Spool
from dispatch_core.lifecycle import StepStatus
from dispatch_core.redaction import register_secret
from tests.core.small_disk import REFUSAL, files_of_at_most
from tests.device_agent.shells import Bystander

LONG = "echo first; head -c 3000000 /dev/zero | tr '\\0' x | fold -w 99; echo; echo last"


def everything(spool: Spool) -> str:
    with spool.masked_copy(lambda: True) as copy:
        return copy.read_text("utf-8")


@pytest.mark.processes
def test_a_long_output_keeps_its_head_and_its_tail_and_all_of_it_in_a_file(tmp_path: Path) -> None:
    bystander = Bystander(tmp_path)
    result = bystander.run(LONG)
    assert result.truncated
    assert len(result.text) < 201_000
    assert result.text.startswith("first")
    assert "characters left out" in result.text
    assert result.text.endswith("last\n[the whole output is in output.txt]")
    assert bystander.files["output.txt"].startswith(b"first\nxxx")
    assert bystander.files["output.txt"].count(b"x") == 3_000_000
    assert list((tmp_path.parent / f"{tmp_path.name}-home" / "spool").iterdir()) == []


@pytest.mark.processes
def test_where_the_file_can_not_be_sent_the_answer_says_so(tmp_path: Path) -> None:
    bystander = Bystander(tmp_path)
    bystander.refusal = RefusedByCore(error="NoRoom", message="There is no room for it.")
    result = bystander.run(LONG)
    assert result.status is StepStatus.DONE
    assert result.text.endswith("[the whole output could not be sent: There is no room for it.]")


def test_a_short_output_touches_no_disk(tmp_path: Path) -> None:
    with Output(tmp_path / "not there") as output:
        output.take(b"x" * 100_000)
        assert (output.truncated, output.spool.fault) == (False, "")


def test_an_output_is_kept_up_to_a_bound(tmp_path: Path) -> None:
    spool = Spool(tmp_path, most=1000, in_memory=100)
    for _ in range(30):
        spool.add(b"0123456789\n" * 10)
    assert spool.cut
    assert everything(spool) == ("0123456789\n" * 300)[:1000]
    spool.close()
    assert list(tmp_path.iterdir()) == []


def test_secrets_are_masked_in_the_file_wherever_it_was_cut(tmp_path: Path) -> None:
    register_secret("swordfish-in-the-file")
    spool = Spool(tmp_path, in_memory=10)
    line = b"the word is swordfish-in-the-file today and the same tomorrow \xc3\xa9\n"
    key = b"-----BEGIN PRIVATE KEY-----\n" + b"MIIE" * 16 + b"\n-----END PRIVATE KEY-----\n"
    for at in range(0, len(line) * 20_000, 997):
        spool.add((line * 20_000)[at : at + 997])
    spool.add(key)
    text = everything(spool)
    assert "swordfish" not in text
    assert "MIIE" not in text
    assert text.count("tomorrow é\n") == 20_000
    spool.close()


@pytest.mark.processes
def test_a_full_disk_is_survived_and_said(tmp_path: Path) -> None:
    bystander = Bystander(tmp_path)
    with files_of_at_most(100_000):
        result = bystander.run(LONG)
    assert result.status is StepStatus.DONE
    sentence = f"[the whole output could not be kept on the device: {REFUSAL}]"
    assert result.text.endswith(sentence)
    assert bystander.files == {}
    assert list((tmp_path.parent / f"{tmp_path.name}-home" / "spool").iterdir()) == []
