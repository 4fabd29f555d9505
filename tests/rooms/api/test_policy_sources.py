"""Where a policy is read from: what stands there, in the index, and in a commit are three things."""

from pathlib import Path

import pytest

from gitprov.api.policy.loading import INDEX, WORKTREE, PolicyError, load, policy
from gitprov.errors import ConfigError, GitFailed
from gitprov.gitrepo.repo import Repo
from support.records import session_in
from support.repo import RepoBuilder
from support.templates import RepoMaker

FILE = ".gitprov.toml"


def rule(level: str) -> str:
    return f'[rules.clean-tree]\nlevel = "{level}"\n'


def levels(repo: Repo, source: str = WORKTREE, index_file: str = "") -> list[str]:
    return [str(one.level) for _, one in policy(repo, source, index_file=index_file).rules()]


def repo_in(path: Path) -> Repo:
    return session_in(path).repo


def test_working_tree_index_and_commit_are_told_apart(repo: RepoBuilder) -> None:
    repo.commit("policy", {FILE: rule("off")})
    repo.write(FILE, rule("warn"))
    repo.git("add", FILE)
    repo.write(FILE, rule("block"))
    opened = repo_in(repo.path)

    assert levels(opened) == ["block"]
    assert levels(opened, INDEX) == ["warn"]
    assert levels(opened, "HEAD") == []
    assert load(opened, INDEX).file == f":{FILE}"
    assert load(opened, "HEAD").file == f"HEAD:{FILE}"


def test_a_file_that_is_not_added_is_no_policy_of_the_index(repo: RepoBuilder) -> None:
    repo.write(FILE, rule("block"))
    assert levels(repo_in(repo.path), INDEX) == []


def test_from_below_the_top_the_same_files_are_read(repo: RepoBuilder) -> None:
    repo.commit("policy", {FILE: rule("block"), "below/a": "", f"below/{FILE}": rule("warn")})
    below = repo_in(repo.path / "below")

    assert [levels(below), levels(below, INDEX), levels(below, "HEAD")] == [["block"]] * 3


def test_the_index_that_git_means_is_read(repo: RepoBuilder) -> None:
    repo.write(FILE, rule("block"))
    repo.git("add", FILE, env={"GIT_INDEX_FILE": ".git/other"})
    opened = repo_in(repo.path)

    assert levels(opened, INDEX) == []
    assert levels(opened, INDEX, str(repo.path / ".git/other")) == ["block"]


def test_in_a_merge_that_stands_open_our_own_policy_holds(repo: RepoBuilder) -> None:
    repo.commit("policy", {FILE: rule("off")})
    repo.git("branch", "theirs")
    repo.commit("ours", {FILE: rule("block")})
    repo.git("checkout", "-q", "theirs")
    repo.commit("theirs", {FILE: rule("warn")})
    repo.git("checkout", "-q", "-")
    with pytest.raises(AssertionError, match="status 1"):
        repo.git("merge", "theirs")

    assert levels(repo_in(repo.path), INDEX) == ["block"]


def test_pyproject_serves_where_there_is_no_file_of_its_own(repo: RepoBuilder) -> None:
    repo.commit(
        "policy", {"pyproject.toml": '[project]\nname = "x"\n[tool]\ngitprov.rules.clean-tree.level = "block"\n'}
    )
    opened = repo_in(repo.path)
    assert [levels(opened, source) for source in (WORKTREE, INDEX, "HEAD")] == [["block"]] * 3

    repo.write(FILE, "")
    assert levels(opened) == []


def test_a_pyproject_of_somebody_else_is_not_even_parsed(repo: RepoBuilder) -> None:
    repo.write("pyproject.toml", '[project]\ndependencies = ["gitprov"]\nthis is no TOML\n')
    assert levels(repo_in(repo.path)) == []


def test_tool_gitprov_that_is_no_table_is_refused(repo: RepoBuilder) -> None:
    repo.write("pyproject.toml", "[tool]\ngitprov = 5\n")
    with pytest.raises(PolicyError, match=r"pyproject.toml:2: tool.gitprov is not a table: 5"):
        policy(repo_in(repo.path))


def test_a_bare_repository_has_the_policy_of_its_head_and_an_empty_one_none(
    make_repo: RepoMaker, repo: RepoBuilder
) -> None:
    repo.commit("policy", {FILE: rule("block")})
    bare = make_repo("bare", bare=True)
    assert levels(repo_in(bare.path)) == []

    repo.git("push", "-q", bare.path, "HEAD:refs/heads/main")
    bare.git("symbolic-ref", "HEAD", "refs/heads/main")
    assert levels(repo_in(bare.path)) == ["block"]


def test_a_revision_that_is_not_there_is_git_s_to_refuse(repo: RepoBuilder) -> None:
    for revision in ("nothing", "--help"):
        with pytest.raises(GitFailed):
            policy(repo_in(repo.path), revision)


@pytest.mark.parametrize("source", [INDEX, "HEAD"])
def test_in_git_a_directory_or_a_huge_file_is_no_policy(repo: RepoBuilder, source: str) -> None:
    repo.commit("huge", {FILE: "#" * (2 << 20)})
    with pytest.raises(ConfigError, match="more than 1 MiB"):
        policy(repo_in(repo.path), source)
    repo.commit("a very long key", {FILE: "a" + ".a" * 100_000 + " = 1"})
    with pytest.raises(ConfigError, match="more than 100 parts"):
        policy(repo_in(repo.path), source)
    repo.git("rm", "-q", FILE)
    repo.commit("directory", {f"{FILE}/inside": ""})
    if source == "HEAD":
        with pytest.raises(ConfigError, match="is not a file"):
            policy(repo_in(repo.path), source)
    else:
        assert levels(repo_in(repo.path), source) == []


def test_what_rules_refer_to_comes_with_the_policy(repo: RepoBuilder) -> None:
    repo.write(
        FILE,
        '[data.classes.secret]\npaths = ["raw/"]\n[rules.data-classes]\nclasses = ["secret"]\n'
        '[people]\n"@ana" = "ana@x.org"\n"@org/team" = ["a@x.org", "b@x.org"]\n[retention.raw]\nkeep = "10 years"\n',
    )
    loaded = load(repo_in(repo.path))
    held = loaded.shared.policy

    assert held.people == {"@ana": ("ana@x.org",), "@org/team": ("a@x.org", "b@x.org")}
    assert held.classes["secret"].paths == ("raw/",)
    assert loaded.shared.retention["raw"].days == 3652
    assert loaded.line(("rules", "data-classes", "classes")) == 4
