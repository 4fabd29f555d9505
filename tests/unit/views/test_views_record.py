from datetime import UTC, datetime
from typing import Any

from gitprov.model.answers import About, CommitRuns, Shown
from gitprov.model.results import Graded
from gitprov.views.record import shown
from gitprov.views.style import width

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
COMMIT, BASE = "a" * 40, "b" * 40
RUN: dict[str, Any] = {
    "kind": "run",
    "schema": 1,
    "id": "1" * 32,
    "status": "failed",
    "exit": 3,
    "command": ["python", "train.py", "--lr", "0.1"],
    "cwd": "experiments",
    "at": "2026-01-02T01:04:05Z",
    "seconds": 723.4,
    "by": "Ana Lima <ana@example.org>",
    "message": "the bill alone\nonce more",
    "tags": ["baseline", "paper"],
    "code": {"commit": COMMIT},
    "params": {"lr": 0.1, "model": {"depth": 3}},
    "metrics": {"accuracy": 0.9515, "loss": "NaN"},
    "series": [{"name": "loss", "count": 100, "last": 0.1, "best": 0.05}],
    "input": [
        {"path": "data/a.csv", "digest": "b3:" + "ab" * 32, "size": 2048, "how": "declared"},
        {"path": "data/images", "digest": "b3:" + "cd" * 32, "size": 10, "files": 12},
    ],
    "output": [{"path": "gone.json"}],
    "environment": {"digest": "b3:" + "12" * 32, "python": "3.11.7", "platform": "linux-x86_64-glibc2.36"},
    "hardware": {"cpu": "AMD EPYC 9654", "cores": 16, "memory": 137438953472, "gpus": ["NVIDIA H200"]},
    "seeds": {"declared": 42},
    "intent": {"hypothesis": "the bill is enough " * 6, "expect": ["accuracy >= 0.9"], "verdict": "met"},
    "capture": {"tracer": "python+strace", "complete": True},
}
ABOUT = {COMMIT: About("First ideas", ("main", "v1"))}


def text(
    *records: dict[str, Any],
    columns: int | None = None,
    commits: tuple[CommitRuns, ...] = (),
    committed: dict[str, str] | None = None,
) -> str:
    return shown(
        Shown(list(records), list(commits), ABOUT, committed or {}, [], []), now=NOW, columns=columns, colour=False
    )


def test_a_run_in_full() -> None:
    assert (
        text({**RUN, "intent": {**RUN["intent"], "hypothesis": "the bill is enough"}})
        == """\
run 11111111111111111111111111111111 failed (exit 3)
    python train.py --lr 0.1

Commit       aaaaaaaaaaaa (main, v1) First ideas
When         2026-01-02 01:04:05Z (2 hours ago), took 12m03s
By           Ana Lima <ana@example.org>
Message      the bill alone
             once more
Tags         baseline, paper
Directory    experiments
Hypothesis   the bill is enough
Expected     accuracy >= 0.9: met
Params       lr          = 0.1
             model.depth = 3
Metrics      accuracy = 0.9515
             loss     = NaN
Series       loss: 100 points, last 0.1, best 0.05
Inputs       data/a.csv              2 KiB  b3:abababababab  declared
             data/images (12 files)  10 B   b3:cdcdcdcdcdcd
Outputs      gone.json    not there
Environment  Python 3.11.7, linux-x86_64-glibc2.36, lock b3:121212121212
Hardware     AMD EPYC 9654, 16 cores, 128 GiB
             NVIDIA H200
Seeds        declared = 42
Capture      complete, traced by python+strace
"""
    )


def test_a_run_fits_a_terminal_of_80_columns() -> None:
    assert max(map(width, text(RUN, columns=80).splitlines())) <= 80


def test_a_dirty_run_names_the_commit_it_was_made_on_and_what_its_snapshot_lacks() -> None:
    code = {
        "commit": COMMIT,
        "base": BASE,
        "omitted": [{"path": "w.bin", "why": "larger than 10 bytes"}],
        "submodules": [{"path": "lib", "dirty": True}],
    }
    said = text({**RUN, "code": code}, committed={RUN["id"]: COMMIT})
    assert (
        f"""
Commit       {BASE} (not in this repository)
             with uncommitted changes, kept as aaaaaaaaaaaa
             which were committed as aaaaaaaaaaaa (main, v1) First ideas
             without w.bin: larger than 10 bytes
             submodule lib with changes of its own
"""
        in said
    )


def test_what_is_missing_from_the_capture_is_listed() -> None:
    said = text({**RUN, "capture": {"tracer": "off", "complete": False, "missing": ["seed not set", "lock too large"]}})
    assert "Capture      incomplete:\n             - seed not set\n             - lock too large\n" in said


def test_how_it_ended_and_where_the_word_of_it_comes_from_stand_first() -> None:
    killed = {**RUN, "status": "killed", "signal": "SIGKILL", "origin": "stated"}
    del killed["exit"]
    assert text(killed).startswith(f"run {'1' * 32} killed (signal SIGKILL, stated, not observed)\n")


def test_records_of_a_commit_say_how_they_belong_to_it() -> None:
    other = {**RUN, "id": "2" * 32, "status": "ok", "exit": 0}
    commit = CommitRuns(COMMIT, (Graded(RUN["id"], "same-tree"),), (other["id"],))
    said = text(RUN, other, commits=(commit,))
    assert f"run {'1' * 32} failed (exit 3, same tree)\n" in said
    assert f"\n\nrun {'2' * 32} ok (uncommitted changes)\n" in said


def test_other_kinds_and_fields_of_a_newer_program_are_shown_too() -> None:
    decision = {
        "kind": "decision",
        "schema": 1,
        "id": "3" * 32,
        "at": "2026-01-02T01:04:05Z",
        "by": "Ana",
        "text": "We take it.\nAll.",
        "alternatives": ["a", "b"],
        "odd_one": {"x": 1, "y": 2},
    }
    assert (
        text(decision)
        == f"""\
decision {"3" * 32}

When         2026-01-02 01:04:05Z (2 hours ago)
By           Ana
Text         We take it.
             All.
Alternatives a, b
Odd one      x = 1
             y = 2
"""
    )
    assert "Flavour      sweet" in text({**RUN, "flavour": "sweet"})


def test_what_a_record_says_is_shown_harmlessly() -> None:
    evil = "a\x1b[31mb\u202ec\x07"
    hostile: dict[str, Any] = {
        **RUN,
        "command": [evil],
        "message": evil,
        "by": evil,
        "tags": [evil],
        "cwd": evil,
        "code": {
            "commit": COMMIT,
            "base": BASE,
            "omitted": [{"path": evil, "why": evil}],
            "submodules": [{"path": evil}],
        },
        "params": {evil: {evil: evil}},
        "metrics": {evil: 1},
        "series": [{"name": evil, "last": evil, "best": evil}],
        "input": [{"path": evil, "digest": evil, "how": evil}],
        "environment": {"python": evil, "platform": evil, "container": evil, "digest": evil},
        "hardware": {"cpu": evil, "gpus": [evil]},
        "intent": {"hypothesis": evil, "expect": [evil], "verdict": evil},
        "capture": {"tracer": evil, "missing": [evil]},
        "signal": evil,
        "origin": evil,
        evil: evil,
    }
    about = {BASE: About(evil, (evil,))}
    said = shown(Shown([hostile], [], about, {}, [], []), now=NOW, columns=80, colour=False)
    assert said.count("\\x1b") > 25
    assert not set(said) & {"\x1b", "\x07", "\u202e"}
