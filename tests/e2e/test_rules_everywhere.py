"""The same policy gives the same verdict through git's own hooks, through pre-commit, and in CI's shallow clone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gitprov.artifacts.hashing import digest_bytes
from gitprov.gitrepo.blobs import listing
from gitprov.model.policy import Rules
from support.enforced import Act, Enforced, Verdict, by_ci, by_hooks, use_pre_commit
from support.program import Outcome, git_prov, run_program
from support.repo import RepoBuilder
from support.ruled import NEED_RUN, made

pytestmark = pytest.mark.e2e

RULE = '[rules.{name}]\nlevel = "{level}"\npaths = ["results/**"]\n{keys}\n'
RESULT = "results/auc.json"
LEVELS = ("off", "warn", "block")


class Case(NamedTuple):
    """Rules, what is done under them, and what is to be said of it."""

    name: str
    policy: str
    prepare: Callable[[RepoBuilder], Any]
    rules: frozenset[tuple[str, str]] = frozenset()
    act: Act | None = None
    linked: bool = False
    """Whether all is done in a linked worktree."""

    @property
    def verdict(self) -> Verdict:
        """What every way of asking is to come to."""
        return any(level == "block" for _, level in self.rules), self.rules


def commit(repo: RepoBuilder, options: tuple[str, ...]) -> Outcome:
    return run_program("git", "commit", "-q", *options, "-m", "results", cwd=repo.path)


def push(repo: RepoBuilder, options: tuple[str, ...]) -> Outcome:
    return run_program("git", "push", "-q", *options, "origin", "HEAD:main", cwd=repo.path)


def amend(repo: RepoBuilder, options: tuple[str, ...]) -> Outcome:
    return run_program("git", "commit", "-q", "--amend", "-m", "in other words", *options, cwd=repo.path)


def merge(repo: RepoBuilder, options: tuple[str, ...]) -> Outcome:
    return run_program("git", "merge", "-q", "--no-edit", *options, "side", cwd=repo.path)


def unseen(repo: RepoBuilder, message: str = "more") -> None:
    """Commit what is staged past all hooks."""
    repo.git("commit", "-q", "--no-verify", "-m", message)


# --- every rule, at every level ---


def by_hand(repo: RepoBuilder) -> None:
    repo.write(RESULT, "0.9")
    repo.git("add", ".")


def by_run(repo: RepoBuilder, **fields: Any) -> None:  # noqa: ANN401 - any field of a run
    made(repo, RESULT, "0.9", **fields)
    by_hand(repo)


def on_a_snapshot(repo: RepoBuilder) -> None:
    by_run(repo, code={"commit": "1" * 40, "base": repo.head})


def stale(repo: RepoBuilder) -> None:
    blob = repo.git("rev-parse", "HEAD:train.py")
    read = {"path": "train.py", "digest": f"git:{blob}", "how": "traced"}
    by_run(repo, code={"commit": repo.head, "files": digest_bytes(listing({b"train.py": blob}))}, input=[read])
    repo.write("train.py", "print('otherwise')\n")
    repo.git("add", ".")


def committed(prepare: Callable[[RepoBuilder], Any]) -> Callable[[RepoBuilder], None]:
    """What a push, not a commit, is held against."""

    def prepared(repo: RepoBuilder) -> None:
        prepare(repo)
        unseen(repo)

    return prepared


PATIENTS = '[data.classes.patients]\npaths = ["results/**"]\n'
OFFENCES: dict[str, tuple[str, Callable[[RepoBuilder], Any], Act, str]] = {
    "results-need-run": ("", by_hand, commit, ""),
    "required-fields": ('fields = ["seed"]', by_run, commit, ""),
    "clean-tree": ("", on_a_snapshot, commit, ""),
    "locked-environment": ("", by_run, commit, ""),
    "no-stale-results": ("", stale, commit, ""),
    "acceptance": ('criteria = ["auc >= 0.95"]', lambda repo: by_run(repo, metrics={"auc": 0.9}), commit, ""),
    "data-as-pointers": ('max_size = "2 B"', by_hand, commit, ""),
    "needs-replication": ("", committed(by_run), push, ""),
    "needs-review": ("", committed(by_run), push, ""),
    "data-classes": ('classes = ["patients"]', committed(by_hand), push, PATIENTS),
    "signed-records": ("", committed(by_run), push, ""),
    "message-names-run": ("add = false", by_run, commit, ""),
}
"""For each rule its keys, what offends it, what asks it, and what else the policy says."""


def each_rule() -> Iterator[Case]:
    for name, (keys, prepare, act, more) in OFFENCES.items():
        for level in LEVELS:
            policy = RULE.format(name=name, level=level, keys=keys) + more
            said = frozenset({(name, level)} if level != "off" else ())
            yield Case(f"{name}-{level}", policy, prepare, said, act)


# --- what is committed is not what stands in the working tree, nor what stood there before ---


def staged_before_it_was_run(repo: RepoBuilder) -> None:
    by_hand(repo)
    made(repo, RESULT, "0.95")
    repo.write(RESULT, "0.95")


def staged_as_it_was_run(repo: RepoBuilder) -> None:
    by_run(repo)
    repo.write(RESULT, "touched up")
    repo.write("results/later.json", "not staged")


def renamed_within(repo: RepoBuilder) -> None:
    by_hand(repo)
    unseen(repo)
    repo.git("push", "-q", "--no-verify", "origin", "main")
    repo.git("mv", RESULT, "results/area.json")


def renamed_into(repo: RepoBuilder) -> None:
    repo.write("notes.json", "0.9")
    repo.git("add", ".")
    unseen(repo)
    (repo.path / "results").mkdir()
    repo.git("mv", "notes.json", RESULT)


def renamed_from_where_it_was_made(repo: RepoBuilder) -> None:
    made(repo, "out.json", "0.9")
    repo.write("out.json", "0.9")
    repo.git("add", ".")
    unseen(repo)
    (repo.path / "results").mkdir()
    repo.git("mv", "out.json", RESULT)


def branched(repo: RepoBuilder, *, conflicting: bool = False) -> None:
    """Two branches, of which `side` has a result that no run made and that main is not to be blamed for."""
    repo.git("switch", "-q", "-c", "side")
    repo.write(RESULT, "0.9")
    repo.write("train.py", "print('side')\n")
    repo.git("add", ".")
    unseen(repo)
    repo.git("switch", "-q", "main")
    repo.write("train.py" if conflicting else "model.py", "print('main')\n")
    repo.git("add", ".")
    unseen(repo)


def merged_with_a_change(repo: RepoBuilder) -> None:
    """A merge that stops, and is ended with a result that is in neither of its parents."""
    branched(repo, conflicting=True)
    assert merge(repo, ()).status == 1
    repo.write("train.py", "print('both')\n")
    repo.write(RESULT, "0.95")
    repo.git("add", ".")


def merged_as_it_was(repo: RepoBuilder) -> None:
    branched(repo, conflicting=True)
    assert merge(repo, ()).status == 1
    repo.write("train.py", "print('both')\n")
    repo.git("add", ".")


def to_be_mended(repo: RepoBuilder) -> None:
    by_hand(repo)
    unseen(repo)
    made(repo, RESULT, "0.95")
    repo.write(RESULT, "0.95")
    repo.git("add", ".")


def removed(repo: RepoBuilder) -> None:
    by_hand(repo)
    unseen(repo)
    repo.git("push", "-q", "--no-verify", "origin", "main")
    repo.git("rm", "-q", RESULT)


def directory(repo: RepoBuilder) -> None:
    for name in ("a", "b"):
        made(repo, f"results/{name}.json", name)
        repo.write(f"results/{name}.json", name)
    repo.write("results/c.json", "by hand")
    repo.git("add", ".")


def with_its_policy(repo: RepoBuilder) -> None:
    """The policy that comes with a commit is the one it is held against."""
    repo.write(".gitprov.toml", NEED_RUN)
    by_hand(repo)


NEED = frozenset({("results-need-run", "block")})
ELSEWHERE = NEED_RUN + 'branches = ["release/*"]\n'
WARN_AND_BLOCK = NEED_RUN + RULE.format(name="data-as-pointers", level="warn", keys='max_size = "2 B"')
SHAPES = [
    Case("staged-before-it-was-run", NEED_RUN, staged_before_it_was_run, NEED),
    Case("staged-as-it-was-run", NEED_RUN, staged_as_it_was_run),
    Case("renamed-within", NEED_RUN, renamed_within),
    Case("renamed-into", NEED_RUN, renamed_into, NEED),
    Case("renamed-from-where-it-was-made", NEED_RUN, renamed_from_where_it_was_made),
    Case("amended-in-words-alone", NEED_RUN, committed(by_hand), NEED, amend),
    Case("amended-with-what-a-run-made", NEED_RUN, to_be_mended, act=amend),
    Case("merged-and-ended-otherwise", NEED_RUN, merged_with_a_change, NEED),
    Case("in-a-worktree", NEED_RUN, by_hand, NEED, linked=True),
    Case("in-a-worktree-by-a-run", NEED_RUN, by_run, linked=True),
    Case("removed", NEED_RUN, removed),
    Case("one-of-many", NEED_RUN, directory, NEED),
    Case("a-rule-of-other-branches", ELSEWHERE, by_hand),
    Case("with-its-policy", "[capture]\ntrace = 'off'\n", with_its_policy, NEED),
    Case("a-failed-run", NEED_RUN, lambda repo: by_run(repo, status="failed"), NEED),
    Case("two-rules", WARN_AND_BLOCK, by_hand, NEED | {("data-as-pointers", "warn")}),
]
MERGES = [
    Case("merged-by-git", NEED_RUN, branched, act=merge),
    Case("merged-by-hand", NEED_RUN, merged_as_it_was),
]
"""What a merge brings was judged where it was made: CI judges all of the branch, so these are no part of its table."""

CASES = [*each_rule(), *SHAPES]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the repository is kept that all cases copy; the first of them makes it, in its own sealed home."""
    return tmp_path_factory.mktemp("enforced")


