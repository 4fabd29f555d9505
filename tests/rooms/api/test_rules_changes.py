"""What is judged: the index whatever its name, merges, amended commits, ranges, pushes, and what is not here."""

from pathlib import Path

import pytest

from gitprov.errors import NotFound, ProvError, UsageError
from support.repo import RepoBuilder
from support.ruled import NEED_RUN, in_ci, made, pushed, staged, verdicts, what, write_rules

NO_RUN = "and no run made it"


@pytest.fixture
def ruled(repo: RepoBuilder) -> RepoBuilder:
    write_rules(repo)
    return repo


def paths(judgement: object) -> list[str]:
    return [path for *_, path in verdicts(judgement)]  # type: ignore[arg-type]


def test_the_index_that_git_hands_to_a_hook_is_the_one_that_counts(ruled: RepoBuilder, tmp_path: Path) -> None:
    other = tmp_path / "index"
    ruled.write("results/auc.json", "0.9")
    ruled.git("read-tree", "HEAD", env={"GIT_INDEX_FILE": str(other)})
    ruled.git("add", ".", env={"GIT_INDEX_FILE": str(other)})

    assert staged(ruled.path).judged == "nothing is staged"
    assert paths(staged(ruled.path, GIT_INDEX_FILE=str(other))) == ["results/auc.json"]


def test_the_policy_is_that_of_the_index(ruled: RepoBuilder, tmp_path: Path) -> None:
    other = tmp_path / "index"
    ruled.write("results/auc.json", "0.9")
    ruled.git("add", ".")
    ruled.write(".gitprov.toml", NEED_RUN.replace("block", "warn"))
    assert staged(ruled.path).blocked

    ruled.git("read-tree", "HEAD", env={"GIT_INDEX_FILE": str(other)})
    ruled.git("add", ".", env={"GIT_INDEX_FILE": str(other)})
    assert not staged(ruled.path, GIT_INDEX_FILE=str(other)).blocked
    assert staged(ruled.path).blocked


def test_a_policy_that_was_never_added_is_pointed_out(repo: RepoBuilder) -> None:
    repo.write(".gitprov.toml", NEED_RUN)
    repo.write("results/auc.json", "0.9")
    repo.git("add", "results")

    judgement = staged(repo.path)

    assert judgement.findings == ()
    assert judgement.notes == (
        ".gitprov.toml is not in what is judged, so its rules do not hold yet: git add .gitprov.toml",
    )


def test_a_linked_worktree_has_an_index_of_its_own(ruled: RepoBuilder, tmp_path: Path) -> None:
    other = ruled.worktree(tmp_path / "other", "topic")
    other.write("results/auc.json", "0.9")
    other.git("add", ".")

    assert paths(staged(other.path)) == ["results/auc.json"]
    assert paths(staged(other.path / "results")) == ["results/auc.json"]
    assert staged(ruled.path).judged == "nothing is staged"


def test_an_amended_commit_is_judged_whole(ruled: RepoBuilder) -> None:
    ruled.commit("unchecked", {"results/auc.json": "0.9"})
    ruled.write("README.md", "more")
    ruled.git("add", ".")

    assert staged(ruled.path).findings == ()
    assert paths(staged(ruled.path, amend=True)) == ["results/auc.json"]


def test_the_first_commit_can_be_amended(repo: RepoBuilder) -> None:
    repo.write(".gitprov.toml", NEED_RUN)
    repo.write("results/auc.json", "0.9")
    repo.git("add", ".")

    assert paths(staged(repo.path, amend=True)) == ["results/auc.json"]


def merged(ruled: RepoBuilder) -> str:
    """Begin a merge in which one result comes from each side and one is in conflict; return where it began."""
    start = ruled.commit("before", {"results/both.json": "0"})
    ruled.branch("topic")
    ruled.commit("theirs", {"results/theirs.json": "1", "results/both.json": "1"})
    ruled.git("switch", "-q", "-")
    ruled.commit("ours", {"results/ours.json": "2", "results/both.json": "2"})
    with pytest.raises(AssertionError, match="status 1"):
        ruled.git("merge", "-q", "topic")
    return start


