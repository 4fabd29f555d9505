"""What a shim may ask git instead of starting Python: never less than the rules are about."""

import pytest

from gitprov.api.policy.calm import NAME, remember
from gitprov.api.policy.matching import may_match
from support.records import session_in
from support.repo import RepoBuilder
from support.ruled import write_rules

RULE = '[rules.results-need-run]\nlevel = "block"\npaths = {paths}\n'
PATHS = ["results/a.json", "results", "a/results/b", "figures/x.png", "model.pt", "sub/model.pt", "README.md", "x y/z"]


def known(repo: RepoBuilder) -> list[str]:
    """Return what was written down for the shim: the policy's blob, and pathspecs."""
    (repo.path / ".git/prov").mkdir(exist_ok=True)
    remember(session_in(repo.path))
    path = repo.path / ".git/prov" / NAME
    return path.read_text().split("\n") if path.exists() else []


@pytest.mark.parametrize(
    "patterns",
    [["results/**"], ["/results/"], ["*.pt"], ["results/"], ["**/model.*"], ["a/*/b", "!a/results/b"], ["fig*/x.png"]],
)
def test_every_path_that_a_rule_may_be_about_is_found_by_git(repo: RepoBuilder, patterns: list[str]) -> None:
    repo.commit("files", {path: "1" for path in PATHS if path != "results"})
    write_rules(repo, RULE.format(paths=patterns))

    blob, words, _ = known(repo)

    assert blob == repo.git("rev-parse", ":.gitprov.toml")
    for path in PATHS:
        found = repo.git("ls-files", "--", *words.split()).splitlines() if words else PATHS
        assert path in found or path == "results" or not may_match(patterns, [path])


@pytest.mark.parametrize(
    "policy",
    [
        RULE.format(paths=["results/**"]) + '[rules.data-as-pointers]\nlevel = "warn"\n',
        RULE.format(paths=["my results/**"]),
        RULE.format(paths=["$(touch x)/*"]),
        RULE.format(paths=["*"]),
        RULE.format(paths=["**/a"]),
        RULE.format(paths=["ergebnisse-für-alle/**"]),
        RULE.format(paths=["!results"]),
        RULE.format(paths=7),
        "rules = 3\n",
        "[rules]\nresults-need-run = 3\n",
        "[rules\n",
        "[capture]\n",
    ],
)
def test_what_git_cannot_be_asked_so_is_left_to_python(repo: RepoBuilder, policy: str) -> None:
    write_rules(repo, policy)

    assert known(repo)[1].strip() in ("", ":/*")


def test_rules_of_other_stages_and_those_that_are_off_concern_no_commit(repo: RepoBuilder) -> None:
    off = '[rules.clean-tree]\nlevel = "off"\n[rules.needs-review]\n[rules.acceptance]\nstages = ["pre-push"]\n'
    write_rules(repo, RULE.format(paths=["results/**"]) + off)

    assert known(repo)[1] == ":/results/*"


def test_nothing_is_written_down_without_a_policy_or_beside_the_main_working_tree(repo: RepoBuilder) -> None:
    assert known(repo) == []
    write_rules(repo)
    linked = repo.worktree(repo.path.parent / "linked", "side")
    remember(session_in(linked.path))

    assert not (repo.path / ".git/prov" / NAME).exists()


def test_another_policy_is_written_down_anew(repo: RepoBuilder) -> None:
    write_rules(repo)
    first = known(repo)
    write_rules(repo, RULE.format(paths=["out/**"]))

    assert known(repo)[1] == ":/out/*"
    assert known(repo)[0] != first[0]
