"""What sandboxed code can see of the machine: its interpreter and its own folder."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dispatch_core.sandbox import interpreter

SECRET = "xoxb-do-not-tell"


@pytest.fixture
def _a_secret_in_the_environment(monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", SECRET)


async def test_code_prints_and_leaves_with_its_exit_code(run):
    outcome = await run("print('hello'); raise SystemExit(3)")
    assert (outcome.output, outcome.exit_code, outcome.ending) == ("hello\n", 3, "exited")


async def test_bash_runs_too(run):
    outcome = await run("echo $((6 * 7)); ls | wc -l; exit 5", "bash")
    assert (outcome.output, outcome.exit_code) == ("42\n0\n", 5)


async def test_a_traceback_names_main_py_and_shows_the_line(run):
    outcome = await run("def half(x):\n    return x / 0\n\nhalf(1)\n")
    assert 'main.py", line 2, in half' in outcome.output
    assert "return x / 0" in outcome.output
    assert "ZeroDivisionError" in outcome.output
    assert outcome.output.count("File ") == 2


async def test_standard_input_is_empty(run):
    assert (await run("import sys; print(repr(sys.stdin.read()))")).output == "''\n"


@pytest.mark.parametrize("path", ["/etc/shadow", "/root/.bashrc", "/home", "/var/log", "/sys"])
async def test_the_machines_files_are_not_there(run, path):
    outcome = await run(f"open({path!r}).read()")
    assert "FileNotFoundError" in outcome.output or "PermissionError" in outcome.output


async def test_of_the_interpreters_home_nothing_else_is_shown(run):
    code = "import os\nfor f in {!r}: print(sorted(os.listdir(f)))"
    base = Path(sys.base_prefix)
    if base.is_relative_to("/usr"):
        pytest.skip("the interpreter lies in /usr, which is shown anyway")
    outcome = await run(code.format([str(base.parent)]))
    assert outcome.output == f"{[base.name]}\n"


@pytest.mark.usefixtures("_a_secret_in_the_environment")
async def test_the_environment_is_clean_also_that_of_process_one(run):
    code = "cat /proc/*/environ /proc/*/cmdline | tr '\\0' '\\n'; env"
    outcome = await run(code, "bash")
    assert "MPLBACKEND" in outcome.output
    assert SECRET not in outcome.output
    assert os.getcwd() not in outcome.output.replace(sys.prefix, "")  # noqa: PTH109


async def test_only_its_own_processes_are_seen(run):
    outcome = await run("ls -d /proc/[0-9]* | wc -l; cat /proc/1/comm", "bash")
    count, first = outcome.output.split()
    assert int(count) < 8
    assert first == "bwrap"


async def test_no_descriptor_of_the_host_is_inherited(run):
    code = "import os; print({os.readlink(f'/proc/self/fd/{n}').split(':')[0] for n in range(3)})\n"
    code += "print([n for n in range(3, 200) if os.path.exists(f'/proc/self/fd/{n}')])"
    outcome = await run(code)
    assert outcome.output.splitlines()[1] == "[]"


@pytest.mark.parametrize(
    "target", ["('127.0.0.1', {port})", "('8.8.8.8', 53)", "('example.com', 80)"]
)
async def test_there_is_no_network_and_no_service_of_the_host(run, target):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = target.format(port=server.getsockname()[1])
        outcome = await run(f"import socket; socket.create_connection({address}, 3)")
    assert outcome.exit_code == 1
    assert "rror" in outcome.output.splitlines()[-1]


@pytest.mark.parametrize("how", ["unshare -U true", "unshare -r true", "unshare -m true"])
async def test_no_namespace_can_be_made_inside(run, how):
    outcome = await run(f"{how} && echo MADE", "bash")
    assert "MADE" not in outcome.output
    assert outcome.exit_code != 0


async def test_code_is_not_root_and_has_no_capability(run):
    outcome = await run("id -u; grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status", "bash")
    uid, *facts = outcome.output.split("\n")
    assert uid == "1000"
    assert [line.split()[1] for line in facts if line.startswith("Cap")] == ["0" * 16] * 2
    assert "NoNewPrivs:\t1" in facts


async def test_nothing_but_its_own_folders_can_be_written(run):
    places = [
        "/x",
        "/etc/x",
        "/usr/x",
        "/dev/x",
        "/dispatch/x",
        "/dispatch/main.sh",
        f"{sys.prefix}/x",
    ]
    code = "".join(f"(echo x > {place}) 2>/dev/null && echo WROTE {place}\n" for place in places)
    outcome = await run(
        code + "echo x > /tmp/x && echo x > here && echo x > /dev/shm/x && echo ok", "bash"
    )
    assert outcome.output == "ok\n"


async def test_hidden_memory_is_refused(run):
    """What a memfd or System V memory holds is seen by no limit."""
    code = (
        "import os, ctypes\n"
        "try: os.memfd_create('x')\n"
        "except PermissionError: print('no memfd')\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "print(libc.shmget(0, 4096, 0o1600), os.strerror(ctypes.get_errno()))"
    )
    assert (await run(code)).output == "no memfd\n-1 Operation not permitted\n"


async def test_numpy_pandas_and_matplotlib_are_there_within_the_default_memory(run):
    code = (
        "import numpy, pandas, matplotlib.pyplot as plt\n"
        "print((numpy.ones((500, 500)) @ numpy.ones(500)).sum())"
    )
    outcome = await run(code)
    assert outcome.output == "250000.0\n"


async def test_threads_and_worker_processes_work(run):
    code = (
        "from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor\n"
        "def square(x): return x * x\n"
        "for pool in (ThreadPoolExecutor(16), ProcessPoolExecutor(2)):\n"
        "    with pool: print(sum(pool.map(square, range(100))))\n"
    )
    assert (await run(code)).output == "328350\n328350\n"


async def test_an_attached_file_is_read_and_a_module_of_it_imported(run, tmp_path):
    for name, text in {
        "rows.csv": "a\n1\n2\n",
        "helper.py": "def twice(x): return 2 * x\n",
    }.items():
        (tmp_path / name).write_text(text)
    attached = {name: tmp_path / name for name in ("rows.csv", "helper.py")}
    code = "import helper, pandas\nprint(helper.twice(pandas.read_csv('rows.csv').a.sum()))"
    outcome = await run(code, attached=attached)
    assert (outcome.output, outcome.files) == ("6\n", ())


@pytest.fixture
def folder_in_tmp():
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


async def test_an_interpreter_under_tmp_is_shown_there(run, monkeypatch, folder_in_tmp):
    """The empty /tmp of the sandbox comes before what is bound into it."""
    (folder_in_tmp / "part.txt").write_text("of the interpreter\n")
    known = interpreter.folders()
    monkeypatch.setattr(interpreter, "folders", lambda: (*known, folder_in_tmp))
    outcome = await run(f"cat {folder_in_tmp}/part.txt; touch /tmp/x && ls /tmp", "bash")
    # The tests' own environment may lie under /tmp too.
    ours = {folder.parts[2] for folder in known if folder.is_relative_to("/tmp")}  # noqa: S108
    assert set(outcome.output.splitlines()) == {
        "of the interpreter",
        folder_in_tmp.name,
        "x",
        *ours,
    }


ORDINARY = """
import asyncio, sys, tempfile
from pathlib import Path
from dispatch_core.sandbox.job import Job, Language
from dispatch_core.sandbox.limits import Limits
from dispatch_core.sandbox.probe import probe
from dispatch_core.sandbox.run import Sandbox

