"""What a run's own program writes to the run's journal and events harms neither runs nor the repository."""

import json
import signal
from typing import Any

import pytest

from support.program import git_prov
from support.repo import RepoBuilder

pytestmark = pytest.mark.e2e

DIGEST = "b3:" + "a" * 64
LINES: tuple[dict[str, Any], ...] = (
    {"metrics": [{"name": ["a"], "value": 1}, {"name": 5, "value": 1}, {"name": "", "value": 1}]},
    {"metrics": [{"name": "a", "value": {"x": 1}}, {"name": "b", "value": 2, "at": "x"}]},
    {"params": {"a": None, "b": float("nan"), "c": 10**30, "d": "\ud800", "\ud800": [[[{}]]]}},
    {"asked": [{"metrics": {"/tmp/\ud800": None}, "seed": True, "expect": ["\ud800 > 1"]}, {"seed": 10**30}]},
    {"outputs": ["\ud800", 5, "\0"], "notebooks": [5, "\ud800.ipynb"]},
    {"tags": ["", 5, "\ud800"], "missing": ["", 5], "error": [""]},
    {"data": {"b3:../../..": "y", DIGEST: "z", "x": 5}, "code": {"anchor": "HEAD"}, "root": "\ud800"},
)  # fmt: skip
EVENTS = (
    {"pid": "x", "argv": 5, "executable": {"a": 1}, "prefixes": [5, "\0"], "launch": 5, "depth": "x"},
    {"pid": 1, "ppid": 1, "argv": [], "executable": "/tmp/\ud800", "launch": {"RANK": "0", "WORLD_SIZE": "9" * 11}},
)
TOLD = {"gap": "", "seed": {"numpy": [1], "declared": 9}, "params": {"a": 10**400}, "unseeded": {"numpy": 5}}
END = {"versions": {"digest": "no digest"}, "determinism": {"": [1]}, "blas": ["\ud800", 5], "gpu_memory_peak": 10**40}

PROGRAM = f"""
import os, sys
for line in {[json.dumps(line) for line in LINES]!r}:
    with open(os.environ["GIT_PROV_JOURNAL"], "a") as journal:
        journal.write(line + "\\n")
for number, header in enumerate({[json.dumps(header) for header in EVENTS]!r}):
    with open(os.path.join(os.environ["GIT_PROV_EVENTS"], f"{{number}}-f.events"), "wb") as events:
        for kind, said in zip("pjq", (header, {json.dumps(TOLD)!r}, {json.dumps(END)!r})):
            events.write(f"{{kind}} 1 {{said}}".encode() + b"\\0")
        events.write(b"r 1 /tmp/\\xff\\0w 1 /\\0m 1 99 /a\\0l 1 -3 /a/b\\0z 1 ?\\0p\\0r 9999999999999999999999 /\\0")
if len(sys.argv) > 1:
    os.kill(os.getppid(), {signal.SIGKILL})
"""


@pytest.mark.parametrize("how", ["ended", "killed"])
def test_what_a_program_writes_about_its_own_run_does_no_harm(repo: RepoBuilder, how: str) -> None:
    repo.commit("hostile", {"hostile.py": PROGRAM})

    done = git_prov("run", "--trace", "python", "python3", "hostile.py", *["now"] * (how == "killed"), cwd=repo.path)

    assert done.status == (128 + signal.SIGKILL if how == "killed" else 0), done.stderr
    log = git_prov("log", cwd=repo.path)
    assert (log.status, log.stderr) == (0, "")
    assert "a bug" not in done.stderr
    assert len(repo.git("rev-list", *repo.refs("refs/prov/log")).split()) == 1
    assert not repo.git("fsck", "--no-dangling")


def test_a_journal_that_makes_no_sense_keeps_no_run_from_being_started_or_recorded(repo: RepoBuilder) -> None:
    line = json.dumps({"run": {"command": 7, "id": "../../x"}})
    spoil = f"echo '{line}' >>$GIT_PROV_JOURNAL; kill -KILL $PPID"
    git_prov("run", "--trace", "off", "sh", "-c", spoil, cwd=repo.path)

    done = git_prov("run", "--trace", "off", "true", cwd=repo.path)

    assert (done.status, done.stderr) == (0, "")
    assert len(repo.git("rev-list", *repo.refs("refs/prov/log")).split()) == 1
    log = git_prov("log", cwd=repo.path)
    assert log.status == 0
    assert "makes no sense" in log.stderr
