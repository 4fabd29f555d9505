"""`git prov run` with --profile and --split: what is said before the run, what its record has."""

import json
import sys
from typing import Any

import pytest

from gitprov.artifacts.profile.profiling import parse
from support.program import Outcome, git_prov, run_program
from support.repo import RepoBuilder
from support.written import attachment, written

pytestmark = pytest.mark.e2e

SETTINGS = '[data]\nprofile = ["data/*.csv"]\n'


def table(ages: range, *, extra: str = "") -> str:
    """Return a table with a column of numbers and one of names that nobody should see."""
    return "id,age,name\n" + "".join(f"{n},{age},person {n}\n" for n, age in enumerate(ages)) + extra


def run(repo: RepoBuilder, *options: str) -> Outcome:
    """Run something that succeeds."""
    done = git_prov("run", *options, "--", "cat", "data/train.csv", cwd=repo.path)
    assert done.status == 0, done.stderr
    return done


def inputs(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a record's inputs by path."""
    return {entry["path"]: entry for entry in record["input"]}


def test_a_table_is_profiled_and_its_profile_holds_no_texts(repo: RepoBuilder) -> None:
    repo.commit("data", {"data/train.csv": table(range(20, 60))})
    assert run(repo, "--profile", "data/train.csv").stderr == ""
    (record,) = written(repo)
    data = attachment(repo, inputs(record)["data/train.csv"]["profile"])
    profile = parse(data)
    assert (profile.rows, [column.type for column in profile.columns]) == (40, ["int", "int", "text"])
    assert b"person" not in data
    assert record["capture"]["complete"]


def test_drift_is_said_before_the_run_starts_and_only_where_there_is_some(repo: RepoBuilder) -> None:
    repo.commit("data", {"data/train.csv": table(range(20, 60)), ".gitprov.toml": SETTINGS})
    assert run(repo).stderr == ""
    assert run(repo).stderr == ""
    repo.write("data/train.csv", table(range(60, 100)))
    program = "import sys; print('the run itself', file=sys.stderr); open('data/train.csv').read()"
    done = git_prov("run", "--", sys.executable, "-c", program, cwd=repo.path)
    said = done.stderr.splitlines()
    assert "data/train.csv is not as it was (run " in said[0]
    assert any("age: mean 79.5, it was 39.5" in line for line in said)
    assert said[-1] == "the run itself"
    first, second, third = (inputs(record)["data/train.csv"] for record in written(repo))
    assert first["profile"] == second["profile"] != third["profile"]


def test_a_profile_is_compared_in_another_clone(repo: RepoBuilder, tmp_path_factory: pytest.TempPathFactory) -> None:
    repo.commit("data", {"data/train.csv": table(range(20, 60))})
    run(repo, "--profile", "data/train.csv")
    other = repo.clone(tmp_path_factory.mktemp("clones") / "other")
    other.git("fetch", "-q", "origin", "+refs/prov/log/*:refs/prov/remotes/origin/log/*")
    other.git("fetch", "-q", "origin", "+refs/prov/data/*:refs/prov/remotes/origin/data/*")
    other.write("data/train.csv", table(range(20, 50)))
    assert "30 rows, there were 40 (-25.0%)" in run(other, "--profile", "data/train.csv").stderr


def test_values_and_limits_are_taken_from_the_settings(repo: RepoBuilder) -> None:
    settings = SETTINGS + "profile_values = true\n[data.drift]\nmean = 100\nrange = 100\ndistribution = 1\n"
    repo.commit("data", {"data/train.csv": table(range(20, 60)), ".gitprov.toml": settings})
    run(repo)
    (record,) = written(repo)
    assert b"person 0" in attachment(repo, inputs(record)["data/train.csv"]["profile"])
    repo.write("data/train.csv", table(range(60, 100)))
    assert "age" not in run(repo).stderr


def test_secrets_do_not_get_into_a_profile(repo: RepoBuilder) -> None:
    rows = "password,note\nhunter22hunter22,INTERNAL-XYZ\n"
    settings = SETTINGS + 'profile_values = true\n[capture]\nredact = ["INTERNAL-[A-Z]+"]\n'
    repo.commit("data", {"data/train.csv": rows, ".gitprov.toml": settings})
    run(repo)
    (record,) = written(repo)
    data = attachment(repo, inputs(record)["data/train.csv"]["profile"])
    assert b"hunter22" not in data
    assert b"INTERNAL" not in data
    assert b"[redacted:configured" in data
    assert {"name", "type", "distinct"} == set(json.loads(data)["columns"][0])


def test_many_tables_below_a_directory_have_a_list_of_profiles(repo: RepoBuilder) -> None:
    files = {f"data/part {n}.csv": table(range(n, n + 40)) for n in range(20)}
    repo.commit("data", {"data/train.csv": "a\n1\n", ".gitignore": "part*"})
    for name, content in files.items():
        repo.write(name, content)
    run(repo, "--profile", "data/part*.csv")
    (record,) = written(repo)
    (folder,) = (entry for entry in record["input"] if entry["path"] == "data")
    listed = json.loads(attachment(repo, folder["profile"]))["files"]
    assert listed.keys() == {name.removeprefix("data/") for name in files}
    repo.write("data/part 3.csv", table(range(3, 33)))
    assert run(repo, "--profile", "data/part*.csv").stderr.startswith("data/part 3.csv is not as it was")


def test_what_is_no_table_is_refused_before_the_run_and_one_that_cannot_be_read_is_named_after(
    repo: RepoBuilder,
) -> None:
    repo.commit("data", {"data/train.csv": b"a,b\n\0\0\n", "data/model.bin": "x"})
    refused = git_prov("run", "--profile", "data/model.bin", "--", "touch", "started", cwd=repo.path)
    assert refused.status == 128
    assert not (repo.path / "started").exists()
    assert "data/train.csv is no table" in run(repo, "--profile", "data/train.csv").stderr
    (record,) = written(repo)
    assert any("the profile of data/train.csv" in line for line in record["capture"]["missing"])


def test_a_run_that_is_killed_keeps_its_profile(repo: RepoBuilder) -> None:
    repo.commit("data", {"data/train.csv": table(range(20, 60))})
    kill = "import os, signal; os.kill(os.getppid(), signal.SIGKILL)"
    git_prov("run", "--trace", "off", "--profile", "data/train.csv", "--", sys.executable, "-c", kill, cwd=repo.path)
    git_prov("log", cwd=repo.path)
    (record,) = written(repo)
    assert record["status"] == "killed"
    assert parse(attachment(repo, inputs(record)["data/train.csv"]["profile"])).rows == 40


def splits(repo: RepoBuilder) -> dict[str, dict[str, Any]]:
    """Return the splits of the newest record by name."""
    return {split["name"]: split for split in written(repo)[-1]["split"]}


def test_rows_in_two_splits_are_said_before_the_run(repo: RepoBuilder) -> None:
    train = table(range(20, 60))
    leaked = "\n".join(train.splitlines()[1:6]) + "\n"
    repo.commit("data", {"data/train.csv": train, "data/test.csv": "id,age,name\n" + leaked + "99,1,x\n"})
    done = run(repo, "--split", "train=data/train.csv", "--split", "test=data/te*")
    assert "warning: 5 of 6 rows of test are in train as well (83.3%)" in done.stderr
    found = splits(repo)
    assert (found["train"]["rows"], found["train"]["path"]) == (40, ["data/train.csv"])
    assert found["test"]["shared"] == {"train": 5}
    assert inputs(written(repo)[-1]).keys() == {"data/train.csv", "data/test.csv"}


def test_another_order_of_rows_is_the_same_split_and_a_moved_row_is_not(repo: RepoBuilder) -> None:
    head, *rows = table(range(20, 60)).splitlines(keepends=True)
    both = ("--split", "train=data/train.csv", "--split", "test=data/test.csv")
    repo.commit("data", {"data/train.csv": head + "".join(rows[:30]), "data/test.csv": head + "".join(rows[30:])})
    assert run(repo, *both).stderr == ""
    first = splits(repo)
    repo.write("data/train.csv", head + "".join(reversed(rows[:30])))
    assert run(repo, *both).stderr == ""
    assert {name: split["digest"] for name, split in splits(repo).items()} == {
        name: split["digest"] for name, split in first.items()
    }
    repo.write("data/train.csv", head + "".join(rows[:29]))
    repo.write("data/test.csv", head + "".join(rows[29:]))
    assert "the same rows" in (said := run(repo, *both).stderr)
    assert "train 30 -> 29, test 10 -> 11" in said
    assert splits(repo)["test"]["digest"] != first["test"]["digest"]
    repo.write("data/test.csv", head + "".join(rows[29:35]))
    assert "test is not as it was" in run(repo, *both).stderr


def test_a_split_of_files_is_the_set_of_their_bytes(repo: RepoBuilder) -> None:
    repo.commit("data", {"data/train.csv": "a\n1\n", "img/1.png": "one", "img/2.png": "two", "val/x.png": "two"})
    done = run(repo, "--split", "train=img", "--split", "val=val/*")
    assert "all 1 files of val are in train as well" in done.stderr
    before = splits(repo)["train"]
    assert (before["files"], "rows" in before) == (2, False)
    repo.git("mv", "img/1.png", "img/9.png")
    run(repo, "--split", "train=img", "--split", "val=val/*")
    assert splits(repo)["train"]["digest"] == before["digest"]


def test_a_split_that_cannot_be_meant_is_refused(repo: RepoBuilder) -> None:
    assert git_prov("run", "--split", "train", "--", "true", cwd=repo.path).status == 129
    assert git_prov("run", "--split", "train=nowhere.csv", "--", "true", cwd=repo.path).status == 128
    assert written(repo) == []


def test_a_program_tells_of_its_own_splits(repo: RepoBuilder) -> None:
    program = (
        "import gitprov\n"
        "rows = [(n, n / 2) for n in range(100)]\n"
        "gitprov.log_split('train', rows[:80])\n"
        "gitprov.log_split('test', reversed(rows[78:]))\n"
    )
    repo.commit("code", {"split.py": program})
    done = git_prov("run", "--", sys.executable, "split.py", cwd=repo.path)
    assert "2 of 22 rows of test are in train as well" in done.stderr
    found = splits(repo)
    assert (found["train"]["rows"], found["test"]["rows"], found["test"]["shared"]) == (80, 22, {"train": 2})
    assert found["train"]["how"] == "api"
    assert written(repo)[-1]["splits"]["digest"].startswith("b3:")


def test_a_run_that_asks_for_no_checks_says_and_records_nothing_of_them(repo: RepoBuilder) -> None:
    repo.commit("data", {"data/train.csv": table(range(20, 60))})
    assert run(repo).stderr == ""
    (record,) = written(repo)
    assert not {"split", "splits"} & record.keys()
    assert "profile" not in inputs(record)["data/train.csv"]


def test_a_program_that_records_itself_is_warned_of_drift(repo: RepoBuilder) -> None:
    program = "import gitprov\nwith gitprov.run():\n    open('data/train.csv').read()\n"
    repo.commit("data", {"data/train.csv": table(range(20, 60)), ".gitprov.toml": SETTINGS, "train.py": program})
    assert run_program(sys.executable, "train.py", cwd=repo.path).stderr == ""
    repo.write("data/train.csv", table(range(60, 100)))
    said = run_program(sys.executable, "train.py", cwd=repo.path).stderr
    assert "data/train.csv is not as it was" in said
    assert "age: mean 79.5, it was 39.5" in said
