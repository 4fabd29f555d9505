"""Clones exchange their records over a remote: nothing is lost, nothing is forced, and all come to one view."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from gitprov.errors import GitFailed
from gitprov.gitrepo.transport import Pushed, push
from gitprov.records import notes, sync, union, writer
from gitprov.records.layout import NOTES
from gitprov.records.sync import Exchanged, Sent
from gitprov.records.writer import Addition
from support.records import record_id, run_record, session_in
from support.repo import ObjectFormat, RepoBuilder
from support.templates import RepoMaker


class Group:
    """A remote and clones of it."""

    def __init__(self, make_repo: RepoMaker, where: Path, object_format: ObjectFormat) -> None:
        first = make_repo("first", object_format=object_format)
        self.where = where
        self.hub = first.bare_remote(where / "hub.git")
        first.git("push", "-q", "origin", "main")
        self.clones: list[RepoBuilder] = []

    def clone(self, *options: str) -> RepoBuilder:
        """Make one more clone."""
        self.clones.append(self.hub.clone(self.where / f"clone-{len(self.clones)}", *options))
        return self.clones[-1]

    def copy(self, clone: RepoBuilder) -> RepoBuilder:
        """Copy a clone's directory as it is, writer's id and all."""
        path = self.where / f"clone-{len(self.clones)}"
        shutil.copytree(clone.path, path, symlinks=True)
        self.clones.append(RepoBuilder(path, clone.clock))
        return self.clones[-1]

    def assert_agreed(self, *numbers: int) -> None:
        """Fail unless all clones read these records and hold the remote's own commit of the notes view."""
        for clone in self.clones:
            assert numbers_in(clone) == list(numbers)
            assert clone.refs(NOTES) == self.hub.refs(NOTES)
            clone.fsck()
        self.hub.fsck()


@pytest.fixture
def group(make_repo: RepoMaker, tmp_path: Path) -> Group:
    return Group(make_repo, tmp_path, "sha1")


def add(repo: RepoBuilder, *numbers: int, **addition: Any) -> None:  # noqa: ANN401 - any part of an addition
    session = session_in(repo.path)
    records = [run_record(number, code={"commit": repo.head}) for number in numbers]
    writer.append(session.repo, session.state, Addition(records=records, code=[repo.head], **addition))


def exchange(repo: RepoBuilder, remote: str = "origin") -> Exchanged:
    session = session_in(repo.path)
    return sync.exchange(session.repo, session.state, remote, timeout=60)


def send(repo: RepoBuilder, remote: str = "origin") -> Sent:
    session = session_in(repo.path)
    return sync.send(session.repo, session.state, remote)


def numbers_in(repo: RepoBuilder) -> list[int]:
    by_id = {record_id(number): number for number in range(200)}
    found = union.read(session_in(repo.path).repo)
    assert found.problems == []
    return [by_id[stored.id] for stored in found.stored]


def writer_of(repo: RepoBuilder) -> str:
    return writer.writer_id(session_in(repo.path).state)


# --- exchange ---


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_records_go_out_and_come_in_byte_for_byte_and_then_all_rest(
    make_repo: RepoMaker, tmp_path: Path, object_format: ObjectFormat
) -> None:
    group = Group(make_repo, tmp_path, object_format)
    ana, bo, cy = (group.clone() for _ in range(3))
    add(ana, 1, data={f"b3:{'1' * 64}": b"lock"})
    add(bo, 2, 3)

    for clone in (ana, bo, cy, ana, bo, cy):
        done = exchange(clone)
        assert (done.sent.refused, done.sent.notes_behind, done.problems) == ([], False, [])

    group.assert_agreed(1, 2, 3)
    own = union.read(session_in(ana.path).repo).stored
    assert [stored.raw for stored in union.read(session_in(cy.path).repo).stored] == [stored.raw for stored in own]
    assert cy.git("show", f"refs/prov/remotes/origin/data/{writer_of(ana)}:b3/{'1' * 64}") == "lock"
    before = group.hub.refs()
    for clone in group.clones:
        done = exchange(clone)
        assert (done.received, done.sent.moved, done.problems) == (0, 0, [])
    assert group.hub.refs() == before


