"""`git prov env` as people and programs meet it: all it writes, and its exit status."""

import json
import os
from pathlib import Path

import pytest

from gitprov.cli.main import main
from support.locks import VERSION, lock_of, pinned, wheel
from support.records import append, record_id, run_record
from support.repo import RepoBuilder
from support.stored import deposit, digest_of

Capture = pytest.CaptureFixture[str]
CONDA = "https://conda.anaconda.org/conda-forge/linux-64/xz-5.2.6-h166bdaf_0.tar.bz2#2161070d867d1b1204ea749c8eec4ef0"
FIRST = lock_of(pinned("alpha"), pinned("beta", "2.0"), conda=[CONDA])
SECOND = lock_of(pinned("alpha", "1.1"), pinned("gamma"), conda=[CONDA])


@pytest.fixture
def project(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    """A repository with three runs, in which the test stands; the third has no lock."""
    deposit(repo.path, [FIRST, SECOND])
    told = {"python": VERSION, "platform": "linux-x86_64-glibc2.36"}
    environments = [
        {**told, "digest": digest_of(FIRST), "used": ["alpha"]},
        {**told, "digest": digest_of(SECOND), "platform": "macos-arm64"},
        told,
    ]
    append(repo.path, *(run_record(number, environment=one) for number, one in enumerate(environments, 1)))
    monkeypatch.chdir(repo.path)
    return repo


@pytest.mark.usefixtures("project")
def test_an_environment_is_shown_with_its_packages_and_those_that_were_imported(capfd: Capture) -> None:
    assert main(["env", "show", record_id(1)]) == 0
    assert capfd.readouterr() == (
        f"""\
run {record_id(1)[:7]}
Python          {VERSION}
Platform        linux-x86_64-glibc2.36
Lock            {digest_of(FIRST)}

alpha  1.0  imported
beta   2.0

and 1 package of conda: git prov env show {record_id(1)[:7]} --conda
""",
        "",
    )


@pytest.mark.usefixtures("project")
def test_the_lock_is_printed_as_it_is_stored(capfd: Capture) -> None:
    assert main(["env", "show", "--lock", record_id(1)]) == 0
    assert capfd.readouterr() == (FIRST.decode(), "")


@pytest.mark.usefixtures("project")
def test_what_conda_kept_is_printed_as_conda_takes_it(capfd: Capture) -> None:
    assert main(["env", "show", "--conda", record_id(1)]) == 0
    assert capfd.readouterr() == (f"@EXPLICIT\n{CONDA}\n", "")


@pytest.mark.usefixtures("project")
def test_json_of_an_environment_has_the_records_fields_and_each_package(capfd: Capture) -> None:
    assert main(["env", "show", "--json", record_id(1)]) == 0
    (found,) = json.loads(capfd.readouterr().out)["environments"]
    assert (found["run"], found["digest"], found["python"]) == (record_id(1), digest_of(FIRST), VERSION)
    assert found["installed"] == [
        {"name": "alpha", "version": "1.0", "used": True},
        {"name": "beta", "version": "2.0", "used": False},
    ]


@pytest.mark.usefixtures("project")
def test_a_run_without_a_lock_is_shown_as_far_as_it_is_known(capfd: Capture) -> None:
    assert main(["env", "show"]) == 0
    said, amiss = capfd.readouterr()
    assert f"Python          {VERSION}\n" in said
    assert amiss == "note: it has no lock of its environment\n"
    assert main(["env", "show", "--lock"]) == 128
    assert "has no lock of its environment here" in capfd.readouterr().err


@pytest.mark.usefixtures("project")
def test_two_environments_are_compared(capfd: Capture) -> None:
    assert main(["env", "diff", record_id(1), record_id(2)]) == 1
    assert capfd.readouterr() == (
        """\
platform  linux-x86_64-glibc2.36  ->  macos-arm64
alpha     1.0                     ->  1.1
beta      2.0                     ->  -
gamma     -                       ->  1.0
""",
        "",
    )
    assert main(["env", "diff", record_id(1), record_id(1)]) == 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("project")
def test_json_of_a_comparison_has_a_line_for_each_change(capfd: Capture) -> None:
    assert main(["env", "diff", "--json", record_id(1), record_id(2)]) == 1
    first, *others = json.loads(capfd.readouterr().out)["changes"]
    assert first == {"name": "platform", "before": "linux-x86_64-glibc2.36", "after": "macos-arm64"}
    assert len(others) == 3


@pytest.mark.usefixtures("project")
def test_what_cannot_be_compared_is_said(capfd: Capture) -> None:
    assert main(["env", "diff", record_id(1)]) == 128
    assert capfd.readouterr().err == (
        f"fatal: run {record_id(3)[:7]}: it has no lock of its environment\n"
        "hint: fetch what others recorded: git prov sync\n"
    )


@pytest.mark.slow
def test_an_environment_is_built_for_a_person(
    project: RepoBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    wheel(tmp_path / "wheels", "alpha")
    wheel(tmp_path / "wheels", "beta", "2.0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)

    assert main(["env", "restore", record_id(1), "--in", "mine", "--installer", "pip"]) == 0
    python = project.path / "mine/bin/python"
    platform = next(line for line in capfd.readouterr().out.splitlines() if "1 package of conda" in line)
    assert platform.strip().startswith("not there:")
    assert python.exists()
    assert project.git("status", "--porcelain") == ""
    assert main(["env", "restore", record_id(1), "--in", "mine", "--installer", "pip"]) == 128
    assert "is there already" in capfd.readouterr().err


@pytest.mark.usefixtures("project")
def test_a_run_without_a_lock_is_not_built(capfd: Capture) -> None:
    assert main(["env", "restore", "@"]) == 128
    said, amiss = capfd.readouterr()
    assert said == ""
    assert amiss.startswith("fatal: the run has no lock of its environment\n")
    assert not Path(f".venv-{record_id(3)[:7]}").exists()
