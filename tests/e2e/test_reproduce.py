"""`git prov reproduce` from end to end: the verdict, what is recorded of it, and who sees it where."""

import json
import os
import shutil
from pathlib import Path

import pytest

from support.program import git_prov, run_program
from support.replayed import DATA, leftovers, newest, project, recorded, replication, reproduce, runs
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e


def test_a_run_that_is_repeatable_is_identical_and_the_working_tree_stays_as_it_is(repo: RepoBuilder) -> None:
    run = recorded(project(repo))
    for file in ("out/model.json", "out/metrics.json"):
        repo.write(file, "my own\n")
    before, index = repo.git("status", "--porcelain", "--ignored"), (repo.path / ".git/index").read_bytes()

    done = replication(repo.path, run)

    assert (done["verdict"], done["run"], done["compared"]) == ("identical", run, {"outputs": 2})
    assert repo.git("status", "--porcelain", "--ignored") == before
    assert (repo.path / ".git/index").read_bytes() == index
    assert (repo.path / "out/model.json").read_text() == "my own\n"
    assert leftovers(repo) == []


def test_uncommitted_code_is_what_runs_again(repo: RepoBuilder) -> None:
    project(repo)
    committed = (repo.path / "train.py").read_text()
    repo.write("train.py", committed.replace("0.5 +", "0.7 +"))
    run = recorded(repo, options=("--metrics", "out/metrics.json"))
    repo.write("train.py", committed)

    done = replication(repo.path, run)

    assert done["verdict"] == "identical"
    assert done["commit"] == newest(repo.path)["code"]["commit"] != repo.head
    assert {one["name"]: one["after"] for one in done["metric"]} == {"accuracy": 0.73}


def test_the_rerun_and_the_replication_are_records_and_the_rerun_is_no_run_of_anybodys(repo: RepoBuilder) -> None:
    run = recorded(project(repo))
    done = replication(repo.path, run, "--because", "a check", "-m", "by hand")

    assert [one["id"] for one in runs(repo.path)] == [run]
    (shown,) = json.loads(git_prov("show", done["rerun"], "--json", cwd=repo.path).stdout)["records"]
    assert (shown["reproduces"], shown["command"], shown["status"]) == (run, ["python3", "train.py", "1"], "ok")
    (told,) = json.loads(git_prov("show", done["id"], "--json", cwd=repo.path).stdout)["records"]
    assert told == {name: value for name, value in done.items() if name != "rerun_record"}
    assert (told["because"], told["message"]) == ("a check", "by hand")
    note = repo.git("notes", "--ref=prov", "show", "HEAD")
    assert f'rerun = "{done["rerun"]}"' in note
    assert "[[replication]]" in note


def test_a_failed_replication_is_seen_wherever_the_run_is(repo: RepoBuilder) -> None:
    project(repo)
    repo.commit(
        "by the machine", {"say.py": "import os, pathlib\npathlib.Path('out.txt').write_text(os.environ['WHO'])\n"}
    )
    outcome = git_prov("run", "--", "python3", "say.py", cwd=repo.path, env={"WHO": "ana"})
    assert outcome.status == 0
    run = newest(repo.path)["id"]

    assert replication(repo.path, run, WHO="ana")["verdict"] == "identical"
    assert replication(repo.path, run, WHO="bo")["verdict"] == "deviates"
    failed = replication(repo.path, run)

    assert failed["verdict"] == "failed"
    assert newest(repo.path)["standing"]["tried"] == 3
    assert "reproduced 1 of 3" in git_prov("ls", cwd=repo.path).stdout
    assert "reproduced 1 of 3" in git_prov("log", cwd=repo.path).stdout
    shown = git_prov("show", run, cwd=repo.path).stdout
    assert "reproduced once, by 1 person" in shown
    assert "failed to reproduce twice" in shown
    assert shown.index("failed: ") < shown.index("deviates: ") < shown.index("identical: ")


def test_a_replication_made_in_a_second_clone_shows_in_the_first_after_a_pull(
    repo: RepoBuilder, tmp_path: Path
) -> None:
    hub = project(repo).bare_remote(tmp_path / "hub.git")
    assert git_prov("init", cwd=repo.path).status == 0
    run = recorded(repo)
    repo.git("push", "-q", "-u", "origin", "HEAD")
    second = hub.clone(tmp_path / "second")
    assert git_prov("init", cwd=second.path).status == 0
    second.git("config", "user.name", "Bo")
    second.git("config", "user.email", "bo@example.org")

    without = replication(second.path, run)
    second.write("data/train.csv", DATA)
    done = replication(second.path, run)
    second.git("push", "-q", "origin", "HEAD")
    repo.git("pull", "-q")

    assert (without["verdict"], done["verdict"]) == ("not-comparable", "identical")
    assert "data/train.csv" in without["reason"]
    assert leftovers(second) == []
    standing = newest(repo.path)["standing"]
    assert (standing["reproduced"], standing["not_comparable"], standing["people"]) == (1, 1, 1)
    shown = git_prov("show", run, cwd=repo.path).stdout
    assert "identical: " in shown
    assert "by Bo " in shown
    assert "could not be compared once" in shown


