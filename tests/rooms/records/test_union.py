"""Reading is the union of all logs by id; what breaks a rule is named and left out, and reading goes on."""

import json
import os
from pathlib import Path

import pytest

from gitprov.gitrepo.objects import Objects, Signature
from gitprov.gitrepo.repo import Repo
from gitprov.model.limits import LINE_LIMIT
from gitprov.records import codec, union
from gitprov.records.union import Union
from support.records import append, record_id, run_record
from support.repo import ObjectFormat, RepoBuilder
from support.templates import RepoMaker

THEIRS = "refs/prov/remotes/origin/log/bo"


def opened(repo: RepoBuilder) -> Repo:
    return Repo.open(str(repo.path), os.environ)


def read(repo: RepoBuilder) -> Union:
    return union.read(opened(repo))


def ids(found: Union) -> list[str]:
    return [stored.id for stored in found.stored]


def numbers(*numbers: int) -> list[str]:
    return [record_id(number) for number in numbers]


def plant(repo: RepoBuilder, *messages: bytes, ref: str = THEIRS, salt: str = "") -> list[str]:
    """Put commits with these messages onto a log that is somebody else's, and return them."""
    at = opened(repo)
    objects = Objects(at.object_format)
    made: list[str] = [oid for name, oid in repo.refs(ref).items() if name == ref]
    for message in messages:
        who = Signature(f"Bo{salt} <bo@example.org>", 5)
        made.append(objects.commit(objects.tree(()), made[-1:], who, message))
    objects.store(at.git)
    repo.git("update-ref", ref, made[-1])
    return made[-len(messages) :]


def record(number: int, **fields: object) -> bytes:
    return codec.message(run_record(number, **fields))


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_records_of_all_logs_are_read_by_time_and_id(make_repo: RepoMaker, object_format: ObjectFormat) -> None:
    repo = make_repo(object_format=object_format)
    append(repo.path, run_record(3), run_record(1))
    plant(repo, record(2))
    plant(repo, record(4), ref="refs/prov/kept/log/bo/0123456789abcdef")
    plant(repo, record(0), ref="refs/prov/remotes/a/log/b/log/cy")

    found = read(repo)

    assert ids(found) == numbers(0, 1, 2, 3, 4)
    assert found.problems == []


def test_a_repository_without_records_has_none(repo: RepoBuilder, make_repo: RepoMaker) -> None:
    assert read(repo) == Union([], [])
    assert read(make_repo("empty", empty=True)) == Union([], [])


def test_a_record_is_its_line_as_it_stands(repo: RepoBuilder) -> None:
    line = b'{"kind":"run", "id":"%s","schema":1,"at":"2026-01-02T03:04:05Z","by":"B <b>","status":"ok","new":1.0}'
    line = line % record_id(1).encode()
    [commit] = plant(repo, b"run: anything\n\n" + line + b"\n")

    [stored] = read(repo).stored

    assert (stored.raw, stored.commit, stored.kind, stored.is_read) == (line, commit, "run", True)


def test_the_same_record_in_several_logs_is_one(repo: RepoBuilder) -> None:
    plant(repo, record(1))
    plant(repo, record(1), ref="refs/prov/remotes/up/log/cy", salt="2")
    append(repo.path, run_record(1))

    found = read(repo)

    assert ids(found) == numbers(1)
    assert found.problems == []


def test_of_two_records_with_one_id_our_own_stands_and_the_other_is_reported(repo: RepoBuilder) -> None:
    append(repo.path, run_record(1, message="ours"))
    for salt in range(4):  # whichever of the commits has the smaller id
        [theirs] = plant(repo, record(1, message="theirs"), ref=f"{THEIRS}{salt}", salt=str(salt))

    found = read(repo)

    assert [json.loads(stored.raw)["message"] for stored in found.stored] == ["ours"]
    assert len(found.problems) == 4
    assert theirs[:12] in {problem.where.rpartition(" ")[2] for problem in found.problems}
    assert {problem.reason for problem in found.problems} == {f"has the id {record_id(1)[:7]} of another record"}