@pytest.fixture
def enforced(template: Path, tmp_path: Path) -> Enforced:
    """Return a repository that `git prov init` has set up."""
    if not (template / "repo").exists():
        made = Enforced.make(template)
        assert git_prov("init", "-q", cwd=made.repo.path).status == 0
    return Enforced(RepoBuilder(template / "repo"), RepoBuilder(template / "hub.git")).copy(tmp_path)


def at(case: Case, repo: RepoBuilder) -> RepoBuilder:
    """Return where the case happens, prepared."""
    where = repo.worktree(repo.path.parent / "linked", "linked") if case.linked else repo
    case.prepare(where)
    return where


def base_of(repo: RepoBuilder) -> str:
    """Return what the hub's branch has when a change begins."""
    return repo.git("rev-parse", "refs/remotes/origin/main")


def judged_everywhere(case: Case, enforced: Enforced, clone: Path) -> None:
    enforced.hold(case.policy)
    where = at(case, enforced.repo)
    base = base_of(enforced.repo)

    assert by_hooks(where, case.act or commit) == case.verdict
    assert by_ci(enforced, base, clone, where) == case.verdict


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gits_own_hooks_and_ci_come_to_the_same_verdict(case: Case, enforced: Enforced, tmp_path: Path) -> None:
    judged_everywhere(case, enforced, tmp_path / "clone")


