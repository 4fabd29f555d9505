"""Every way to name a run."""

from pathlib import Path

import pytest

from gitprov.api.reading import everything
from gitprov.api.resolve import resolve
from gitprov.api.spelling import recorded_path
from gitprov.errors import NotFound
from support.records import append, opened, record_id, run_record
from support.repo import RepoBuilder
from support.templates import RepoMaker

ONE, TWO, THREE = (record_id(number) for number in (1, 2, 3))


def named(path: Path, text: str) -> list[tuple[str, str]]:
    """The ids that a name leads to, each with how it belongs to the commit that was named."""
    with opened(path) as session:
        return [(match.stored.id, match.standing) for match in resolve(session, everything(session), text)]


def refusal(path: Path, text: str) -> NotFound:
    with pytest.raises(NotFound) as caught:
        named(path, text)
    return caught.value


@pytest.fixture
def three(repo: RepoBuilder) -> RepoBuilder:
    """A repository with three runs: on the first commit, uncommitted on it, and on the second."""
    first = repo.head
    second = repo.commit("second", {"train.py": "2"})
    trees = {oid: repo.git("rev-parse", f"{oid}^{{tree}}") for oid in (first, second)}
    append(
        repo.path,
        run_record(1, code={"commit": first, "tree": trees[first]}, output=[{"path": "results/model.json"}]),
        run_record(2, code={"commit": "7" * 40, "tree": trees[second], "base": first}, output=[{"path": "plots"}]),
        run_record(3, code={"commit": second, "tree": trees[second]}, output=[{"path": "results/model.json"}]),
    )
    return repo


def test_an_id_and_its_abbreviations_name_a_run(three: RepoBuilder) -> None:
    assert named(three.path, ONE) == [(ONE, "")]
    assert named(three.path, ONE[:7]) == named(three.path, ONE[:4]) == [(ONE, "")]


def test_the_newest_run_and_those_before_it_are_named_as_git_names_commits(three: RepoBuilder) -> None:
    assert [named(three.path, name)[0][0] for name in ("@", "@~0", "@~", "@~1", "@~2")] == [THREE, THREE, TWO, TWO, ONE]


def test_a_commit_names_its_runs_the_exact_ones_first_uncommitted_work_last(three: RepoBuilder) -> None:
    assert named(three.path, "HEAD") == [(THREE, "exact"), (TWO, "same-tree")]
    assert named(three.path, "main~1") == [(ONE, "exact"), (TWO, "uncommitted")]
    assert named(three.path, three.head[:8]) == named(three.path, "HEAD")


def test_a_commit_that_only_records_know_names_its_runs_too(three: RepoBuilder) -> None:
    assert named(three.path, "7777777") == [(TWO, "exact"), (THREE, "same-tree")]


def test_a_file_names_the_newest_run_that_made_it(three: RepoBuilder) -> None:
    assert named(three.path, "results/model.json") == [(THREE, "")]
    assert named(three.path, "./results/model.json") == [(THREE, "")]
    assert named(three.path, str(three.path / "results" / "model.json")) == [(THREE, "")]
    assert named(three.path, "plots/loss/curve.svg") == [(TWO, "")]  # in a directory that a run made


def test_a_file_is_named_from_where_the_person_stands(three: RepoBuilder) -> None:
    below = three.path / "results"
    below.mkdir()
    assert named(below, "model.json") == [(THREE, "")]
    assert named(below, "../plots") == [(TWO, "")]


def test_a_path_is_spelled_as_records_spell_it(repo: RepoBuilder, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repo.path, target_is_directory=True)
    with opened(repo.path) as session:
        assert recorded_path(session, "a/./b/../c") == "a/c"
        assert recorded_path(session, "../outside") == str(repo.path.parent / "outside")
        assert recorded_path(session, str(tmp_path / "link" / "a")) == "a"
        assert recorded_path(session, "caf\udce9") == '"caf\\351"'


def test_an_ambiguous_abbreviation_lists_what_it_could_mean(repo: RepoBuilder) -> None:
    append(repo.path, *(run_record(number, id=f"abcd{number:028x}") for number in range(10)))
    error = refusal(repo.path, "abcd")
    assert "abcd is short for 10 records" in error.message
    assert "abcd000000000000 2026-01-02T00:00:00Z ok" in error.message
    assert "and 2 more" in error.message
    assert "more of its digits" in error.hint


def test_an_abbreviation_of_less_than_four_digits_names_nothing(three: RepoBuilder) -> None:
    assert f"{ONE[:3]} is no run, commit or output" in refusal(three.path, ONE[:3]).message


def test_what_names_nothing_is_answered_with_what_is_near(three: RepoBuilder) -> None:
    assert refusal(three.path, "result/model.json").hint == "did you mean results/model.json?"
    assert "git prov ls" in refusal(three.path, "fffffff").hint
    assert "no run is known to have made train.py" in refusal(three.path, "train.py").message
    assert "there are only 3 runs" in refusal(three.path, "@~3").message
    for odd in ("", "no\0thing", "no\nthing", "-n", "HEAD^{tree}", "x" * 5000, "caf\udce9", "\x1b[31m"):
        error = refusal(three.path, odd)
        assert "\x1b" not in error.message
        assert len(error.message) < 200


def test_a_commit_without_runs_says_so(three: RepoBuilder) -> None:
    bare = three.commit("nothing ran here", {"x": "y"})
    assert f"no run belongs to commit {bare[:10]}" in refusal(three.path, "HEAD").message


def test_a_record_that_is_no_run_is_not_taken_for_one(three: RepoBuilder) -> None:
    decision = {**run_record(5), "kind": "decision", "text": "we take it"}
    del decision["status"], decision["command"]
    append(three.path, decision)
    assert "is a decision, not a run" in refusal(three.path, record_id(5)).message


def test_without_any_run_the_hint_says_how_to_record_one(repo: RepoBuilder) -> None:
    assert "git prov run" in refusal(repo.path, "@").hint
    assert "git prov run" in refusal(repo.path, "results.json").hint


def test_runs_are_named_in_a_bare_and_in_an_empty_repository(make_repo: RepoMaker) -> None:
    for repo in (make_repo("hub", bare=True), make_repo("new", empty=True)):
        append(repo.path, run_record(1, output=[{"path": "a/b"}]))
        assert named(repo.path, "@") == named(repo.path, "a/b") == [(ONE, "")]
        assert "is no run" in refusal(repo.path, "HEAD").message
