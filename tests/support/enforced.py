"""The same change held against the same rules in three ways: git's own hooks, pre-commit, and CI in a shallow clone."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from support.program import Outcome, git_prov, run_program
from support.repo import RepoBuilder

DEPTH: Final = 20
ROOT: Final = Path(__file__).parents[2]
RECORDS: Final = tuple(f"+refs/prov/{kind}/*:refs/prov/remotes/origin/{kind}/*" for kind in ("log", "data"))
"""What a checkout in CI leaves out."""
_SAID: Final = re.compile(r"^([a-z-]+) \((warn|block)\)$", re.MULTILINE)
_STAGES: Final = ("pre-commit", "pre-merge-commit", "commit-msg", "pre-push")

Verdict = tuple[bool, frozenset[tuple[str, str]]]
"""Whether it is stopped, and the rules that spoke with their levels."""
Act = Callable[[RepoBuilder, tuple[str, ...]], Outcome]
"""What a person does, with further options for git: `--no-verify`."""


class Enforced(NamedTuple):
    """A repository whose hooks ask the rules, and the hub that it is pushed to."""

    repo: RepoBuilder
    hub: RepoBuilder

    @classmethod
    def make(cls, where: Path) -> "Enforced":
        """Make both, with a first commit."""
        repo = RepoBuilder.init(where / "repo")
        repo.commit("first", {"README.md": "# A project\n", "train.py": "print('trained')\n", ".gitignore": ".venv\n"})
        return cls(repo, repo.bare_remote(where / "hub.git"))

    def copy(self, where: Path) -> "Enforced":
        """Copy both to an empty place."""
        copies = []
        for one in self:
            shutil.copytree(one.path, where / one.path.name, symlinks=True)
            copies.append(RepoBuilder(where / one.path.name, one.clock))
        repo, hub = copies
        repo.git("remote", "set-url", "origin", hub.path)
        return Enforced(repo, hub)

    def hold(self, policy: str) -> str:
        """Let these rules be what the hub's branch `main` has, and return their commit."""
        self.repo.write(".gitprov.toml", policy)
        self.repo.git("add", ".gitprov.toml")
        self.repo.git("commit", "-q", "--no-verify", "-m", "rules")
        self.repo.git("push", "-q", "--no-verify", "origin", "main")
        return self.repo.head


def verdict(done: Outcome) -> Verdict:
    """Return what hooks said of what a person did."""
    return done.status != 0, frozenset(_SAID.findall(done.stdout + done.stderr))


def by_hooks(repo: RepoBuilder, act: Act) -> Verdict:
    """Do something, and do it all the same where hooks stop it; return what they said."""
    done = act(repo, ())
    found = verdict(done)
    if done.status:
        forced = act(repo, ("--no-verify",))
        assert forced.status == 0, (done, forced)
    return found


def by_ci(made: Enforced, base: str, where: Path, repo: RepoBuilder | None = None) -> Verdict:
    """Push what HEAD has, and judge it in a fresh shallow clone, as CI does."""
    (repo or made.repo).git(
        "push", "-q", "--no-verify", "origin", "HEAD:refs/heads/topic", "refs/prov/log/*:refs/prov/log/*"
    )
    clone = made.hub.clone(where, "--depth", str(DEPTH), "--branch", "topic")
    for records in RECORDS:
        clone.git("config", "--add", "remote.origin.fetch", records)
    clone.git("fetch", "-q", "--no-tags", "origin", *RECORDS)
    done = git_prov("check", "--ci", "--range", f"{base}..HEAD", "--branch", "main", "--json", cwd=where)
    assert done.status in (0, 1), done
    found = json.loads(done.stdout)["findings"]
    return done.status == 1, frozenset((one["rule"], one["level"]) for one in found)


def use_pre_commit(repo: RepoBuilder) -> None:
    """Let pre-commit run the hooks of `.pre-commit-hooks.yaml` with the git-prov that is on PATH."""
    manifest: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    hooks = [{**hook, "language": "system"} for hook in manifest if hook["id"] != "git-prov-doctor"]
    for hook in hooks:
        hook["verbose"] = True  # what passes with a warning is shown
    repo.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}))
    repo.git("add", ".pre-commit-config.yaml")
    repo.git("commit", "-q", "--no-verify", "-m", "hooks")
    stages = (word for stage in _STAGES for word in ("-t", stage))
    done = run_program("pre-commit", "install", *stages, cwd=repo.path)
    assert done.status == 0, done
