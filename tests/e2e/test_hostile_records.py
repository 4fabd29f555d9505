"""Records, refs and notes made by hand, with the worst in them: each is named and left out, and reading goes on.

All of it stands in one repository beside good runs, as a fetch from a hostile remote would have left it there.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gitprov.views.remarks import SHOWN
from support.program import Outcome, git_prov, run_program
from support.records import append, record_id, run_record
from support.repo import RepoBuilder
from support.templates import RepoMaker

pytestmark = pytest.mark.e2e

GOOD = [record_id(number) for number in (1, 2)]
LOG = "refs/prov/remotes/origin/log/"
EVIL = "EVIL"
"""In the text of everything planted: it may be told of on standard error, and never be shown as an answer."""


def evil(number: int, **fields: Any) -> bytes:  # noqa: ANN401 - any field
    """A run that would be fine but for `fields`."""
    return json.dumps(run_record(100 + number, **{"message": EVIL, **fields})).encode()


RECORDS = {
    # what is planted, and what it is refused for
    "a path that climbs out": (evil(1, output=[{"path": "../../x"}]), "climbs out of the repository"),
    "an absolute path, not marked": (evil(2, input=[{"path": "/etc/passwd"}]), "is absolute"),
    "an escape sequence": (evil(3, message=f"{EVIL}\x1b[2J"), "control or bidirectional character"),
    "a bidirectional control": (evil(4, command=[f"{EVIL}\u202e"]), "control or bidirectional character"),
    "an escape sequence as a key": (evil(5, metrics={f"{EVIL}\x1b[2J": 1}), "control or bidirectional character"),
    "ten MiB": (evil(6, message=EVIL + "x" * (10 << 20)), "more than the 1048576 a record may have"),
    "bytes that are not UTF-8": (evil(7).replace(b"EVIL", b"EVIL\xff\xfe"), "is not UTF-8"),
    "a newer schema": (evil(8, schema=99, message=f"{EVIL}\x1b[2J"), "schema 99: only a newer git prov"),
    "an unknown kind": (evil(9, kind="dream"), "kind 'dream'"),
    "a kind that is no word": (evil(10, kind="\x1b[31mrun"), "none that is a plain word"),
    "the id of another record": (evil(11, id=GOOD[0]), f"has the id {GOOD[0][:7]} of another record"),
    "an id that is none": (evil(12, id="../../x"), "is not a record id"),
    "no JSON": (f"{EVIL} {{".encode(), "is not JSON"),
    "a list": (f'["{EVIL}"]'.encode(), "is not a JSON object"),
    "not a number": (evil(13).replace(b'"EVIL"', b'"EVIL", "metrics": {"a": NaN}'), "NaN is not JSON"),
    "a number without end": (evil(14).replace(b'"EVIL"', b'"EVIL", "seconds": ' + b"9" * 5000), "5000 digits"),
    "a number beyond all": (evil(15).replace(b'"EVIL"', b'"EVIL", "seconds": 1e999'), "a number too large"),
    "nesting without end": (b"[" * 200_000 + b"]" * 200_000, "nested"),
    "a key twice": (evil(16).replace(b'"EVIL"', b'"EVIL", "message": "x"'), "key stands twice"),
    "no record at all": (b"", "not a summary line, an empty line and one line of JSON"),
}

REFS = {
    "a log that is a blob": (LOG + "aaaaaaaaaaaa", "names a blob, not a commit"),
    "a log that is a tree": (LOG + "bbbbbbbbbbbb", "names a tree, not a commit"),
    "a log with a strange name": ("refs/prov/log/$(touch\u202eEVIL);x", "is not the name of a writer's log"),
    "a log with a commit missing": (LOG + "cccccccccccc", "cannot be read whole"),
}

VERBS = {
    "ls": ("ls",),
    "ls as JSON": ("ls", "--json"),
    "show": ("show", GOOD[1]),
    "show of a commit": ("show", "HEAD"),
    "show as JSON": ("show", "HEAD", "--json"),
    "log": ("log",),
    "log in one line": ("log", "--oneline", "--graph"),
    "log as JSON": ("log", "--json"),
}


class Hostile(NamedTuple):
    """The repository, which commit holds which record, and what every verb says there."""

    repo: RepoBuilder
    planted: dict[str, str]
    said: dict[str, Outcome]


def commit(repo: RepoBuilder, line: bytes, parent: str = "") -> str:
    """Make a log's commit by hand, with any bytes in its message."""
    who = b"Mallory <m@example.org> 1767323045 +0000\n"
    head = b"tree " + repo.git("hash-object", "-w", "-t", "tree", "--stdin").encode() + b"\n"
    head += b"parent " + parent.encode() + b"\n" if parent else b""
    body = b"run EVIL\x1b[31m\xff\n\n" + line + b"\n" if line else b"EVIL\x1b]0;title\x07\n"
    raw = head + b"author " + who + b"committer " + who + b"\n" + body
    return repo.git("hash-object", "-w", "-t", "commit", "--literally", "--stdin", stdin=raw)


def plant(repo: RepoBuilder) -> dict[str, str]:
    """Put all of it into refs as a fetch would; return the commit of each record."""
    planted: dict[str, str] = {}
    tip = ""
    for name, (line, _) in RECORDS.items():
        tip = planted[name] = commit(repo, line, tip)
    repo.git("update-ref", LOG + "eeeeeeeeeeee", tip)
    blob = repo.git("hash-object", "-w", "--stdin", stdin=f"{EVIL}\x1b[2J")
    strange = commit(repo, evil(20))
    broken = commit(repo, evil(21), parent="1" * len(tip))
    refs = dict(zip(REFS, (blob, repo.git("rev-parse", "HEAD^{tree}"), strange, broken), strict=True))
    for name, oid in refs.items():
        repo.git("update-ref", REFS[name][0], oid)
    return planted


