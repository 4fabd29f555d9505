"""The views say what the union of records says, at the cost of what is new, with the result of a rebuild."""

import json
import os
import random
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from gitprov.api.session import Session
from gitprov.model.results import Problem
from gitprov.records import manifests, notes, union, writer
from gitprov.records.change import Change, attempt
from gitprov.records.layout import NOTES, SUMMARY
from gitprov.records.notes import Refreshed
from gitprov.records.shown import SHOWN
from gitprov.records.writer import Addition
from support.records import BY, append, record_id, run_record, session_in
from support.repo import ObjectFormat, RepoBuilder
from support.templates import RepoMaker

THEIRS = "refs/prov/remotes/origin/log/bo"


@pytest.fixture(params=["sha1", "sha256"])
def either(request: pytest.FixtureRequest, make_repo: RepoMaker) -> RepoBuilder:
    object_format: ObjectFormat = request.param
    return make_repo(object_format=object_format)


def run_on(repo: RepoBuilder, number: int, rev: str = "HEAD", **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    commit, tree = repo.git("rev-parse", rev), repo.git("rev-parse", f"{rev}^{{tree}}")
    return run_record(number, code={"commit": commit, "tree": tree}, **fields)


def refresh(repo: RepoBuilder) -> Refreshed:
    session = session_in(repo.path)
    return notes.refresh(session.repo, session.state)


def store(repo: RepoBuilder, *records: dict[str, Any]) -> Refreshed:
    """Write records and their place in the views in one change, as a run does."""
    session = session_in(repo.path)

    def both(change: Change) -> Refreshed:
        commits = writer.add(change, writer.writer_id(session.state), Addition(records=records))
        return notes.bring_up(change, session.state, fresh=commits)

    return attempt(session.repo, session.state, both)


def manifest(repo: RepoBuilder, rev: str = "HEAD") -> dict[str, Any]:
    return tomllib.loads(repo.git("notes", "--ref=prov", "show", rev))


def lines(repo: RepoBuilder, rev: str = "HEAD") -> list[str]:
    """What plain `git log` shows below a commit."""
    shown = repo.git("-c", "notes.displayRef=refs/prov/view/*", "log", "-1", "--format=%N", rev)
    return [line for line in shown.splitlines() if line]


def views(repo: RepoBuilder) -> tuple[str, list[str]]:
    """All that both views hold."""
    rows = repo.git("ls-tree", "-r", SUMMARY).splitlines() if repo.refs(SUMMARY) else []
    tree = repo.git("rev-parse", f"{NOTES}^{{tree}}") if repo.refs(NOTES) else ""
    return tree, [row for row in rows if not row.endswith("\tcovered")]


def assert_as_if_built_anew(repo: RepoBuilder) -> None:
    """Fail unless deleting everything that can be made again, and making it, changes nothing."""
    refresh(repo)
    before = views(repo)
    for ref in repo.refs(NOTES, SUMMARY):
        repo.git("update-ref", "-d", ref)
    shutil.rmtree(session_in(repo.path).state.root)
    refresh(repo)
    assert views(repo) == before


# --- what they show ---


def test_a_run_shows_on_its_commit_as_a_manifest_and_as_a_line(either: RepoBuilder) -> None:
    run = run_on(either, 1, metrics={"accuracy": 0.9})

    store(either, run)

    [shown] = manifest(either)["run"]
    assert (shown["id"], shown["code"], shown["metrics"]) == (run["id"], run["code"], run["metrics"])
    assert lines(either) == [f"run {run['id'][:7]} 2026-01-02 00:01:00Z ok: python train.py (accuracy=0.9)"]
    either.fsck()


def test_every_kind_of_record_shows_on_the_commit_it_names(repo: RepoBuilder) -> None:
    decision = {"kind": "decision", "schema": 1, "id": record_id(5), "at": "2026-01-02T03:04:05Z", "by": BY}

    append(repo.path, {**decision, "title": "lr", "text": "use 0.1", "commit": repo.head}, run_on(repo, 1))
    refresh(repo)

    assert manifest(repo).keys() == {"run", "decision"}
    assert len(lines(repo)) == 1


def test_a_record_of_no_commit_or_of_one_in_another_format_shows_nowhere_and_stops_nothing(either: RepoBuilder) -> None:
    strange = "1" * (40 if len(either.head) == 64 else 64)
    append(
        either.path,
        run_record(1),
        run_record(2, code={"commit": strange, "base": strange}),
        run_record(3, code=None, metrics={}),
        run_record(4, code={"commit": None, "tree": None, "base": None}),
        run_on(either, 5, seconds=None, exit=None),
    )

    refresh(either)

    assert [run["id"] for run in manifest(either)["run"]] == [record_id(5)]
    assert_as_if_built_anew(either)


def test_a_commit_that_is_not_here_has_its_note_all_the_same(repo: RepoBuilder) -> None:
    append(repo.path, run_record(1, code={"commit": "1" * 40}))

    refresh(repo)

    assert "1" * 40 in repo.git("notes", "--ref=prov", "list")


def test_a_run_on_uncommitted_changes_shows_on_the_commit_they_were_made_on(repo: RepoBuilder) -> None:
    snapshot = repo.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "snapshot")
    store(repo, run_on(repo, 1, snapshot) | {"code": {"commit": snapshot, "tree": "2" * 40, "base": repo.head}})

    assert lines(repo)[0].endswith("(uncommitted changes)")


