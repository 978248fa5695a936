"""The limits, each against a program that tries to break it."""

import pytest

MIB = 1024 * 1024


async def test_an_endless_loop_is_timed_out_and_what_it_made_is_kept(run):
    code = "open('kept.txt', 'w').write('x'); print('before')\nwhile True: pass"
    # On a machine that is slow just now Python may take longer than that to begin.
    for seconds in (1, 10, 60):
        outcome = await run(code, seconds=seconds)
        if outcome.output:
            break
    assert (outcome.ending, outcome.exit_code, outcome.output) == ("timed_out", None, "before\n")
    assert [file.name for file in outcome.files] == ["kept.txt"]
    assert outcome.seconds >= seconds


async def test_a_program_that_ignores_signals_is_ended_too(run):
    outcome = await run("trap '' TERM INT HUP XCPU; while :; do sleep 1; done", "bash", seconds=0.5)
    assert outcome.ending == "timed_out"


async def test_memory_beyond_the_limit_is_a_memory_error(run):
    outcome = await run("x = bytearray(900 * 1024 * 1024)", memory_mb=512)
    assert outcome.exit_code == 1
    assert "MemoryError" in outcome.output


async def test_many_small_processes_can_not_use_more_memory_together(run):
    code = (
        "import os, time\n"
        "for _ in range(8):\n"
        "    if os.fork() == 0:\n"
        "        held = b'x' * (100 * 1024 * 1024)\n"
        "        time.sleep(60)\n"
        "time.sleep(60)"
    )
    outcome = await run(code, memory_mb=256)
    assert outcome.ending == "over_limit"
    assert outcome.notes == ("It was ended because it used more than 256 MB of memory.",)


async def test_memory_that_forked_children_share_counts_once(run):
    code = (
        "import os, time\n"
        "held = b'x' * (150 * 1024 * 1024)\n"
        "children = [os.fork() or (time.sleep(1), os._exit(0)) for _ in range(4)]\n"
        "print([os.wait()[1] for _ in children])"
    )
    outcome = await run(code, memory_mb=256)
    assert (outcome.ending, outcome.output) == ("exited", "[0, 0, 0, 0]\n")


async def test_a_fork_bomb_stays_small_also_when_it_asks_for_more(run):
    code = (
        "import os, resource, time\n"
        "try: resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999))\n"
        "except ValueError as error: print('refused:', error)\n"
        "made = 0\n"
        "try:\n"
        "    while made < 500:\n"
        "        if os.fork() == 0: time.sleep(60)\n"
        "        made += 1\n"
        "except BlockingIOError: print('stopped', made < 64)"
    )
    outcome = await run(code)
    assert outcome.output == "refused: not allowed to raise maximum limit\nstopped True\n"


async def test_the_classic_fork_bomb_is_gone_after_its_time(run):
    outcome = await run(
        "mark() { : mark-7c1e; }; b() { b | b & }; b; sleep 60", "bash", seconds=1.5
    )
    assert outcome.ending == "timed_out"
    assert len(outcome.output) <= 210_000


@pytest.mark.parametrize("place", [".", "/tmp", "/dev/shm"])  # noqa: S108 (the sandbox's)
async def test_a_full_folder_is_an_error_inside_and_nothing_outside(run, place):
    code = (
        f"import itertools\n"
        f"for n in itertools.count():\n"
        f"    with open(f'{place}/big{{n}}', 'wb') as file: file.write(bytes(8 << 20))\n"
    )
    outcome = await run(code, work_mb=16, scratch_mb=16)
    assert outcome.exit_code == 1
    assert "No space left on device" in outcome.output


async def test_one_file_can_not_pretend_to_be_larger_than_the_folder(run):
    outcome = await run("open('sparse', 'wb').truncate(1 << 40)", work_mb=16)
    assert "File too large" in outcome.output


async def test_a_flood_of_empty_files_is_ended(run):
    code = "n = 0\nwhile True:\n    open(f'/tmp/{n}', 'w').close(); n += 1"
    outcome = await run(code, inodes=2_000)
    assert outcome.notes[0] == "It was ended because it made more than 2,000 files."


async def test_a_flood_of_output_is_ended_and_cut(run):
    outcome = await run("yes", "bash", flood_bytes=4 * MIB)
    assert (outcome.ending, outcome.truncated) == ("over_limit", True)
    assert 200_000 <= len(outcome.output) < 200_100


async def test_of_long_output_the_beginning_and_the_end_are_kept(run):
    outcome = await run("print('first'); print('x' * 300_000); print('last')")
    assert outcome.exit_code == 0
    assert outcome.output.startswith("first\n")
    assert outcome.output.endswith("last\n")
    assert "100,012 characters left out" in outcome.output


async def test_output_that_is_not_text_does_no_harm(run):
    outcome = await run("import os; os.write(1, b'caf\\xe9 \\xff\\x00 ok')")
    assert outcome.output == "caf� �� ok"


async def test_a_character_written_in_two_pieces_is_one_character(run):
    code = "import os, time\nos.write(1, b'\\xc3'); time.sleep(0.2); os.write(1, b'\\xa9')"
    assert (await run(code)).output == "é"
