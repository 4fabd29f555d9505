"""`git log` for programs and for people, whatever its arguments are."""

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from gitprov.errors import GitFailed
from gitprov.gitrepo.formats import adapt
from gitprov.gitrepo.log import Annotated, about, annotated, walk
from gitprov.gitrepo.repo import Repo
from support.records import session_in
from support.repo import ObjectFormat, RepoBuilder
from support.templates import RepoMaker


def opened(repo: RepoBuilder, cwd: Path | None = None) -> Repo:
    return session_in(cwd or repo.path).repo


def printed(repo: Repo, args: Sequence[str], notes: Mapping[str, str]) -> str:
    adapted = adapt(args, repo.config)
    indented = {oid: adapted.indent(text) for oid, text in notes.items()}
    log = Annotated(adapted.args, indented, "" if adapted.alone else "Runs:", adapted.alone, config=adapted.config)
    return b"".join(annotated(repo, log)).decode()


@pytest.fixture
def merged(repo: RepoBuilder) -> RepoBuilder:
    """A history with a side branch, merged."""
    repo.commit("two", {"a.py": "1", "docs/x.md": "1"})
    repo.branch("side", "HEAD~1")
    repo.commit("three", {"b.py": "1"})
    repo.git("switch", "-q", "main")
    repo.git("merge", "-q", "--no-edit", "-m", "merge", "side")
    return repo


ARGUMENTS: list[list[str]] = [
    [],
    ["-n", "2"],
    ["-2", "--oneline"],
    ["--graph", "--all", "--decorate"],
    ["--format=%s", "HEAD~1"],
    ["--pretty=raw", "-p"],
    ["--stat", "--reverse"],
    ["--name-status", "-z", "side..main"],
    ["side...main", "--left-right"],
    ["--author=Ana", "--since=2020-01-01", "-n", "3", "HEAD"],
    ["--author", "Nobody"],
    ["--first-parent", "main", "--", "a.py"],
    ["--", "docs"],
    ["a.py"],
    ["-n", "1", "a.py", "docs"],
    ["--oneline", "HEAD", "docs/x.md"],
    ["--follow", "a.py"],
    ["-L1,1:a.py"],
    ["-S1", "--", "a.py"],
    ["--merges", "--parents"],
    ["-g", "--date=iso"],
    ["--no-walk", "side", "main"],
    ["--color=always", "--graph", "--show-signature"],
    ["--end-of-options", "main", "--", "a.py"],
]


@pytest.mark.parametrize("args", ARGUMENTS, ids=" ".join)
def test_the_commits_are_those_that_git_log_shows(merged: RepoBuilder, args: list[str]) -> None:
    place = args.index("--end-of-options") if "--end-of-options" in args else 0
    # git itself, with the format where it certainly may stand and wins over one that the person asked for
    asked = [arg for arg in args if not arg.startswith(("--format", "--pretty", "--oneline", "--graph", "-p"))]
    quiet = [] if "--name-status" in args else ["-s"]  # some gits do not take both
    told = merged.git("log", *asked[:place], *quiet, "--no-show-signature", "--format=tformat:%H %T", *asked[place:])
    expected = [line.split(" ") for line in told.replace("\0", "\n").splitlines() if len(line) == 81]

    found = walk(opened(merged), args)

    assert [list(commit) for commit in found] == list(map(list, dict.fromkeys(map(tuple, expected))))
    assert found or "Nobody" in args


def test_a_limit_ends_the_walk_early(merged: RepoBuilder) -> None:
    assert [commit.oid for commit in walk(opened(merged), [], limit=1)] == [merged.head]


@pytest.mark.parametrize("args", [["nowhere"], ["--nonsense"], ["HEAD", "nowhere.py"], ["a..b", "--", "x"]])
def test_what_git_refuses_is_refused_in_its_words(repo: RepoBuilder, args: list[str]) -> None:
    with pytest.raises(GitFailed) as caught:
        walk(opened(repo), args)
    assert caught.value.stderr
    assert caught.value.message.startswith("git log: ")


def test_without_a_commit_git_says_so(make_repo: RepoMaker) -> None:
    with pytest.raises(GitFailed, match="does not have any commits yet"):
        walk(opened(make_repo(empty=True)), [])