@pytest.fixture(scope="module")
def hostile(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """The repository with all of it, and every reading verb's answer."""
    repo = RepoMaker(templates, tmp_path_factory.mktemp("hostile"))()
    code = {"commit": repo.head, "tree": repo.git("rev-parse", "HEAD^{tree}")}
    append(repo.path, *(run_record(number, code=code, message=f"good {number}") for number in (1, 2)))
    planted = plant(repo)
    repo.git("config", "notes.displayRef", "refs/prov/view/*")
    said = {verb: git_prov(*args, cwd=repo.path) for verb, args in VERBS.items()}
    said["plain git log"] = run_program("git", "log", cwd=repo.path)
    said["git log with the notes"] = run_program("git", "log", "--notes=prov", cwd=repo.path)
    return Hostile(repo, planted, said)


def problems(outcome: Outcome) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(outcome.stdout)["problems"]
    return found


def answers(hostile: Hostile) -> Iterator[tuple[str, Outcome]]:
    yield from hostile.said.items()


@pytest.mark.parametrize("name", RECORDS)
def test_every_record_is_reported_by_its_commit_with_the_reason(hostile: Hostile, name: str) -> None:
    where, reason = f"record in commit {hostile.planted[name][:12]}", RECORDS[name][1]
    told = [problem for problem in problems(hostile.said["ls as JSON"]) if problem["where"] == where]
    assert len(told) == 1, "reported once"
    assert reason in told[0]["reason"]


@pytest.mark.parametrize("name", REFS)
def test_every_ref_is_reported_by_its_name_with_the_reason(hostile: Hostile, name: str) -> None:
    ref, reason = REFS[name]
    shown = ref.replace("\u202e", "\\u202e")
    assert [problem["reason"] for problem in problems(hostile.said["ls as JSON"]) if problem["where"] == shown] == [
        reason
    ]


def test_every_verb_reports_the_same(hostile: Hostile) -> None:
    expected = problems(hostile.said["ls as JSON"])
    assert len(expected) == len(RECORDS) + len(REFS)
    for verb in VERBS:
        lines = hostile.said[verb].stderr.splitlines()
        assert len(lines) == SHOWN + 1, verb
        assert all(line.startswith("warning: ") for line in lines), verb
        assert f"and {len(expected) - SHOWN} more" in lines[-1], verb
        if verb.endswith("as JSON"):
            assert problems(hostile.said[verb]) == expected, verb


def test_every_verb_still_shows_the_rest_and_succeeds(hostile: Hostile) -> None:
    for verb, outcome in answers(hostile):
        assert outcome.status == 0, verb
        wanted = GOOD[1:] if verb == "show" else GOOD
        assert all(run[:7] in outcome.stdout for run in wanted), verb


def test_nothing_of_it_is_shown_as_an_answer(hostile: Hostile) -> None:
    for verb, outcome in answers(hostile):
        stdout = outcome.stdout.partition('"problems":')[0]
        assert EVIL not in stdout, verb
        assert "../../x" not in stdout, verb
        assert "/etc/passwd" not in stdout, verb


def test_no_control_or_bidirectional_character_reaches_the_terminal(hostile: Hostile) -> None:
    for verb, outcome in answers(hostile):
        for char in outcome.stdout + outcome.stderr:
            assert char.isprintable() or char == "\n", f"{verb}: {char!r}"


def test_the_good_records_are_exactly_as_they_were_written(hostile: Hostile) -> None:
    runs = json.loads(hostile.said["ls as JSON"].stdout)["runs"]
    assert [run["id"] for run in runs] == GOOD[::-1]
    assert [run["message"] for run in runs] == ["good 2", "good 1"]
    ((answer,),) = [json.loads(hostile.said["log as JSON"].stdout)["commits"]]
    assert [run["id"] for run in answer["runs"]] == GOOD[::-1]


def test_nothing_was_executed_and_nothing_that_was_planted_is_lost(hostile: Hostile) -> None:
    assert not list(hostile.repo.path.glob("*EVIL*"))
    refs = hostile.repo.refs("refs/prov")
    assert refs[LOG + "eeeeeeeeeeee"] == list(hostile.planted.values())[-1]
    assert REFS["a log with a strange name"][0] in refs


def test_a_note_written_by_hand_into_our_view_is_kept_aside_and_pointed_out(repo: RepoBuilder) -> None:
    code = {"commit": repo.head, "tree": repo.git("rev-parse", "HEAD^{tree}")}
    append(repo.path, run_record(1, code=code))
    assert git_prov("ls", cwd=repo.path).status == 0
    repo.git("notes", "--ref=prov", "add", "-f", "-m", f"[[run]]\nid = '{EVIL}\x1b[2J'", "HEAD")
    by_hand = repo.git("rev-parse", "refs/notes/prov")

    first, second = git_prov("ls", cwd=repo.path), git_prov("log", cwd=repo.path)

    assert first.status == second.status == 0
    assert "refs/notes/prov: was changed by hand" in first.stderr
    assert by_hand in repo.refs("refs/prov/kept").values()
    for outcome in (first, second, run_program("git", "log", "--notes=prov", cwd=repo.path)):
        assert GOOD[0][:7] in outcome.stdout
        assert EVIL not in outcome.stdout
        assert "\x1b" not in outcome.stdout + outcome.stderr