def test_a_merge_is_not_blamed_for_what_it_merges(ruled: RepoBuilder) -> None:
    merged(ruled)
    ruled.write("results/both.json", "1")
    ruled.git("add", ".")
    assert staged(ruled.path).findings == ()

    ruled.write("results/both.json", "3")
    ruled.git("add", ".")
    assert paths(staged(ruled.path)) == ["results/both.json"]

    ruled.git("commit", "-qm", "merge")
    assert paths(in_ci(ruled.path)) == ["results/both.json"]


def test_a_conflict_that_is_still_open_is_not_judged(ruled: RepoBuilder) -> None:
    merged(ruled)

    assert staged(ruled.path).findings == ()


def test_a_range_is_judged_by_what_comes_of_it(ruled: RepoBuilder) -> None:
    base = ruled.commit("unrelated", {"a": "1"})
    ruled.commit("wrong", {"results/auc.json": "0.9", "results/gone.json": "1"})
    (ruled.path / "results" / "gone.json").unlink()
    ruled.commit("mended", {"results/auc.json": "0.8"})
    made(ruled, "results/auc.json", "0.8")

    judgement = in_ci(ruled.path, f"{base}..HEAD")

    assert judgement.findings == ()
    assert judgement.judged == f"{base}..HEAD, 2 commits, 1 path"


def test_a_range_is_judged_from_where_it_left(ruled: RepoBuilder) -> None:
    main = ruled.git("branch", "--show-current")
    ruled.branch("topic")
    ruled.commit("ours", {"src/a.py": "1"})
    ruled.git("switch", "-q", main)
    ruled.commit("theirs", {"results/auc.json": "0.9"})

    assert in_ci(ruled.path, f"{main}..topic").findings == ()
    assert paths(in_ci(ruled.path, f"topic..{main}")) == ["results/auc.json"]


def test_what_was_made_and_renamed_within_a_range_was_made(ruled: RepoBuilder) -> None:
    base = ruled.head
    made(ruled, "results/auc.json", "0.9")
    ruled.commit("made", {"results/auc.json": "0.9"})
    ruled.git("mv", "results/auc.json", "results/old.json")
    ruled.commit("renamed")

    assert in_ci(ruled.path, f"{base}..").findings == ()


def test_the_newest_commit_is_judged_where_no_range_is_given(ruled: RepoBuilder) -> None:
    ruled.commit("wrong", {"results/auc.json": "0.9"})
    assert paths(in_ci(ruled.path)) == ["results/auc.json"]

    ruled.commit("unrelated", {"a": "1"})
    assert in_ci(ruled.path).findings == ()


def test_a_range_of_nothing_is_in_order(ruled: RepoBuilder) -> None:
    assert in_ci(ruled.path, "HEAD..HEAD").findings == ()