def test_in_a_directory_of_ones_own_everything_stays_there(repo: RepoBuilder, tmp_path: Path) -> None:
    run = recorded(project(repo))
    outcome = reproduce(repo.path, run, "--in", str(tmp_path / "again"))

    assert outcome.status == 0, outcome.stderr
    assert (tmp_path / "again/out/model.json").read_bytes() == (repo.path / "out/model.json").read_bytes()
    assert f"It was run in {tmp_path}/again, which stays." in outcome.stdout
    assert git_prov("ls", cwd=repo.path).status == 0
    assert run_program("git", "status", "--porcelain", cwd=tmp_path / "again").stdout == ""
    assert reproduce(repo.path, run, "--in", str(tmp_path / "again")).status == 128


def test_a_directory_that_is_not_empty_is_not_taken(repo: RepoBuilder, tmp_path: Path) -> None:
    run = recorded(project(repo))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/file").write_text("mine")
    outcome = reproduce(repo.path, run, "--in", str(tmp_path / "mine"))
    assert (outcome.status, (tmp_path / "mine/file").read_text()) == (128, "mine")
    assert "is there and not empty" in outcome.stderr
    assert leftovers(repo) == []


def test_the_commands_output_is_seen_as_it_runs_and_never_mixes_with_a_document(repo: RepoBuilder) -> None:
    run = recorded(project(repo))
    assert reproduce(repo.path, run).stdout.startswith("trained\nidentical: ")
    outcome = reproduce(repo.path, run, "--json")
    assert "trained" in outcome.stderr
    assert json.loads(outcome.stdout)["schema"] == 1


def test_seeds_and_the_order_of_sets_are_as_they_were(repo: RepoBuilder) -> None:
    repo.commit(
        "sets",
        {
            "sets.py": "import os, pathlib\n"
            "text = ' '.join({str(n) for n in range(100)})\n"
            "text += os.environ['GIT_PROV_SEED'] + os.environ['OMP_NUM_THREADS']\n"
            "pathlib.Path('out.txt').write_text(text)\n"
        },
    )
    started = git_prov("run", "--seed", "7", "--", "python3", "sets.py", cwd=repo.path, env={"OMP_NUM_THREADS": "3"})
    assert started.status == 0, started.stderr
    run = newest(repo.path)["id"]
    assert replication(repo.path, run, OMP_NUM_THREADS="1", PYTHONHASHSEED="5")["verdict"] == "identical"


def test_what_it_read_elsewhere_in_the_repository_is_brought_to_where_it_stood(repo: RepoBuilder) -> None:
    repo.commit("walks", {"walk.py": WALK, ".gitignore": "data/\nout.txt\n"})
    for number in range(40):
        repo.write(f"data/deep/{number}.txt", f"{number}\n")
    run = recorded(repo, "python3", "walk.py")
    assert [entry["files"] for entry in newest(repo.path)["input"] if entry["path"].startswith("data")] == [40]
    assert replication(repo.path, run)["verdict"] == "identical"
    repo.write("data/deep/7.txt", "x\n")
    done = replication(repo.path, run)
    assert done["verdict"] == "not-comparable"
    assert "data/deep" in done["reason"]
    shutil.rmtree(repo.path / "data")
    assert replication(repo.path, run)["verdict"] == "not-comparable"


WALK = """\
import pathlib
texts = [path.read_text() for path in sorted(pathlib.Path("data").rglob("*.txt"))]
pathlib.Path("out.txt").write_text("".join(texts))
"""


def test_an_input_outside_of_the_repository_has_to_be_there_as_it_was(repo: RepoBuilder, tmp_path: Path) -> None:
    far = tmp_path / "far.csv"
    far.write_text("1,2\n")
    repo.commit(
        "reads", {"read.py": "import pathlib, sys\npathlib.Path('out.txt').write_text(open(sys.argv[1]).read())\n"}
    )
    run = recorded(repo, "python3", "read.py", str(far))
    assert replication(repo.path, run)["verdict"] == "identical"
    far.write_text("1,3\n")
    done = replication(repo.path, run)
    assert (done["verdict"], "what is there has other bytes" in done["reason"]) == ("not-comparable", True)
    os.unlink(far)
    assert "not on this machine" in replication(repo.path, run)["reason"]


def test_bytes_come_from_the_store_when_the_working_tree_has_others(repo: RepoBuilder) -> None:
    run = recorded(project(repo), options=("--keep",))
    repo.write("data/train.csv", "x\ny\n")
    repo.write("out/model.json", "{}")
    done = replication(repo.path, run)
    assert done["verdict"] == "identical"


def test_a_tolerance_decides_between_within_and_beyond(repo: RepoBuilder) -> None:
    project(repo)
    repo.commit("drifts", {"drift.py": DRIFT})
    outcome = git_prov("run", "--metrics", "out.json", "--", "python3", "drift.py", cwd=repo.path, env={"DRIFT": "0"})
    assert outcome.status == 0, outcome.stderr
    run = newest(repo.path)["id"]
    inside = replication(
        repo.path, run, "--tolerance", "accuracy=abs:0.01", "--tolerance", "out.json=any", DRIFT="0.01"
    )
    beyond = replication(
        repo.path, run, "--tolerance", "accuracy=abs:0.01", "--tolerance", "out.json=any", DRIFT="0.011"
    )
    assert (inside["verdict"], beyond["verdict"]) == ("within-tolerance", "deviates")


DRIFT = """\
import json, os, pathlib
pathlib.Path("out.json").write_text(json.dumps({"accuracy": 0.9 - float(os.environ["DRIFT"])}))
"""