def test_a_run_whose_snapshot_failed_still_shows_on_the_commit_it_was_based_on(repo: RepoBuilder) -> None:
    store(repo, run_record(1, code={"base": repo.head}))

    assert lines(repo)[0].endswith("(uncommitted changes)")


def test_uncommitted_work_that_is_committed_shows_its_runs_as_of_the_same_tree(repo: RepoBuilder) -> None:
    repo.write("new", "1")
    repo.git("add", "new")
    tree = repo.git("write-tree")
    snapshot = repo.git("commit-tree", tree, "-p", "HEAD", "-m", "snapshot")
    run = run_record(1, code={"commit": snapshot, "tree": tree, "base": repo.head})
    store(repo, run)

    repo.commit("the same work")
    assert lines(repo) == []
    refresh(repo)

    assert [line.endswith("(same tree)") for line in lines(repo)] == [True]
    assert lines(repo, "HEAD~1")[0].endswith("(uncommitted changes)")
    assert_as_if_built_anew(repo)


def test_an_amended_commit_shows_the_runs_of_its_tree(repo: RepoBuilder) -> None:
    store(repo, run_on(repo, 1))
    repo.git("commit", "-q", "--amend", "-m", "better words")

    refresh(repo)

    assert [line.endswith("(same tree)") for line in lines(repo)] == [True]


def test_an_older_commit_with_the_tree_of_a_new_run_shows_it_once_somebody_reads(repo: RepoBuilder) -> None:
    first = repo.head
    repo.commit("other", {"train.py": "other"})
    repo.git("revert", "--no-edit", "HEAD")
    store(repo, run_on(repo, 1))

    refresh(repo)

    assert [line.endswith("(same tree)") for line in lines(repo, first)] == [True]
    assert_as_if_built_anew(repo)


def test_many_runs_of_one_tree_are_as_many_however_often_views_are_brought_up(repo: RepoBuilder) -> None:
    for number in range(0, 3 * SHOWN, 5):
        store(repo, *(run_on(repo, number + step) for step in range(5)))
        repo.git("commit", "-q", "--amend", "-m", str(number))
        refresh(repo)

    before = lines(repo)
    assert len(before) == SHOWN + 1
    shutil.rmtree(session_in(repo.path).state.root)
    refresh(repo)
    assert lines(repo) == before


# --- what it costs ---


def test_where_nothing_is_new_nothing_is_written(repo: RepoBuilder) -> None:
    assert refresh(repo) == Refreshed(False, [])
    store(repo, run_on(repo, 1))
    refresh(repo)
    before = repo.refs(), repo.git("count-objects"), repo.git("reflog", "show", NOTES)

    assert refresh(repo) == Refreshed(False, [])

    assert (repo.refs(), repo.git("count-objects"), repo.git("reflog", "show", NOTES)) == before


