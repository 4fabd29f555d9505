"""What `git prov run` writes: records that the models accept unchanged, and no secret in any object."""

import json
import sys
from typing import Any

import pytest

from gitprov.model.records import Run, dump, parse
from support.program import git_prov
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e


def lines(repo: RepoBuilder) -> list[bytes]:
    """The JSON lines of the repository's own log, oldest first."""
    messages = repo.git_bytes("log", "--reverse", "--format=%B%x00", *repo.refs("refs/prov/log")).split(b"\0")
    return [message.strip(b"\n").split(b"\n")[-1] for message in messages if message.strip()]


def record(repo: RepoBuilder) -> dict[str, Any]:
    """The newest record, judged by the models on the way."""
    line = lines(repo)[-1]
    judged = parse(line)
    assert isinstance(judged, Run)
    assert dump(judged) == json.loads(line)
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_run_with_everything_is_accepted_unchanged(repo: RepoBuilder) -> None:
    repo.git("remote", "add", "origin", "https://ana:hunter22hunter22@git.example.org/lab/project.git")
    repo.commit("data", {"data/train.csv": "a,b\n1,2\n", ".gitignore": "out/\n"})
    repo.write("train.py", "changed")
    repo.write("parts/one", "1")
    repo.write("big.bin", b"x" * (11 << 20))
    work = (
        "mkdir out; for i in $(seq 20); do echo $i >out/$i; done;"
        'echo \'{"accuracy": 0.93, "loss": NaN, "curve": [3, 2, 1]}\' >metrics.json;'
        "git prov param lr=0.1 'layers=[1,2]'; git prov metric --step 1 f1=0.5; git prov metric --step 2 f1=0.7"
    )
    done = git_prov(
        *("run", "-m", "a larger step", "-t", "baseline", "--seed", "7", "--hypothesis", "it helps"),
        *("-i", "data/train.csv", "-i", "parts", "-o", "out/*", "-o", "nothing.pkl", "--metrics", "metrics.json"),
        *("--expect", "accuracy >= 0.9", "--param", "depth=3", "--", "sh", "-c", work),
        cwd=repo.path,
    )
    assert done.status == 0, done.stderr
    assert "nothing.pkl does not exist" in done.stderr
    run = record(repo)
    assert run["code"]["base"] == repo.head
    assert run["code"]["remote"] == "https://git.example.org/lab/project.git"
    assert [left["path"] for left in run["code"]["omitted"]] == ["big.bin"]
    tracked, folder = run["input"]
    assert tracked["digest"] == "git:" + repo.git("rev-parse", "HEAD:data/train.csv")
    assert (folder["path"], folder["files"]) == ("parts", 1)
    results, folded = run["output"]
    assert (folded["path"], folded["files"], folded["how"]) == ("out", 20, "declared")
    assert (results["path"], results["how"]) == ("metrics.json", "traced")
    assert run["metrics"] == {"accuracy": 0.93, "loss": "NaN", "curve": 1, "f1": 0.7}
    assert {series["name"]: (series["count"], series["best"]) for series in run["series"]} == {
        "curve": (3, 3),
        "f1": (2, 0.7),
    }
    assert run["params"] == {"depth": 3, "lr": 0.1, "layers": [1, 2]}
    assert run["seeds"] == {"declared": 7}
    assert run["intent"] == {"hypothesis": "it helps", "expect": ["accuracy >= 0.9"], "verdict": "met"}
    assert run["environment"]["digest"].startswith("b3:")


def test_a_record_that_would_be_too_large_is_kept_without_what_makes_it_so(repo: RepoBuilder) -> None:
    write = 'import json; json.dump({f"metric {n} {chr(120) * 200}": n for n in range(9000)}, open("m.json", "w"))'
    done = git_prov("run", "--metrics", "m.json", "-m", "large", "--", sys.executable, "-c", write, cwd=repo.path)
    assert done.status == 0, done.stderr
    run = record(repo)
    assert "metrics" not in run
    assert "metrics: too large for a record" in run["capture"]["missing"]
    assert run["message"] == "large"


def test_any_number_of_files_left_out_is_told_in_bounds(repo: RepoBuilder) -> None:
    repo.commit("small caps", {".gitprov.toml": "[capture]\nsnapshot_max_file = 10\n"})
    for number in range(9000):
        repo.write(f"{'long name ' * 8}/{number}", "larger than ten bytes")
    done = git_prov("run", "true", cwd=repo.path)
    assert done.status == 0
    assert len(done.stderr.splitlines()) == 21
    assert "warning: and 8980 more" in done.stderr
    run = record(repo)
    assert run["capture"]["missing"][0] == "code: too large for a record"
    assert run["capture"]["missing"][-1] == "and 8801 more"
    assert run["code"]["commit"] == repo.head


def test_names_that_are_no_plain_text_come_back_whole(repo: RepoBuilder) -> None:
    repo.write("sub dir/with\nnewline", "x")
    done = git_prov(
        "run", "-i", "sub dir/with\nnewline", "--", "printf", "%s", "a\x1b[31mb\nc", '"quoted"', cwd=repo.path
    )
    assert done.status == 0
    run = record(repo)
    assert run["command"][2:] == [r'"a\033[31mb\nc"', r'"\"quoted\""']
    assert run["input"][0]["path"] == "sub dir/with\nnewline"


def test_lines_are_ended_by_the_notes_view_and_summary_too(repo: RepoBuilder) -> None:
    git_prov("run", "-m", "one\ntwo", "--", "echo", "a\nb", cwd=repo.path)
    assert repo.git("notes", "--ref=prov", "show", "HEAD").startswith("[[run]]\nschema = 1\n")
    shown = repo.git("-c", "notes.displayRef=refs/prov/view/*", "log")
    assert r"ok: echo 'a\nb' (" in shown


@pytest.mark.parametrize("where", ["argv", "assignment", "url", "parameter", "message", "metric file", "told", "file"])
def test_a_planted_secret_is_in_no_object(repo: RepoBuilder, where: str) -> None:
    secret = "ghp_" + "".join(chr(ord("a") + (7 * place) % 26) for place in range(36))
    options: list[str] = []
    command = ["true"]
    match where:
        case "argv":
            command = ["true", "--token", secret]
        case "assignment":
            command = ["true", f"API_KEY={secret}"]
        case "url":
            repo.git("remote", "add", "origin", f"https://me:{secret}@git.example.org/x.git")
            command = ["true", f"https://me:{secret}@data.example.org/set.zip"]
        case "parameter":
            options = ["--param", f"auth={secret}"]
        case "message":
            options = ["-m", f"with {secret} it works"]
        case "metric file":
            options = ["--metrics", "metrics.json"]
            command = ["sh", "-c", f"echo '{{\"{secret}\": 1}}' >metrics.json"]
        case "told":
            command = ["git", "prov", "param", f"auth={secret}"]
        case _:
            repo.write("notes.txt", f"token: {secret}\n")
    assert git_prov("run", *options, "--", *command, cwd=repo.path).status == 0
    record(repo)
    everything = repo.git_bytes("cat-file", "--batch-all-objects", "--batch")
    assert secret.encode() not in everything