def test_what_was_received_and_sent_is_counted(group: Group) -> None:
    ana, bo = group.clone(), group.clone()
    add(ana, 1)
    assert exchange(ana).sent.moved == 3  # log, code, notes
    add(bo, 2)

    done = exchange(bo)

    assert (done.remote, done.received, done.sent.moved) == ("origin", 1, 3)


def test_a_clone_with_nothing_to_say_only_listens(group: Group) -> None:
    ana, bo = group.clone(), group.clone()
    add(ana, 1)
    exchange(ana)

    done = exchange(bo)

    assert (done.received, done.sent.moved) == (1, 0)
    assert not (Path(session_in(bo.path).state.writer)).exists()
    group.assert_agreed(1)


def test_an_empty_remote_takes_everything(repo: RepoBuilder, tmp_path: Path) -> None:
    hub = repo.bare_remote(tmp_path / "hub.git")
    assert exchange(repo).sent.moved == 0
    add(repo, 1)

    assert exchange(repo).sent.moved == 3
    assert hub.refs("refs/heads") == {}


def test_records_can_be_sent_to_an_address(group: Group) -> None:
    ana = group.clone()
    add(ana, 1)

    assert send(ana, group.hub.path.as_uri()).moved == 3


def test_a_remote_that_cannot_be_reached_is_an_error_and_nothing_is_lost(repo: RepoBuilder, tmp_path: Path) -> None:
    repo.git("remote", "add", "origin", tmp_path / "gone.git")
    add(repo, 1)

    with pytest.raises(GitFailed, match="gone"):
        exchange(repo)
    with pytest.raises(GitFailed, match="gone"):
        send(repo)

    assert numbers_in(repo) == [1]


@pytest.mark.parametrize("options", [("--depth=1",), ("--filter=blob:none",), ("--bare",), ("--mirror",)])
def test_clones_of_every_kind_take_part(group: Group, options: tuple[str, ...]) -> None:
    group.hub.git("config", "uploadpack.allowFilter", "true")
    ana = group.clone()
    ana.commit("second")
    ana.git("push", "-q", "origin", "main")
    add(ana, 1, 2, 3)
    exchange(ana)
    other = group.clone(*options)
    exchange(other)
    add(other, 4)
    exchange(other)
    exchange(ana)

    assert numbers_in(ana) == numbers_in(other) == [1, 2, 3, 4]


def test_a_fetch_that_prunes_takes_no_records_away(group: Group) -> None:
    ana, bo = group.clone(), group.clone()
    add(ana, 1)
    exchange(ana)
    bo.git("config", "fetch.prune", "true")
    exchange(bo)
    for ref in group.hub.refs("refs/prov"):
        group.hub.git("update-ref", "-d", ref)

    exchange(bo)

    assert numbers_in(bo) == [1]


def test_a_remote_that_was_moved_back_is_reported_and_nothing_is_lost(group: Group) -> None:
    ana, bo = group.clone(), group.clone()
    add(ana, 1)
    exchange(ana)
    [(ref, early)] = group.hub.refs("refs/prov/log").items()
    add(ana, 2)
    exchange(ana)
    exchange(bo)
    group.hub.git("update-ref", ref, early)

    done = exchange(bo)

    assert [problem.reason.partition(";")[0] for problem in done.problems] == ["went back or was rewritten"]
    assert numbers_in(bo) == [1, 2]


# --- a copied clone ---


def test_a_copied_clone_that_goes_its_own_way_takes_a_name_of_its_own_and_loses_nothing(group: Group) -> None:
    ana = group.clone()
    add(ana, 1, data={f"b3:{'1' * 64}": b"1"})
    exchange(ana)
    twin = group.copy(ana)
    add(ana, 2, data={f"b3:{'2' * 64}": b"2"}, code_at_home=[ana.head])
    add(twin, 3, data={f"b3:{'3' * 64}": b"3"}, code_at_home=[twin.head])
    old = writer_of(ana)

    assert exchange(ana).sent.renamed == ""
    done = exchange(twin)

    assert done.sent.renamed == writer_of(twin) != old
    assert done.sent.refused == []
    assert [ref for ref in twin.refs("refs/prov/log", "refs/prov/code", "refs/prov/data") if old in ref] == []
    assert list(twin.refs("refs/prov/local")) == [f"refs/prov/local/code/{writer_of(twin)}"]
    exchange(ana)
    exchange(twin)
    group.assert_agreed(1, 2, 3)
    assert twin.git("show", f"refs/prov/data/{writer_of(twin)}:b3/{'3' * 64}") == "3"
    add(twin, 4)
    assert exchange(twin).sent.renamed == ""