@pytest.mark.parametrize("case", MERGES, ids=lambda case: case.name)
def test_a_merge_is_not_blamed_for_what_it_merges(case: Case, enforced: Enforced) -> None:
    enforced.hold(case.policy)
    case.prepare(enforced.repo)

    assert by_hooks(enforced.repo, case.act or commit) == (False, frozenset())
    assert len(enforced.repo.git("rev-list", "--parents", "-1", "HEAD").split()) == 3


FRAMEWORK = [case for case in CASES if case.name in {
    "results-need-run-warn", "results-need-run-block", "message-names-run-block", "needs-review-block",
    "data-classes-off", "staged-before-it-was-run", "staged-as-it-was-run", "renamed-into", "amended-in-words-alone",
    "merged-and-ended-otherwise", "in-a-worktree",
}]  # fmt: skip


@pytest.mark.parametrize("case", [*FRAMEWORK, MERGES[0]], ids=lambda case: case.name)
def test_pre_commit_comes_to_the_same_verdict(case: Case, tmp_path: Path) -> None:
    enforced = Enforced.make(tmp_path)
    use_pre_commit(enforced.repo)
    enforced.hold(case.policy)

    assert by_hooks(at(case, enforced.repo), case.act or commit) == case.verdict


def test_every_rule_has_its_cases() -> None:
    assert set(OFFENCES) == {info.alias or name for name, info in Rules.model_fields.items()}
    assert len(CASES) >= 40
