from pathlib import Path
from typing import Any

import pytest

from gitprov.api.show import show
from gitprov.errors import NotFound
from gitprov.model.answers import Shown
from support.records import append, opened, record_id, run_record
from support.repo import RepoBuilder
from support.templates import RepoMaker


def shown(path: Path, name: str) -> Shown:
    with opened(path) as session:
        return show(session, name)


def other(number: int, kind: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    envelope = {name: run_record(number)[name] for name in ("schema", "id", "at", "by")}
    return {"kind": kind, **envelope, **fields}


def test_a_run_is_one_record_and_what_git_knows_of_its_commit(repo: RepoBuilder) -> None:
    repo.git("tag", "v1")
    append(repo.path, run_record(1, code={"commit": repo.head}), run_record(2))

    answer = shown(repo.path, record_id(1)[:7])

    assert [record["id"] for record in answer.records] == [record_id(1)]
    assert answer.commits == []
    assert answer.about[repo.head].subject == "first"
    assert set(answer.about[repo.head].refs) == {"main", "v1"}


def test_a_commit_is_its_runs_and_every_other_record_that_names_it(repo: RepoBuilder) -> None:
    old, new = repo.head, repo.commit("second", {"a": "1"})
    tree = repo.git("rev-parse", "HEAD^{tree}")
    append(
        repo.path,
        run_record(1, code={"commit": new, "tree": tree}),
        run_record(2, code={"commit": "7" * 40, "tree": tree, "base": old}),
        run_record(3, code={"commit": "8" * 40, "tree": "9" * 40, "base": new}),
        run_record(4),
        other(5, "decision", text="we take it", commit=new),
        other(6, "decision", text="elsewhere", commit=old),
        other(7, "link", how="amend", pair=[{"old": "6" * 40, "new": new}]),
    )

    answer = shown(repo.path, "HEAD")

    assert [record["id"] for record in answer.records] == [record_id(number) for number in (1, 2, 3, 5, 7)]
    (commit,) = answer.commits
    assert [(run.id, run.grade) for run in commit.runs] == [(record_id(1), "exact"), (record_id(2), "same-tree")]
    assert commit.uncommitted == (record_id(3),)
    assert set(answer.about) == {old, new}  # what is not here is left out


def test_a_record_of_any_kind_is_shown_by_its_id(repo: RepoBuilder) -> None:
    append(repo.path, other(5, "question", text="why?"))
    assert [record["text"] for record in shown(repo.path, record_id(5)[:8]).records] == ["why?"]


def test_a_commit_that_nothing_belongs_to_is_no_error(repo: RepoBuilder) -> None:
    answer = shown(repo.path, "HEAD")
    assert answer.records == []
    assert answer.notes == [f"no record belongs to commit {repo.head[:10]}"]
    with pytest.raises(NotFound):
        shown(repo.path, "nothing")


def test_commits_of_records_are_looked_up_in_every_object_format(make_repo: RepoMaker) -> None:
    repo = make_repo(object_format="sha256")
    append(
        repo.path, run_record(1, code={"commit": repo.head, "base": "1" * 64}), run_record(2, code={"commit": "2" * 40})
    )
    assert list(shown(repo.path, record_id(1)).about) == [repo.head]
    assert shown(repo.path, record_id(2)).about == {}


def test_uncommitted_changes_that_a_commit_took_in_lead_there(repo: RepoBuilder) -> None:
    base, taken = repo.head, repo.commit("taken in", {"a": "1"})
    later = repo.commit("later, the same again", {"b": "1"})
    repo.git("revert", "--no-edit", later)
    code = {"commit": "7" * 40, "tree": repo.git("rev-parse", f"{taken}^{{tree}}"), "base": base}
    append(repo.path, run_record(1, code=code), run_record(2, code={**code, "tree": "8" * 40}))

    answer = shown(repo.path, record_id(1))

    assert answer.committed == {record_id(1): taken}
    assert answer.about[taken].subject == "taken in"
    assert shown(repo.path, record_id(2)).committed == {}


def test_before_the_first_commit_a_run_is_shown_all_the_same(make_repo: RepoMaker) -> None:
    repo = make_repo(empty=True)
    append(repo.path, run_record(1, code={"commit": "7" * 40, "tree": "8" * 40, "base": "9" * 40}))
    assert shown(repo.path, "@").committed == {}