def test_what_was_kept_of_a_log_stands_before_what_took_its_place(repo: RepoBuilder) -> None:
    plant(repo, record(1, message="first"), ref="refs/prov/kept/log/cy/1", salt="kept")
    for salt in range(4):  # whichever of the commits has the smaller id
        plant(repo, record(1, message="altered"), ref=f"{THEIRS}{salt}", salt=str(salt))

    found = read(repo)

    assert [json.loads(stored.raw)["message"] for stored in found.stored] == ["first"]
    assert len(found.problems) == 4

    append(repo.path, run_record(1, message="ours"))
    assert [json.loads(stored.raw)["message"] for stored in read(repo).stored] == ["ours"]


def test_what_is_about_some_files_is_read_with_all_that_claims_to_be_it(repo: RepoBuilder) -> None:
    append(
        repo.path, run_record(1, message="ours"), run_record(2), run_record(3, output=[{"path": "b", "how": "traced"}])
    )
    plant(repo, record(1, message="theirs", output=[{"path": "a", "how": "traced"}]), ref=f"{THEIRS}0", salt="1")
    retraction = {name: run_record(4)[name] for name in ("schema", "id", "at", "by")}
    append(repo.path, {**retraction, "kind": "retraction", "record": record_id(1), "because": "no"})

    found = union.read(opened(repo), paths=["a"])

    assert [json.loads(stored.raw).get("message") for stored in found.stored] == ["ours", None]
    assert ids(found) == numbers(1, 4)
    assert len(found.problems) == 1


def test_of_two_foreign_records_with_one_id_the_smaller_commit_stands(repo: RepoBuilder) -> None:
    commits = {}
    for salt in range(6):
        [commit] = plant(repo, record(1, message=str(salt % 2)), ref=f"{THEIRS}{salt}", salt=str(salt))
        commits[commit] = str(salt % 2)

    found = read(repo)

    assert found.stored[0].commit == min(commits)
    losers = {commit for commit, message in commits.items() if message != commits[min(commits)]}
    assert {problem.where for problem in found.problems} == {f"record in commit {commit[:12]}" for commit in losers}


@pytest.mark.parametrize(
    ("message", "reason", "shown"),
    [
        (b"hello\n", "not a summary line", "hello"),
        (b"run\n\n[1]\n", "not a JSON object", "run"),
        (b"run \x1b[31m\n\n{}\n", "has no kind", r"run \x1b[31m"),
        (b"run\xff\n\n{}\n", "has no kind", r"run\xff"),
        (b"run\n\n" + b'{"a":"' + b"x" * LINE_LIMIT + b'"}\n', "the limit is", "run"),
        (b"run\n\n" + b"x" * (10 << 20), "more than the", ""),
        (codec.message(run_record(1, cwd="../up")), "climbs out", "run"),
    ],
)
def test_what_breaks_a_rule_is_named_shown_harmlessly_and_left_out(
    repo: RepoBuilder, message: bytes, reason: str, shown: str
) -> None:
    bad = plant(repo, record(2), message, record(3))[1]

    found = read(repo)

    assert ids(found) == numbers(2, 3)
    [problem] = found.problems
    assert problem.where == f"record in commit {bad[:12]}"
    assert reason in problem.reason
    assert problem.shown.startswith(shown)
    assert (problem.reason + problem.shown).isprintable()


def test_newer_schemas_are_kept_unread_each_for_itself(repo: RepoBuilder) -> None:
    plant(
        repo,
        b'run\n\n{"kind":"run","schema":2,"id":"%s","at":"2026-01-02T03:04:05Z"}\n' % record_id(1).encode(),
        b'new\n\n{"kind":"new","schema":1,"id":"other form","a":1}\n',
        b'new\n\n{"kind":"new","schema":1,"id":"other form","a":2}\n',
    )

    found = read(repo)

    assert len(found.stored) == 3
    assert not any(stored.is_read for stored in found.stored)
    assert found.problems == []