def test_a_range_without_a_common_past_is_all_that_the_other_side_has(ruled: RepoBuilder) -> None:
    main = ruled.git("branch", "--show-current")
    ruled.git("switch", "-q", "--orphan", "other")
    ruled.commit("other", {".gitprov.toml": NEED_RUN, "results/auc.json": "0.9"})

    assert paths(in_ci(ruled.path, f"{main}..other")) == ["results/auc.json"]


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("HEAD", UsageError, "'HEAD' is not a range"),
        ("..HEAD", UsageError, "is not a range"),
        ("nothing..HEAD", NotFound, "nothing is no commit that is here"),
        ("0000000..HEAD", NotFound, "begins at no commit: the branch is new"),
    ],
)
def test_what_is_no_range_says_so(ruled: RepoBuilder, text: str, error: type[ProvError], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        in_ci(ruled.path, text)
    assert caught.value.hint


def test_history_that_was_cut_off_is_an_error_and_no_offence(ruled: RepoBuilder, tmp_path: Path) -> None:
    base = ruled.head
    made(ruled, "results/auc.json", "0.9")
    for number in range(3):
        ruled.commit("more", {"a": str(number)})
    ruled.git("tag", "base", base)
    shallow = ruled.clone(tmp_path / "shallow", "--depth", "1")

    with pytest.raises(NotFound, match="is no commit that is here") as caught:
        in_ci(shallow.path, f"{base}..HEAD")
    assert "git fetch --unshallow" in caught.value.hint

    shallow.git("fetch", "-q", "--depth=1", "origin", "tag", "base")
    with pytest.raises(ProvError, match="is not here") as cut:
        in_ci(shallow.path, "base..HEAD")
    assert "fetch-depth: 0" in cut.value.hint

    with pytest.raises(ProvError, match="the parents of"):
        in_ci(shallow.path)

    shallow.git("fetch", "-q", "--unshallow")
    assert in_ci(shallow.path, f"{base}..HEAD").findings == ()


def test_a_push_is_judged_by_what_the_remote_does_not_have(ruled: RepoBuilder, tmp_path: Path) -> None:
    policy = NEED_RUN + 'stages = ["pre-push"]\n'
    there = ruled.commit("policy", {".gitprov.toml": policy, "results/old.json": "1"})
    ruled.bare_remote(tmp_path / "hub.git")
    branch = ruled.git("branch", "--show-current")
    ruled.git("push", "-q", "origin", branch)
    ruled.commit("new", {"results/auc.json": "0.9"})

    assert paths(pushed(ruled, f"refs/heads/{branch}", there=there)) == ["results/auc.json"]
    assert paths(pushed(ruled, f"refs/heads/{branch}", to="refs/heads/topic")) == ["results/auc.json"]
    assert pushed(ruled, "HEAD~1", to="refs/heads/topic").findings == ()
    assert paths(pushed(ruled, "HEAD", to="refs/heads/x", remote="elsewhere")) == [
        "results/auc.json",
        "results/old.json",
    ]
    assert pushed(ruled, "HEAD", to="refs/prov/log/x").findings == ()


def test_what_a_push_removes_is_not_judged(ruled: RepoBuilder) -> None:
    from gitprov.api.policy import stages
    from support.records import opened

    line = f"(delete) {'0' * 40} refs/heads/topic {ruled.head}\n"
    with opened(ruled.path) as session:
        assert stages.pre_push(session, line, "origin").findings == ()
        with pytest.raises(UsageError, match="not what git gives"):
            stages.pre_push(session, "nonsense\n", "origin")


def test_a_rule_about_branches_is_asked_where_the_change_goes(ruled: RepoBuilder) -> None:
    ruled.commit("rules", {".gitprov.toml": NEED_RUN + 'branches = ["main", "release/*"]\n'})
    ruled.branch("topic")
    ruled.write("results/auc.json", "0.9")
    ruled.git("add", ".")
    assert staged(ruled.path).rules == ()

    ruled.branch("release/1")
    assert staged(ruled.path).blocked

    ruled.git("switch", "-q", "topic")
    ruled.git("commit", "-qm", "results")
    assert not in_ci(ruled.path).blocked
    ruled.git("update-ref", "refs/remotes/origin/main", "main")
    assert in_ci(ruled.path, GITHUB_BASE_REF="main").blocked
    assert in_ci(ruled.path, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main").blocked
    ruled.git("switch", "-q", "--detach")
    assert in_ci(ruled.path).blocked
    assert not in_ci(ruled.path, GITHUB_REF_NAME="topic").blocked


def test_stages_are_for_hooks_and_ci_asks_all_the_same(ruled: RepoBuilder) -> None:
    ruled.commit("rules", {".gitprov.toml": NEED_RUN + "stages = []\n"})
    ruled.write("results/auc.json", "0.9")
    ruled.git("add", ".")
    assert staged(ruled.path).rules == ()

    ruled.git("commit", "-qm", "results")
    assert [NO_RUN in words for words in what(in_ci(ruled.path))] == [True]
