"""Writing to the log: one record a commit, code anchored once, all or nothing, whoever else is at work."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from gitprov.api.session import Session
from gitprov.errors import GitFailed, InvalidRecord, LostRace
from gitprov.gitrepo.refs import RefUpdate, update
from gitprov.records import change as changes
from gitprov.records import union, writer
from gitprov.records.change import Change, attempt
from gitprov.records.writer import Addition
from support.records import record_id, run_record, session_in
from support.repo import ObjectFormat, RepoBuilder
from support.templates import RepoMaker


@pytest.fixture(params=["sha1", "sha256"])
def either(request: pytest.FixtureRequest, make_repo: RepoMaker) -> RepoBuilder:
    object_format: ObjectFormat = request.param
    return make_repo(object_format=object_format)


def append(session: Session, **addition: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of an addition
    return dict(writer.append(session.repo, session.state, Addition(**addition)))


def log_of(repo: RepoBuilder, kind: str = "log") -> str:
    [ref] = repo.refs(f"refs/prov/{kind}")
    return ref


def parents(repo: RepoBuilder, commit: str) -> list[str]:
    return repo.git("rev-list", "--parents", "-n1", commit).split(" ")[1:]


# --- records ---


def test_each_record_is_a_commit_on_the_one_before_with_an_empty_tree(either: RepoBuilder) -> None:
    session = session_in(either.path)
    records = [run_record(number) for number in range(3)]

    first = append(session, records=records[:1])
    then = append(session, records=records[1:])

    log = log_of(either)
    assert either.git("log", "--reverse", "--format=%H", log).splitlines() == [*first, *then]
    assert [*first.values(), *then.values()] == records
    assert set(either.git("log", "--format=%T", log).splitlines()) == {either.git("mktree")}
    assert [json.loads(stored.raw) for stored in union.read(session.repo).stored] == records
    either.fsck()


def test_the_ledger_reads_as_one_line_a_record(repo: RepoBuilder) -> None:
    append(session_in(repo.path), records=[run_record(1), run_record(2, status="failed")])

    assert repo.git("log", "--format=%s|%an|%ce", log_of(repo)).splitlines() == [
        f"run {record_id(2)[:7]} failed: python train.py|Ana Lima|ana@example.org",
        f"run {record_id(1)[:7]} ok: python train.py|Ana Lima|ana@example.org",
    ]


def test_linked_worktrees_write_to_one_log(repo: RepoBuilder) -> None:
    linked = repo.worktree(repo.path.parent / "linked", "side")

    append(session_in(repo.path), records=[run_record(1)])
    append(session_in(linked.path), records=[run_record(2)])

    assert len(repo.git("rev-list", log_of(repo)).splitlines()) == 2


def test_of_an_addition_that_cannot_be_written_nothing_is(repo: RepoBuilder) -> None:
    session = session_in(repo.path)

    with pytest.raises(InvalidRecord):
        append(session, records=[run_record(1), run_record(2, message=float("nan"))], code=[repo.head])

    assert repo.refs("refs/prov") == {}


def test_nothing_to_add_moves_nothing(repo: RepoBuilder) -> None:
    assert append(session_in(repo.path)) == {}
    assert repo.refs("refs/prov") == {}


# --- anchors ---


def test_code_is_anchored_once_as_a_further_parent(either: RepoBuilder) -> None:
    session = session_in(either.path)
    first, second = either.head, either.commit("second")
    append(session, code=[first])
    append(session, code=[first, second, second])
    append(session, code=[second])
    append(session, code=[first])

    anchors = either.git("log", "--first-parent", "--format=%H", log_of(either, "code"), f"^{second}").splitlines()

    assert [parents(either, anchor)[-1] for anchor in anchors] == [second, first]
    assert either.git("log", "-1", "--format=%B", anchors[0]) == f"code {second}\n"
    either.fsck()


def test_anchored_code_outlives_its_branch(repo: RepoBuilder) -> None:
    repo.branch("topic")
    lost = repo.commit("only here")
    append(session_in(repo.path), code=[lost])
    repo.git("switch", "-q", "main")
    repo.git("branch", "-D", "topic")
    repo.git("reflog", "expire", "--expire=now", "--all")

    repo.git("gc", "-q", "--prune=now")

    assert repo.git("cat-file", "-t", lost) == "commit"


@pytest.mark.parametrize("rev", ["HEAD^{tree}", None])
def test_what_is_no_commit_or_gone_is_not_anchored_and_stops_nothing(repo: RepoBuilder, rev: str | None) -> None:
    oid = repo.git("rev-parse", rev) if rev else "1" * 40

    append(session_in(repo.path), records=[run_record(1)], code=[oid])

    assert [ref.split("/")[2] for ref in repo.refs("refs/prov")] == ["log"]


def test_code_that_stays_at_home_has_a_ref_that_no_push_sends(repo: RepoBuilder) -> None:
    append(session_in(repo.path), code_at_home=[repo.head])

    assert [ref.rpartition("/")[0] for ref in repo.refs("refs/prov")] == ["refs/prov/local/code"]


def test_code_is_anchored_once_among_however_many_anchors(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    tree = repo.git("rev-parse", "HEAD^{tree}")
    commits = [repo.git("commit-tree", tree, "-m", str(number)) for number in range(80)]
    append(session, code=[repo.head, *commits])
    before = repo.refs("refs/prov/code")

    append(session, code=[commits[0], repo.head, commits[50]])

    assert repo.refs("refs/prov/code") == before
    append(session, code=[repo.commit("new")])
    assert repo.refs("refs/prov/code") != before


# --- data ---


def test_data_stands_at_its_digest_and_what_was_added_before_is_not_repeated(either: RepoBuilder) -> None:
    session = session_in(either.path)
    one, other = f"b3:{'1' * 64}", f"b3:{'2' * 64}"
    append(session, data={one: b"one"})
    append(session, data={other: b"\0\xff"})

    ref = log_of(either, "data")
    assert either.git("ls-tree", "-r", "--name-only", ref) == f"b3/{'2' * 64}"
    assert either.git_bytes("cat-file", "blob", f"{ref}:b3/{'2' * 64}") == b"\0\xff"
    assert either.git("show", f"{ref}~:b3/{'1' * 64}") == "one"


# --- the writer's name ---


def test_a_name_is_drawn_once_and_kept(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    name = writer.writer_id(session.state)

    assert writer.writer_id(session.state) == name
    assert sorted(os.listdir(session.state.root)) == ["tmp", "writer"]
    assert os.listdir(session.state.tmp) == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"id": "../up"}', '{"id": 5}', '{"name": "x"}'])
def test_a_damaged_name_is_set_aside_and_a_new_one_drawn(repo: RepoBuilder, content: str) -> None:
    state = session_in(repo.path).state
    Path(state.root).mkdir()
    Path(state.writer).write_text(content)

    name = writer.writer_id(state)

    assert writer.writer_id(state) == name
    assert Path(state.writer + ".damaged").read_text() == content


def test_without_hard_links_a_name_can_be_drawn_too(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    state = session_in(repo.path).state

    assert writer.writer_id(state) == writer.writer_id(state)


def test_a_renewed_writer_takes_everything_along(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    append(session, records=[run_record(1)], code=[repo.head], code_at_home=[repo.head], data={f"b3:{'1' * 64}": b""})
    old, before = writer.writer_id(session.state), repo.refs("refs/prov")

    new = writer.renew_writer(session.repo, session.state)

    assert new == writer.writer_id(session.state) != old
    assert repo.refs("refs/prov") == {ref.replace(old, new): oid for ref, oid in before.items()}


def test_logs_under_a_name_that_is_not_ours_any_more_can_be_renamed(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    append(session, records=[run_record(1)])
    [tip] = repo.refs("refs/prov/log").values()
    repo.git("update-ref", "refs/prov/log/former", tip)
    ours = writer.writer_id(session.state)

    new = writer.renew_writer(session.repo, session.state, "former")

    assert writer.writer_id(session.state) == ours
    assert repo.refs("refs/prov/log").keys() == {f"refs/prov/log/{ours}", f"refs/prov/log/{new}"}


# --- races, and what killed programs leave behind ---


def test_a_change_that_lost_a_race_is_built_again_on_what_won(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    name = writer.writer_id(session.state)
    rivals = [run_record(1), run_record(2)]

    def build(change: Change) -> None:
        writer.add(change, name, Addition(records=[run_record(3)]))
        if rivals:
            rival = Change(session.repo)
            writer.add(rival, name, Addition(records=[rivals.pop(0)]))
            rival.carry_out()
            rival.close()

    attempt(session.repo, session.state, build)

    assert [stored.id for stored in union.read(session.repo).stored] == [record_id(number) for number in (1, 2, 3)]


def test_others_that_are_always_quicker_are_an_error_in_the_end(
    repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_in(repo.path)
    tried: list[int] = []

    def lose(_: Change) -> None:
        tried.append(1)
        raise LostRace("always")

    monkeypatch.setattr(changes, "pause", lambda _: None)
    with pytest.raises(LostRace):
        attempt(session.repo, session.state, lose)
    assert len(tried) == changes._ATTEMPTS


def lock(repo: RepoBuilder, ref: str, age: float) -> Path:
    """Leave the lock of a ref behind, as if a git had been killed `age` seconds ago."""
    path = repo.path / ".git" / f"{ref}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    then = path.stat().st_mtime - age
    os.utime(path, (then, then))
    return path


def test_a_lock_that_a_killed_git_left_behind_is_taken_away(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    name = writer.writer_id(session.state)
    stale = [lock(repo, f"refs/prov/{kind}/{name}", 3) for kind in ("log", "code")]

    append(session, records=[run_record(1)], code=[repo.head])

    assert not any(path.exists() for path in stale)
    assert len(union.read(session.repo).stored) == 1


def test_a_young_lock_and_one_of_the_persons_own_refs_are_left_alone(
    repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_in(repo.path)
    monkeypatch.setattr(changes, "pause", lambda _: None)
    monkeypatch.setattr(changes, "_STALE_SECONDS", 1000.0)
    young = lock(repo, f"refs/prov/log/{writer.writer_id(session.state)}", 0)
    theirs = lock(repo, "refs/heads/side", 10_000)

    with pytest.raises(LostRace):
        append(session, records=[run_record(1)])
    with pytest.raises(LostRace):
        attempt(session.repo, session.state, lambda change: change.move("refs/heads/side", repo.head))

    assert young.exists()
    assert theirs.exists()


def test_a_ref_whose_object_is_gone_is_not_built_on(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    [lost] = append(session, records=[run_record(1)])
    (repo.path / ".git/objects" / lost[:2] / lost[2:]).unlink()

    append(session, records=[run_record(2)])

    [tip] = repo.refs("refs/prov/log").values()
    assert parents(repo, tip) == []
    repo.fsck()


def test_a_name_that_another_ref_blocks_fails_at_once(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    name = writer.writer_id(session.state)
    update(session.repo, [RefUpdate(f"refs/prov/log/{name}/below", repo.head, "")])

    with pytest.raises(GitFailed, match="cannot create"):
        append(session, records=[run_record(1)])
