"""Which runs `ls` lists, in which order, with which columns."""

from pathlib import Path

import pytest

from gitprov.api.ls import LsOptions, ls
from gitprov.errors import NotFound, UsageError
from gitprov.model.answers import Listing
from support.records import append, opened, record_id, run_record
from support.repo import RepoBuilder


def listed(path: Path, *words: str, sort: str = "", columns: str = "", limit: int | None = None) -> Listing:
    with opened(path) as session:
        return ls(session, LsOptions(words, sort, columns, limit))


def numbers(listing: Listing) -> list[int]:
    by_id = {record_id(number): number for number in range(20)}
    return [by_id[run["id"]] for run in listing.runs]


@pytest.fixture
def history(repo: RepoBuilder) -> RepoBuilder:
    """Three commits after the first, a run on each of the first two, one uncommitted on the second."""
    one, two = repo.commit("one", {"a": "1"}), repo.commit("two", {"a": "2"})
    repo.commit("three", {"a": "3"})
    trees = {oid: repo.git("rev-parse", f"{oid}^{{tree}}") for oid in (one, two)}
    common = {"command": ["python", "train.py"]}
    append(
        repo.path,
        run_record(
            1, **common, code={"commit": one, "tree": trees[one]}, metrics={"acc": 0.5, "n": 3}, tags=["x", "y"]
        ),
        run_record(2, **common, code={"commit": two, "tree": trees[two]}, metrics={"acc": 0.9, "n": 3}),
        run_record(
            3, **common, code={"commit": "8" * 40, "tree": "9" * 40, "base": two}, metrics={"acc": "NaN", "n": 3}
        ),
        run_record(4, **common, status="failed"),
    )
    return repo


def test_runs_are_listed_newest_first_as_their_records_are(history: RepoBuilder) -> None:
    listing = listed(history.path)
    assert numbers(listing) == [4, 3, 2, 1]
    assert listing.runs[3]["metrics"] == {"acc": 0.5, "n": 3}
    assert listing.problems == []
    assert listing.notes == []


def test_a_query_chooses_and_n_limits_what_was_chosen(history: RepoBuilder) -> None:
    assert numbers(listed(history.path, "metrics.acc >= 0.5")) == [2, 1]
    assert numbers(listed(history.path, "metrics.acc", limit=2)) == [3, 2]
    assert numbers(listed(history.path, limit=0)) == []
    # words that a shell has taken apart are one query
    assert numbers(listed(history.path, "status", "==", "'failed'")) == [4]


def test_a_range_chooses_the_runs_on_its_commits_uncommitted_ones_too(history: RepoBuilder) -> None:
    assert numbers(listed(history.path, "HEAD~2..HEAD")) == [3, 2]
    assert numbers(listed(history.path, "HEAD~3..HEAD~2")) == [1]
    assert numbers(listed(history.path, "HEAD~2..")) == [3, 2]
    assert numbers(listed(history.path, "HEAD..HEAD")) == []


def test_a_range_chooses_runs_that_had_the_tree_of_one_of_its_commits(history: RepoBuilder) -> None:
    history.commit("back to one", {"a": "1"})
    assert numbers(listed(history.path, "HEAD~1..HEAD")) == [1]


def test_query_and_range_go_together_in_any_order(history: RepoBuilder) -> None:
    assert numbers(listed(history.path, "HEAD~3..", "metrics.acc > 0.6")) == [2]
    assert numbers(listed(history.path, "metrics.acc > 0.6", "HEAD~3..")) == [2]


def test_a_single_commit_or_run_names_its_runs(history: RepoBuilder) -> None:
    assert numbers(listed(history.path, "HEAD~1")) == [3, 2]
    assert numbers(listed(history.path, history.git("rev-parse", "--short=10", "HEAD~2"))) == [1]
    assert numbers(listed(history.path, record_id(4)[:7])) == [4]


def test_a_field_sorts_both_ways_and_runs_without_a_number_stand_last(history: RepoBuilder) -> None:
    assert numbers(listed(history.path, sort="metrics.acc")) == [1, 2, 4, 3]
    assert numbers(listed(history.path, sort="-metrics.acc")) == [2, 1, 4, 3]
    assert numbers(listed(history.path, sort="at")) == [1, 2, 3, 4]


def test_the_columns_are_what_tells_the_runs_apart(history: RepoBuilder) -> None:
    listing = listed(history.path)
    # not every run has `n`, so it tells runs apart; among those that have it, it does not
    assert listing.columns == ("id", "at", "status", "commit", "command", "metrics.acc", "metrics.n", "tag")
    assert listed(history.path, "metrics.acc").columns == (
        "id",
        "at",
        "status",
        "commit",
        "command",
        "metrics.acc",
        "tag",
    )
    assert listing.rows[3][5:] == (0.5, 3, ["x", "y"])
    assert listing.rows[0][5:] == (None, None, None)
    assert not listing.chosen


def test_columns_are_those_that_were_asked_for(history: RepoBuilder) -> None:
    listing = listed(history.path, columns="id, metrics.'acc',tag,code", limit=1)
    assert listing.columns == ("id", "metrics.acc", "tag", "code")
    assert listing.chosen


def test_a_field_that_no_run_can_have_is_refused_with_the_nearest(history: RepoBuilder) -> None:
    for asked in ({"sort": "acc"}, {"columns": "id,acc"}):
        with pytest.raises(UsageError, match="no field 'acc'") as caught:
            listed(history.path, **asked)  # type: ignore[arg-type]
        assert caught.value.hint == "did you mean metrics.acc?"
    with pytest.raises(UsageError, match="no field ''"):
        listed(history.path, columns="id,,status")


def test_a_metric_that_no_run_has_is_pointed_out(history: RepoBuilder) -> None:
    listing = listed(history.path, "metrics.ac > 0.5")
    assert listing.runs == []
    assert listing.notes == ["no run has metrics.ac; did you mean metrics.acc?"]


def test_what_is_no_range_is_named(history: RepoBuilder) -> None:
    with pytest.raises(NotFound, match=r"nowhere\.\.HEAD is no range"):
        listed(history.path, "nowhere..HEAD")
    with pytest.raises(UsageError, match="more than one range"):
        listed(history.path, "a..b", "c..d")
    with pytest.raises(NotFound, match="nowhere is no run"):
        listed(history.path, "nowhere")
    # never an option to git
    with pytest.raises(NotFound):
        listed(history.path, "--output=x..y")
    assert not (history.path / "x..y").exists()


def test_without_any_run_the_person_hears_how_to_record_one(repo: RepoBuilder) -> None:
    listing = listed(repo.path, "metrics.acc > 0.5")
    assert listing.runs == []
    assert "git prov run" in listing.notes[0]