def test_a_copied_clone_that_only_fell_behind_loses_nothing_either(group: Group) -> None:
    ana = group.clone()
    add(ana, 1)
    exchange(ana)
    twin = group.copy(ana)
    add(ana, 2)
    exchange(ana)

    done = exchange(twin)

    assert done.sent.refused == []
    exchange(ana)
    group.assert_agreed(1, 2)


def test_a_twin_that_only_anchored_something_is_found_out_too(group: Group) -> None:
    ana = group.clone()
    add(ana, 1)
    exchange(ana)
    twin = group.copy(ana)
    for clone in (ana, twin):
        session = session_in(clone.path)
        commit = clone.commit("own", {"f": str(clone.path)})
        writer.append(session.repo, session.state, Addition(code=[commit]))
    exchange(ana)

    done = exchange(twin)

    assert done.sent.renamed
    assert done.sent.refused == []


def test_a_log_under_a_former_name_is_given_another_one(group: Group) -> None:
    ana = group.clone()
    add(ana, 1)
    exchange(ana)
    twin = group.copy(ana)
    add(ana, 2)
    exchange(ana)
    add(twin, 3)
    state = session_in(twin.path).state
    Path(state.writer).write_text(json.dumps({"id": "another"}))  # renamed, and killed before its logs were

    assert exchange(twin).sent.refused == []
    assert writer_of(twin) == "another"
    exchange(ana)
    exchange(twin)
    group.assert_agreed(1, 2, 3)


