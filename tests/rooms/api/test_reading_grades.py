"""Which runs speak for which commits, in real repositories that are rewritten in every way."""

from pathlib import Path
from typing import Any

import pytest

from gitprov.api.reading import everything, grader
from gitprov.artifacts.hashing import digest_bytes
from gitprov.gitrepo.blobs import listing
from gitprov.gitrepo.log import walk
from gitprov.gitrepo.patch import PatchId
from gitprov.model.answers import CommitRuns
from gitprov.records import writer
from gitprov.records.writer import Addition
from support.records import append, opened, record_id, run_record
from support.repo import ObjectFormat, RepoBuilder
from support.templates import RepoMaker


def tree(repo: RepoBuilder, commit: str) -> str:
    return repo.git("rev-parse", f"{commit}^{{tree}}")


def on(repo: RepoBuilder, commit: str, **code: str) -> dict[str, Any]:
    return {"commit": commit, "tree": tree(repo, commit), **code}


def grades(path: Path, *args: str) -> dict[str, dict[str, str]]:
    """The grade of each run, by commit and run, for the commits that `git log` with `args` shows."""
    answers = answered(path, *args)
    return {answer.commit: {run.id: run.grade for run in answer.runs} for answer in answers}


def answered(path: Path, *args: str) -> list[CommitRuns]:
    with opened(path) as session:
        return grader(session, everything(session)).grade(walk(session.repo, args))


def patch_id(repo: RepoBuilder, commit: str, tmp_path: Path) -> str:
    with opened(repo.path) as session:
        found = PatchId(session.repo, commit, str(tmp_path / "no-cache")).result()
    assert found
    return found


def link(number: int, *pairs: tuple[str, str]) -> dict[str, Any]:
    return {
        **{name: run_record(number)[name] for name in ("schema", "at", "by")},
        "kind": "link",
        "id": record_id(1000 + number),
        "how": "rebase",
        "pair": [{"old": old, "new": new} for old, new in pairs],
    }


RUN = record_id(1)


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_a_run_speaks_for_its_own_commit_and_for_those_with_the_same_tree(
    make_repo: RepoMaker, object_format: ObjectFormat
) -> None:
    repo = make_repo(object_format=object_format)
    first = repo.commit("one", {"train.py": "1"})
    second = repo.commit("two", {"train.py": "2"})
    back = repo.commit("back", {"train.py": "1"})
    append(repo.path, run_record(1, code=on(repo, first)))

    assert grades(repo.path) == {
        back: {RUN: "same-tree"},
        second: {},
        first: {RUN: "exact"},
        repo.git("rev-parse", f"{first}~"): {},
    }


def test_a_dirty_run_speaks_for_the_commit_that_took_its_changes_in_not_for_the_one_below(repo: RepoBuilder) -> None:
    base = repo.head
    committed = repo.commit("taken in", {"train.py": "better"})
    snapshot = repo.git("commit-tree", "-p", base, "-m", "snapshot", tree(repo, committed))
    append(repo.path, run_record(1, code=on(repo, snapshot, base=base)))

    above, below = answered(repo.path)

    assert [(run.id, run.grade) for run in above.runs] == [(RUN, "same-tree")]
    assert above.uncommitted == ()
    assert below.runs == ()
    assert below.uncommitted == (RUN,)


def test_a_run_speaks_for_commits_in_which_every_file_it_read_is_the_same(repo: RepoBuilder) -> None:
    first = repo.commit("one", {"src/train.py": "1", "odd\nname": "x", "README.md": "a"})
    readme = repo.commit("only the readme", {"README.md": "b"})
    moved = repo.commit("the code too", {"src/train.py": "2"})
    read = {path: repo.git("rev-parse", f"{first}:{path}") for path in ("src/train.py", "odd\nname")}
    inputs = [{"path": path, "digest": f"git:{blob}", "how": "traced"} for path, blob in read.items()]
    files = digest_bytes(listing({path.encode(): blob for path, blob in read.items()}))
    append(
        repo.path,
        run_record(1, code=on(repo, first, files=files), input=inputs),
        # one that names only some of the same set, one whose set nobody names, one that says nothing of it
        run_record(2, code=on(repo, first, files=files), input=inputs[:1]),
        run_record(3, code=on(repo, first, files="b3:" + "0" * 64), input=inputs),
        run_record(4, code=on(repo, first), input=inputs),
    )

    found = grades(repo.path, "-n", "3")

    assert found[readme] == {record_id(2): "same-code", RUN: "same-code"}
    assert found[moved] == {}
    assert found[first] == dict.fromkeys(map(record_id, (1, 2, 3, 4)), "exact")