def test_paths_are_meant_from_where_the_person_stands(merged: RepoBuilder) -> None:
    assert len(walk(opened(merged, merged.path / "docs"), ["--", "x.md"])) == 1


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("bare", [False, True])
def test_notes_stand_below_their_commits_and_nothing_is_left_behind(
    make_repo: RepoMaker, tmp_path: Path, object_format: ObjectFormat, bare: bool
) -> None:
    repo = make_repo(object_format=object_format)
    head = repo.head
    if bare:
        repo = repo.clone(tmp_path / "bare.git", "--bare")
    before = repo.git("count-objects", "-v"), repo.refs()

    said = printed(opened(repo), [], {head: "run 1\nrun 2\n"})

    assert said.endswith("\n    first\n\nRuns:\n    run 1\n    run 2\n")
    assert (repo.git("count-objects", "-v"), repo.refs()) == before


def test_notes_stand_inside_the_lines_of_a_graph(merged: RepoBuilder) -> None:
    side = merged.git("rev-parse", "side")
    said = printed(opened(merged), ["--graph", "--format=%s"], {side: "run 1\n", merged.head: "run 2\n"})
    assert said.splitlines()[:4] == ["*   merge", "|\\      run 2", "| | ", "| * three"]
    said = printed(opened(merged), ["--graph", "--oneline", "--no-decorate"], {merged.head: "run 2\n"})
    assert said.splitlines()[1:3] == ["|\\", "| |     run 2"]


def test_every_format_shows_the_notes_in_its_own_way(merged: RepoBuilder) -> None:
    repo, notes = opened(merged), {merged.head: "run 1\n"}
    short = merged.git("rev-parse", "--short", "HEAD")
    assert printed(repo, ["--oneline", "-n", "1"], notes) == f"{short} merge\n    run 1\n\n"
    assert printed(repo, ["--format=%h %s", "-n", "1"], notes) == f"{short} merge\n    run 1\n\n"
    assert printed(repo, ["--format=%s%n[%N]", "-n", "1"], notes) == "merge\n[    run 1\n]\n"
    assert printed(repo, ["--format=100%% %s", "-n", "1"], notes) == "100% merge\n    run 1\n\n"
    assert "\n\nRuns:\n    run 1\n" in printed(repo, ["--pretty=fuller", "-n", "1"], notes)
    assert "\n\nRuns:\n    run 1\n\ndiff --git" in printed(repo, ["-p", "-m", "-n", "1"], notes)
    assert "run 1" not in printed(repo, ["--no-notes", "-n", "1"], notes)


def test_a_format_from_the_configuration_shows_them_too(merged: RepoBuilder) -> None:
    merged.git("config", "pretty.mine", "format:<%s>")
    merged.git("config", "format.pretty", "mine")
    assert printed(opened(merged), ["-n", "1"], {merged.head: "run 1\n"}).startswith("<merge>\n    run 1\n")
    merged.git("config", "format.pretty", "oneline")
    assert printed(opened(merged), ["-n", "1"], {merged.head: "run 1\n"}).endswith(" merge\n    run 1\n\n")


def test_the_persons_own_notes_are_shown_as_git_shows_them(merged: RepoBuilder) -> None:
    merged.git("notes", "add", "-m", "my own")
    merged.git("notes", "--ref=review", "add", "-m", "reviewed")
    merged.git("config", "notes.displayRef", "refs/notes/review")
    merged.git("config", "--add", "notes.displayRef", "refs/prov/view/*")
    repo, notes = opened(merged), {merged.head: "run 1\n"}

    said = b"".join(
        annotated(repo, Annotated(["-n", "1"], notes, "Runs:", alone=False, hidden=["refs/prov/view/*"]))
    ).decode()

    assert said.split("\n\n")[2:] == ["Notes:\n    my own", "Notes (review):\n    reviewed", "Runs:\n    run 1\n"]
    # a format that shows no notes by itself shows ours alone
    assert "my own" not in printed(repo, ["--oneline", "-n", "1"], notes)


def test_a_reader_that_leaves_early_leaves_no_git_and_no_files_behind(
    merged: RepoBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "with:colon"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with contextlib.closing(
        annotated(opened(merged), Annotated([], {merged.head: "run 1\n"}, "Runs:", alone=False))
    ) as lines:
        assert next(lines).startswith(b"commit ")
        assert list(scratch.iterdir())
    assert not list(scratch.iterdir())


def test_what_is_known_of_commits_is_told_and_what_is_not_here_is_left_out(merged: RepoBuilder) -> None:
    merged.git("tag", "v1")
    merged.git("update-ref", "refs/prov/code/x", "HEAD")
    found = about(opened(merged), [merged.head, "1" * 40, merged.git("rev-parse", "HEAD~1")])
    assert {oid: told.subject for oid, told in found.items()} == {
        merged.head: "merge",
        merged.git("rev-parse", "HEAD~1"): "two",
    }
    assert set(found[merged.head].refs) == {"main", "v1"}
    assert about(opened(merged), []) == {}
    assert "1" * 40 not in about(opened(merged), ["1" * 40])