# --- refs ---


@pytest.mark.parametrize("name", ["Upper", "a.b", "é", "sub/dir", "-dash", "x" * 65, "a\u2028b"])
def test_a_ref_that_is_no_writers_log_is_named_and_not_read(repo: RepoBuilder, name: str) -> None:
    plant(repo, record(1))
    plant(repo, record(2), ref=f"refs/prov/remotes/origin/log/{name}")

    found = read(repo)

    assert ids(found) == numbers(1)
    [problem] = found.problems
    assert problem.reason == "is not the name of a writer's log"
    assert problem.where.isprintable()


@pytest.mark.parametrize("rev", ["HEAD^{tree}", "HEAD:train.py"])
def test_a_log_that_names_no_commit_is_named(repo: RepoBuilder, rev: str) -> None:
    plant(repo, record(1))
    repo.git("update-ref", "refs/prov/remotes/origin/log/cy", repo.git("rev-parse", rev))

    found = read(repo)

    assert ids(found) == numbers(1)
    assert "not a commit" in found.problems[0].reason


def test_refs_that_keep_code_and_data_are_not_read_as_logs(repo: RepoBuilder) -> None:
    for kind in ("code", "data", "notes"):
        repo.git("update-ref", f"refs/prov/remotes/origin/{kind}/prov", repo.head)

    assert read(repo) == Union([], [])


def test_history_that_a_log_drags_along_is_named_commit_by_commit(repo: RepoBuilder) -> None:
    repo.git("update-ref", THEIRS, repo.commit("second"))
    append(repo.path, run_record(1))

    found = read(repo)

    assert ids(found) == numbers(1)
    assert [problem.shown for problem in found.problems] == ["first", "second"]


def test_a_commit_that_gathers_logs_is_walked_through(repo: RepoBuilder) -> None:
    at = opened(repo)
    tips = [plant(repo, record(number), ref=f"{THEIRS}{number}")[0] for number in (1, 2)]
    objects = Objects(at.object_format)
    gathered = objects.commit(objects.tree(()), tips, Signature("Bo <bo@example.org>", 9), "gather 2 idle logs\n")
    objects.store(at.git)
    repo.git("update-ref", THEIRS, gathered)
    for number in (1, 2):
        repo.git("update-ref", "-d", f"{THEIRS}{number}")

    found = read(repo)

    assert ids(found) == numbers(1, 2)
    assert found.problems == []


# --- damage ---


def lose(repo: RepoBuilder, oid: str) -> Path:
    path = repo.path / ".git/objects" / oid[:2] / oid[2:]
    path.unlink()
    return path


def test_a_log_that_is_not_whole_is_named_and_the_others_are_read(repo: RepoBuilder) -> None:
    first, _ = plant(repo, record(1), record(2))
    append(repo.path, run_record(3))
    plant(repo, record(4), ref="refs/prov/remotes/origin/log/cy")
    lose(repo, first)

    found = read(repo)

    assert ids(found) == numbers(3, 4)
    assert [(problem.where, problem.reason) for problem in found.problems] == [(THEIRS, "cannot be read whole")]


def test_a_log_whose_newest_record_is_gone_is_named_and_the_others_are_read(repo: RepoBuilder) -> None:
    [tip] = plant(repo, record(1))
    append(repo.path, run_record(3))
    lose(repo, tip)

    found = read(repo)

    assert ids(found) == numbers(3)
    assert [(problem.where, problem.reason) for problem in found.problems] == [
        (THEIRS, "names an object that is not here")
    ]


def test_a_record_that_is_asked_for_and_not_there_is_named(repo: RepoBuilder) -> None:
    [commit] = plant(repo, record(1))

    found = union.load(opened(repo), [commit, "1" * 40])

    assert ids(found) == numbers(1)
    assert [(problem.where, problem.reason) for problem in found.problems] == [
        (f"record in commit {'1' * 12}", "is missing or damaged")
    ]