async def ignore(text): pass
CODE = '''
import os
open("left.txt", "w").write("from an ordinary user")
n = 0
try:
    while n < 500:
        if os.fork() == 0:
            import time; time.sleep(60)
        n += 1
except BlockingIOError:
    print("stopped", n < 64, flush=True)
'''
async def main():
    assert not probe(), probe()
    box = Sandbox(Job(Language.PYTHON, CODE), Limits(20), Path(tempfile.mkdtemp()))
    outcome = await box.run(ignore)
    print(outcome.output, [file.path.read_text() for file in outcome.files])
asyncio.run(main())
"""


@pytest.mark.processes
def test_an_ordinary_user_has_the_same_cage():
    python = Path("/usr/bin/python3")
    if os.geteuid() != 0 or not python.exists():
        pytest.skip("needs root, to become somebody else, and the system's Python for them to use")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        source = Path(__file__).parents[3] / "dispatch_core"
        package = Path(folder, "dispatch_core")
        shutil.copytree(source / "sandbox", package / "sandbox")
        for name in ("__init__.py", "errors.py"):
            shutil.copy(source / name, package / name)
        subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
        done = subprocess.run(
            [
                "setpriv",
                "--reuid",
                "65534",
                "--regid",
                "65534",
                "--clear-groups",
                python,
                "-c",
                ORDINARY,
            ],
            env={"PYTHONPATH": folder, "PATH": "/usr/bin:/bin"},
            cwd="/",
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    assert done.stdout.strip() == "stopped True\n ['from an ordinary user']", done.stderr