def test_new_records_alone_are_read(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    append(repo.path, *(run_on(repo, number) for number in range(10)))
    refresh(repo)
    loaded: list[list[str]] = []
    plain = union.load

    def watched(at: Any, commits: Any, own: Any = frozenset()) -> union.Union:  # noqa: ANN401
        loaded.append(list(commits))
        return plain(at, loaded[-1], own)

    monkeypatch.setattr(union, "load", watched)
    append(repo.path, run_on(repo, 11))

    refresh(repo)
    store(repo, run_on(repo, 12))

    assert [len(commits) for commits in loaded] == [1]
    assert [run["id"] for run in manifest(repo)["run"]] == [record_id(number) for number in (*range(10), 11, 12)]


def test_what_a_killed_run_left_unshown_is_shown_by_the_next_run(repo: RepoBuilder) -> None:
    store(repo, run_on(repo, 1))
    append(repo.path, run_on(repo, 2))  # and then it was killed

    store(repo, run_on(repo, 3))

    assert [run["id"] for run in manifest(repo)["run"]] == [record_id(number) for number in (1, 2, 3)]
    assert len(lines(repo)) == 3


def test_a_heavy_note_waits_until_more_has_come_or_somebody_reads(
    repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifests, "_HEAVY", 2000)
    written = set()
    for number in range(60):
        store(repo, run_on(repo, number))
        written.add(repo.refs(NOTES)[NOTES])
        assert len(lines(repo)) == min(number + 1, SHOWN + 1)
    assert 10 < len(written) < 45

    refresh(repo)

    assert len(manifest(repo)["run"]) == 60
    assert_as_if_built_anew(repo)


# --- the same as a rebuild ---


@pytest.mark.parametrize("seed", range(4))
def test_step_by_step_gives_what_a_rebuild_gives(either: RepoBuilder, seed: int) -> None:
    chance = random.Random(seed)
    commits = [either.head] + [either.commit(str(number), {"f": str(number // 2)}) for number in range(40)]
    fetched: list[dict[str, Any]] = []
    for number in range(25):
        runs = [run_on(either, 10 * number + step, chance.choice(commits)) for step in range(chance.randint(1, 3))]
        match chance.randrange(5):
            case 0:
                append(either.path, *runs)
            case 1:
                either.git("checkout", "-q", chance.choice(commits))
                store(either, *runs)
            case 2:
                fetched += runs
                log_of_bo(either, *fetched)
                refresh(either)
            case 3:
                refresh(either)
                store(either, *runs)
            case 4:
                store(either, *runs)
    either.git("checkout", "-q", "main")

    assert_as_if_built_anew(either)


def log_of_bo(repo: RepoBuilder, *records: dict[str, Any], ref: str = THEIRS) -> str:
    """Let a fetched log hold exactly these records, and return its tip."""
    session = session_in(repo.path)
    change = Change(session.repo)
    change.remove(f"refs/prov/log/{'bo'}")
    writer.add(change, "bo", Addition(records=records))
    tip = change.tip("refs/prov/log/bo")
    change.objects.store(session.repo.git)
    change.close()
    repo.git("update-ref", ref, tip)
    return tip


@pytest.mark.parametrize("content", ["", "torn", "1 2\n", "\xff\n", "- - run\n" * 3])
def test_a_list_of_trees_that_is_damaged_or_gone_is_made_again(repo: RepoBuilder, content: str) -> None:
    store(repo, run_on(repo, 1))
    path = Path(session_in(repo.path).state.trees)
    whole = path.read_text()
    path.write_bytes(content.encode("latin-1") + whole.encode() + whole[:30].encode())
    repo.git("commit", "-q", "--amend", "-m", "again")
    refresh(repo)

    path.unlink()
    refresh(repo)

    assert path.read_text() == whole
    assert len(lines(repo)) == 1


def test_the_post_hooks_find_a_runs_tree_in_the_list(repo: RepoBuilder) -> None:
    store(repo, run_on(repo, 1))

    listed = Path(session_in(repo.path).state.trees).read_text()

    assert listed.startswith(repo.git("rev-parse", "HEAD^{tree}") + " " + repo.head)


# --- what others did to them ---


def kept(repo: RepoBuilder) -> dict[str, str]:
    return repo.refs("refs/prov/kept")


@pytest.mark.parametrize("how", ["edit", "append", "remove", "another commit", "ref"])
def test_what_somebody_wrote_by_hand_is_set_aside_reported_and_not_used(repo: RepoBuilder, how: str) -> None:
    other = repo.commit("other")
    store(repo, run_on(repo, 1), run_on(repo, 2, "HEAD~1"))
    before = views(repo)
    match how:
        case "edit":
            repo.git("notes", "--ref=prov", "add", "-f", "-m", "mine", "HEAD")
        case "append":
            repo.git("notes", "--ref=prov", "append", "-m", "[[run]]\nid = 5", "HEAD")
        case "remove":
            repo.git("notes", "--ref=prov", "remove", "HEAD")
        case "another commit":
            repo.git("notes", "--ref=prov", "add", "-m", "mine", repo.git("rev-parse", "HEAD:train.py"))
        case "ref":
            repo.git("update-ref", NOTES, other)
    by_hand = repo.refs(NOTES)[NOTES]

    refreshed = refresh(repo)

    name = f"refs/prov/kept/notes/{by_hand[:16]}"
    assert refreshed.problems == [Problem(NOTES, f"was changed by hand; what it held is kept at {name}", "")]
    assert kept(repo) == {name: by_hand}
    assert views(repo) == before
    assert by_hand in repo.git("rev-list", NOTES)
    assert refresh(repo) == Refreshed(False, [])


def test_a_view_that_a_fetch_put_in_place_of_ours_is_no_work_of_hands(repo: RepoBuilder, make_repo: RepoMaker) -> None:
    other = make_repo("other")
    store(repo, run_on(repo, 1))
    store(other, run_on(other, 2))
    repo.git("fetch", "-q", other.path, f"+{NOTES}:{NOTES}")

    assert refresh(repo).problems == []
    assert [run["id"] for run in manifest(repo)["run"]] == [record_id(1)]
    assert kept(repo) == {}


def test_a_fetched_log_that_went_back_is_kept_and_reported_once(repo: RepoBuilder) -> None:
    long = log_of_bo(repo, run_on(repo, 1), run_on(repo, 2))
    refresh(repo)
    log_of_bo(repo, run_on(repo, 1))

    refreshed = refresh(repo)

    name = f"refs/prov/kept/log/bo/{long[:16]}"
    assert refreshed.problems == [Problem(THEIRS, f"went back or was rewritten; what it held is kept at {name}", "")]
    assert kept(repo) == {name: long}
    assert len(manifest(repo)["run"]) == 2
    assert refresh(repo) == Refreshed(False, [])
    assert_as_if_built_anew(repo)


def test_a_fetched_log_that_was_rewritten_is_kept_beside_the_new_one(repo: RepoBuilder) -> None:
    old = log_of_bo(repo, run_on(repo, 1), run_on(repo, 2))
    refresh(repo)
    log_of_bo(repo, run_on(repo, 3))

    assert len(refresh(repo).problems) == 1
    assert list(kept(repo).values()) == [old]
    assert len(manifest(repo)["run"]) == 3


def test_logs_that_vanished_are_kept_unless_another_log_has_what_they_held(repo: RepoBuilder) -> None:
    tip = log_of_bo(repo, run_on(repo, 1))
    repo.git("update-ref", "refs/prov/remotes/up/log/bo", tip)
    refresh(repo)
    repo.git("update-ref", "-d", THEIRS)
    assert refresh(repo).problems == []
    assert kept(repo) == {}

    repo.git("update-ref", "-d", "refs/prov/remotes/up/log/bo")

    assert [problem.reason.partition(";")[0] for problem in refresh(repo).problems] == ["was removed"]
    assert list(kept(repo).values()) == [tip]
    assert len(manifest(repo)["run"]) == 1


def test_our_own_log_that_was_moved_back_by_hand_is_kept_too(repo: RepoBuilder) -> None:
    store(repo, run_on(repo, 1))
    store(repo, run_on(repo, 2))
    [(ref, tip)] = repo.refs("refs/prov/log").items()
    repo.git("update-ref", ref, f"{tip}~")

    store(repo, run_on(repo, 3))

    assert list(kept(repo).values()) == [tip]
    assert len(manifest(repo)["run"]) == 3


def test_many_logs_that_went_back_at_once_are_all_kept(repo: RepoBuilder) -> None:
    for number in range(60):
        log_of_bo(repo, run_on(repo, number), ref=f"{THEIRS}{number}")
    refresh(repo)
    for ref in repo.refs("refs/prov/remotes"):
        repo.git("update-ref", "-d", ref)

    assert len(refresh(repo).problems) == 60
    assert len(kept(repo)) == 60


def test_what_was_set_aside_can_be_removed_by_a_person(repo: RepoBuilder) -> None:
    log_of_bo(repo, run_on(repo, 1))
    refresh(repo)
    repo.git("update-ref", "-d", THEIRS)
    refresh(repo)
    for ref in kept(repo):
        repo.git("update-ref", "-d", ref)

    assert refresh(repo).problems == []
    assert kept(repo) == {}
    assert repo.git("notes", "--ref=prov", "list") == ""


# --- hostile records ---


def test_a_foreign_record_with_the_id_of_ours_does_not_take_its_place(repo: RepoBuilder) -> None:
    other = repo.commit("other", {"other": "1"})
    repo.commit("third", {"third": "1"})
    store(repo, run_on(repo, 1, message="ours"))
    for number, rev in enumerate((other, f"{other}~")):
        log_of_bo(repo, run_on(repo, 1, rev, message="theirs"), ref=f"{THEIRS}{number}")
        refresh(repo)

    assert [run["message"] for run in manifest(repo)["run"]] == ["ours"]
    assert lines(repo, other) == lines(repo, f"{other}~") == []
    assert_as_if_built_anew(repo)


def test_records_that_break_a_rule_are_left_out_of_the_views(repo: RepoBuilder) -> None:
    log_of_bo(repo, run_on(repo, 1), run_on(repo, 2, cwd="../up"), run_on(repo, 3, command=["\x1b[31m"]))

    refresh(repo)

    assert [run["id"] for run in manifest(repo)["run"]] == [record_id(1)]
    assert len(lines(repo)) == 1


# --- killed programs ---


@pytest.mark.parametrize("ref", [NOTES, SUMMARY])
def test_the_lock_of_a_view_that_a_killed_git_left_behind_is_taken_away(repo: RepoBuilder, ref: str) -> None:
    lock = repo.path / ".git" / f"{ref}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.touch()
    os.utime(lock, (1_000_000_000, 1_000_000_000))

    store(repo, run_on(repo, 1))

    assert not lock.exists()
    assert len(lines(repo)) == len(manifest(repo)["run"]) == 1


@pytest.mark.parametrize("goes_back", [False, True])
def test_a_log_that_is_not_whole_does_not_stop_the_others(repo: RepoBuilder, goes_back: bool) -> None:
    tip = log_of_bo(repo, run_on(repo, 1), run_on(repo, 2))
    store(repo, run_on(repo, 3))
    refresh(repo)
    first = repo.git("rev-parse", f"{tip}~")
    (repo.path / ".git/objects" / first[:2] / first[2:]).unlink()
    if goes_back:
        log_of_bo(repo, run_on(repo, 4))

    store(repo, run_on(repo, 5))
    refresh(repo)

    shown = {run["id"] for run in manifest(repo)["run"]}
    assert shown >= {record_id(3), record_id(5)}
    assert (record_id(4) in shown) == goes_back


def test_a_view_whose_object_is_gone_is_built_anew(repo: RepoBuilder) -> None:
    store(repo, run_on(repo, 1))
    before = views(repo)
    for oid in repo.refs(NOTES, SUMMARY).values():
        (repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()

    refresh(repo)

    assert views(repo) == before
    repo.git("reflog", "expire", "--expire=all", "--all")  # it still names the object that is gone, unless made anew
    repo.fsck()


def test_a_state_of_another_version_is_built_anew(repo: RepoBuilder) -> None:
    store(repo, run_on(repo, 1))
    before = views(repo)
    old = json.dumps({"version": 0, "logs": {}})
    blob = repo.git("hash-object", "-w", "--stdin", stdin=old)
    tree = repo.git("mktree", stdin=f"100644 blob {blob}\tcovered\n")
    repo.git("update-ref", SUMMARY, tree)

    refresh(repo)

    assert views(repo) == before


# --- head ---


def test_without_a_commit_there_is_nothing_to_show_on_and_nothing_fails(make_repo: RepoMaker) -> None:
    empty = make_repo(empty=True)
    session: Session = session_in(empty.path)

    append(empty.path, run_record(1))

    assert notes.refresh(session.repo, session.state).moved
    assert [stored.id for stored in union.read(session.repo).stored] == [record_id(1)]


def test_linked_worktrees_share_the_views(repo: RepoBuilder) -> None:
    linked = repo.worktree(repo.path.parent / "linked", "side")
    linked.commit("there")
    store(linked, run_on(linked, 1))
    store(repo, run_on(repo, 2))
    refresh(linked)

    assert len(lines(linked)) == len(lines(repo)) == 2
    assert_as_if_built_anew(linked)
