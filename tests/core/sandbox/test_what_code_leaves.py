"""The files that come out of the sandbox."""

from pathlib import Path

import pytest

from dispatch_core.sandbox.leftovers import safe_name

PNG = b"\x89PNG\r\n\x1a\n"


def names(outcome):
    return [file.name for file in outcome.files]


async def test_a_plot_and_a_table_come_out(run):
    code = (
        "import matplotlib.pyplot as plt, pandas\n"
        "plt.plot([1, 3, 2]); plt.savefig('plot.png')\n"
        "pandas.DataFrame({'a': [1, 2]}).to_csv('table.csv', index=False)"
    )
    outcome = await run(code)
    assert outcome.exit_code == 0, outcome.output
    assert names(outcome) == ["plot.png", "table.csv"]
    assert outcome.files[0].path.read_bytes().startswith(PNG)
    assert outcome.files[1].path.read_text() == "a\n1\n2\n"


@pytest.mark.parametrize("end", ["", "plt.show()", "1 / 0"])
async def test_a_figure_that_was_not_saved_is_kept(run, end):
    code = f"import matplotlib.pyplot as plt\nplt.plot([1, 2])\n{end}"
    outcome = await run(code)
    assert names(outcome) == ["figure-1.png"]
    assert "Warning" not in outcome.output


async def test_a_link_is_never_followed(run):
    code = (
        "ln -s /etc/passwd a; ln -s / b; ln -s ../../../../../../etc/shadow c; mkfifo d\n"
        "ln -s /proc/1/environ e; echo x > real; ln real hard"
    )
    outcome = await run(code, "bash")
    assert names(outcome) == ["hard", "real"]
    assert outcome.notes == ("5 files were left out: links and devices are not brought out.",)


async def test_folders_become_part_of_the_name(run):
    code = "mkdir -p out/deep; echo 1 > out/deep/a.txt; echo 2 > out-deep-a.txt; echo 3 > 'b c.txt'"
    outcome = await run(code, "bash")
    assert names(outcome) == ["b c.txt", "out-deep-a.txt", "out-deep-a-2.txt"]


async def test_an_attached_file_comes_out_only_where_it_was_changed(run, tmp_path):
    for name in ("same.txt", "changed.txt", "longer.txt"):
        (tmp_path / name).write_text("abc")
    attached = {path.name: path for path in tmp_path.glob("*.txt")}
    outcome = await run("echo -n abd > changed.txt; echo more >> longer.txt", "bash", attached)
    assert names(outcome) == ["changed.txt", "longer.txt"]
    assert (tmp_path / "changed.txt").read_text() == "abc"


async def test_too_many_and_too_large_files_are_left_out_and_it_is_said(run):
    code = "for n in 1 2 3 4 5; do echo $n > small$n; done; truncate -s 3M big"
    outcome = await run(code, "bash", files=3, files_mb=2)
    assert names(outcome) == ["small1", "small2", "small3"]
    assert outcome.notes == (
        "1 file was left out: at most 2 MB are brought out.",
        "2 files were left out: at most 3 files are brought out.",
    )


async def test_folders_without_end_do_no_harm(run):
    code = "import os\nfor n in range(2000): os.mkdir('d'); os.chdir('d')\nopen('x', 'w').close()"
    outcome = await run(code)
    assert outcome.notes == ("1 file was left out: folders lie too deep in each other.",)


async def test_bytes_and_odd_signs_in_names_are_made_safe(run, left):
    code = (
        "import os\n"
        "for name in [b'\\xff.bin', 'a\\nb', 'x\\u202egnp.exe', '..hidden', 'ü' * 100 + '.csv']:\n"
        "    open(name, 'w').write('x')"
    )
    outcome = await run(code)
    assert sorted(names(outcome)) == sorted(
        ["\ufffd.bin", "a_b", "x_gnp.exe", "hidden", "ü" * 96 + ".csv"]
    )
    assert all(file.path.parent == left and file.path.is_file() for file in outcome.files)


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("..", "..", "etc"), "..-..-etc"),
        (("...",), "file"),
        ((" a.txt ",), "a.txt"),
        (("n" * 300 + ".parquet",), "n" * 92 + ".parquet"),
        (("n" * 300,), "n" * 100),
    ],
)
def test_a_safe_name_is_one_plain_name(parts, name):
    made = safe_name(parts)
    assert made == name.strip(" .")
    assert Path(made).name == made