def test_a_run_is_linked_through_every_rewrite_even_where_links_go_in_circles(repo: RepoBuilder) -> None:
    old, middle, new = (repo.commit(str(step), {"train.py": str(step)}) for step in range(3))
    append(repo.path, run_record(1, code=on(repo, old)), link(2, (old, middle)), link(3, (middle, new), (new, middle)))

    found = grades(repo.path, "-n", "3")

    assert found == {new: {RUN: "linked"}, middle: {RUN: "linked"}, old: {RUN: "exact"}}


def test_a_cherry_picked_commit_has_the_runs_of_its_patch(repo: RepoBuilder, tmp_path: Path) -> None:
    repo.branch("topic")
    picked = repo.commit("idea", {"idea.py": "1"})
    append(repo.path, run_record(1, code=on(repo, picked, patch_id=patch_id(repo, picked, tmp_path))))
    repo.git("switch", "-q", "main")
    repo.commit("meanwhile", {"other.py": "1"})
    repo.git("cherry-pick", picked)

    assert grades(repo.path, "-n", "2", "main")[repo.head] == {RUN: "same-patch"}
    # the answer is the same from the cache
    assert grades(repo.path, "-n", "2", "main")[repo.head] == {RUN: "same-patch"}


def test_patches_are_not_worked_out_where_content_already_attaches_every_run(repo: RepoBuilder, tmp_path: Path) -> None:
    first = repo.commit("one", {"a": "1"})
    append(repo.path, run_record(1, code=on(repo, first, patch_id=patch_id(repo, first, tmp_path))))

    grades(repo.path)

    assert not (repo.path / ".git/prov/cache/patch-ids").exists()


def test_in_a_partial_clone_nothing_is_fetched_to_find_a_patch(repo: RepoBuilder, tmp_path: Path) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    first = repo.commit("one", {"a": "1"})
    clone = repo.clone(tmp_path / "partial", "--filter=blob:none", "--no-checkout")
    append(clone.path, run_record(1, code={"commit": "1" * 40, "patch_id": patch_id(repo, first, tmp_path)}))

    assert grades(clone.path)[first] == {}
    assert "?" in clone.git("rev-list", "--objects", "--missing=print", "HEAD")


def test_the_strongest_grade_holds_and_strong_ones_stand_before_weak_ones_the_newest_first(repo: RepoBuilder) -> None:
    old = repo.commit("old", {"a": "1"})
    new = repo.commit("new", {"a": "1", "b": "2"})
    append(
        repo.path,
        link(9, (old, new)),
        run_record(1, code=on(repo, new)),
        run_record(2, code={"commit": "9" * 40, "tree": tree(repo, new)}),
        run_record(3, code=on(repo, old)),
        run_record(4, code=on(repo, new)),
    )

    (answer,) = answered(repo.path, "-n", "1")

    assert [(run.id, run.grade) for run in answer.runs] == [
        (record_id(4), "exact"),
        (record_id(1), "exact"),
        (record_id(2), "same-tree"),
        (record_id(3), "linked"),
    ]


def test_the_files_of_a_run_are_read_from_the_listing_that_is_kept_for_them(repo: RepoBuilder) -> None:
    first = repo.commit("one", {"src/train.py": "1", "src/model.py": "1", "README.md": "a"})
    readme = repo.commit("only the readme", {"README.md": "b"})
    moved = repo.commit("the code too", {"src/model.py": "2"})
    read = {path.encode(): repo.git("rev-parse", f"{first}:{path}") for path in ("src/train.py", "src/model.py")}
    content = listing(read)
    files = digest_bytes(content)
    forged = digest_bytes(b"another")
    with opened(repo.path) as session:
        records = [
            run_record(1, code=on(repo, first, files=files)),
            run_record(2, code=on(repo, first, files=forged)),
        ]
        # one attachment is not what its digest says
        data = {files: content, forged: content}
        writer.append(session.repo, session.state, Addition(records=records, data=data))

    found = grades(repo.path, "-n", "3")

    assert found[readme] == {RUN: "same-code"}
    assert found[moved] == {}