def test_a_log_that_only_moved_while_it_was_pushed_keeps_its_name(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = group.clone()
    add(ana, 1)
    exchange(ana)
    name = writer_of(ana)
    add(ana, 2)
    answers = [[Pushed("!", f"refs/prov/log/{name}", "[rejected] (non-fast-forward)")]]
    monkeypatch.setattr(sync, "push", lambda *args, **named: answers.pop() if answers else push(*args, **named))

    sent = send(ana)

    assert (sent.renamed, sent.refused, writer_of(ana)) == ("", [], name)
    assert group.hub.refs("refs/prov/log") == ana.refs("refs/prov/log")


# --- hosts that refuse ---


def refuse(hub: RepoBuilder, pattern: str) -> Path:
    """Let a remote refuse refs; returns the file with a line for each refusal."""
    said = hub.path.parent / "refused"
    said.touch()
    hub.write("hooks/update", f'#!/bin/sh\ncase $1 in {pattern}) echo $1 >> "{said}"; exit 1;; esac\n', executable=True)
    return said


def test_a_host_that_takes_notes_only_gets_the_notes_and_the_rest_is_named(group: Group) -> None:
    ana, bo = group.clone(), group.clone()
    said = refuse(group.hub, "refs/prov/*")
    add(ana, 1)

    sent = exchange(ana).sent

    assert sorted(one.ref.split("/")[2] for one in sent.refused) == ["code", "log"]
    assert all("hook declined" in one.words for one in sent.refused)
    assert (sent.moved, sent.notes_behind, sent.renamed) == (1, False, "")
    assert list(group.hub.refs("refs/notes")) == [NOTES]
    assert len(said.read_text().splitlines()) == 2
    assert json.loads(Path(session_in(ana.path).state.last_push).read_text())["refused"][0][0] in said.read_text()
    exchange(bo)
    assert numbers_in(bo) == []


def test_a_host_that_takes_nothing_is_asked_once(group: Group) -> None:
    ana = group.clone()
    said = refuse(group.hub, "refs/prov/*|refs/notes/*")
    add(ana, 1)

    sent = exchange(ana).sent

    assert len(sent.refused) == len(said.read_text().splitlines()) == 3
    assert (sent.moved, sent.notes_behind) == (0, False)


# --- the notes view ---


def test_a_lost_race_for_the_notes_view_is_settled_in_the_same_exchange(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, bo = group.clone(), group.clone()
    add(ana, 1)
    add(bo, 2)
    plain, others = sync.receive, [bo]

    def raced(*args: Any, **named: Any) -> notes.Refreshed:  # noqa: ANN401
        refreshed = plain(*args, **named)
        if others:
            exchange(others.pop())
        return refreshed

    monkeypatch.setattr(sync, "receive", raced)

    assert not exchange(ana).sent.notes_behind
    exchange(bo)
    group.assert_agreed(1, 2)


def test_a_view_that_was_changed_by_hand_elsewhere_is_put_right(group: Group) -> None:
    ana, bo = group.clone(), group.clone()
    add(ana, 1)
    exchange(ana)
    exchange(bo)
    bo.git("notes", "--ref=prov", "add", "-f", "-m", "by hand", "HEAD")
    bo.git("push", "-q", "origin", NOTES)

    exchange(ana)
    exchange(bo)

    group.assert_agreed(1)
    assert "by hand" not in ana.git("notes", "--ref=prov", "show")


def test_two_remotes_come_to_one_view(group: Group, tmp_path: Path) -> None:
    ana, bo = group.clone(), group.clone()
    backup = RepoBuilder.init(tmp_path / "backup.git", bare=True)
    for clone, number in ((ana, 1), (bo, 2)):
        clone.git("remote", "add", "backup", backup.path)
        add(clone, number)
    exchange(ana)
    exchange(bo, "backup")

    for _ in range(2):
        for clone in (ana, bo):
            for remote in ("origin", "backup"):
                assert not exchange(clone, remote).sent.notes_behind

    group.assert_agreed(1, 2)
    assert backup.refs(NOTES) == group.hub.refs(NOTES)


def test_views_that_say_the_same_by_different_commits_on_two_remotes_are_made_one(group: Group, tmp_path: Path) -> None:
    ana, bo = group.clone(), group.clone()
    backup = RepoBuilder.init(tmp_path / "backup.git", bare=True)
    bo.git("remote", "add", "backup", backup.path)
    ana.git("remote", "add", "backup", backup.path)
    add(ana, 1)
    add(bo, 2)
    exchange(ana)
    exchange(bo, "backup")
    ana.git("fetch", "-q", "backup", "+refs/prov/log/*:refs/prov/remotes/backup/log/*")
    bo.git("fetch", "-q", "origin", "+refs/prov/log/*:refs/prov/remotes/origin/log/*")
    send(ana)
    send(bo, "backup")
    assert group.hub.git("rev-parse", f"{NOTES}^{{tree}}") == backup.git("rev-parse", f"{NOTES}^{{tree}}")
    assert group.hub.refs(NOTES) != backup.refs(NOTES)

    for remote in ("origin", "backup", "origin"):
        assert not exchange(ana, remote).sent.notes_behind

    assert group.hub.refs(NOTES) == backup.refs(NOTES) == ana.refs(NOTES)


def test_a_view_that_a_plain_fetch_moves_to_and_fro_loses_nothing(group: Group) -> None:
    ana, bo = group.clone(), group.clone()
    bo.git("config", "--add", "remote.origin.fetch", "+refs/notes/*:refs/notes/*")
    for number in range(3):
        add(ana, 2 * number)
        add(bo, 2 * number + 1)
        exchange(ana)
        bo.git("fetch", "-q")
        assert exchange(bo).problems == []
    exchange(ana)

    group.assert_agreed(*range(6))


def test_nothing_of_an_exchange_needs_the_state_directory_to_be_there(group: Group) -> None:
    ana, bo = group.clone(), group.clone()
    add(ana, 1)
    exchange(ana)
    exchange(bo)
    shutil.rmtree(os.path.join(bo.path, ".git/prov"))

    exchange(bo)

    group.assert_agreed(1)
