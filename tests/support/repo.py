"""Repositories on disk, and the git commands that shape them. Always the real git."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from support.clock import FakeClock
from support.program import laid_over

Changes = Mapping[str, str | None]
"""Laid over the sealed environment: a value set, or `None` to take a name out."""

ObjectFormat = Literal["sha1", "sha256"]
RefFormat = Literal["files", "reftable"]


class RepoBuilder:
    """One repository (or worktree of one) at `path`; each commit is `PACE` seconds younger than the one before."""

    PACE = 60

    def __init__(self, path: Path, clock: FakeClock | None = None) -> None:
        self.path = path
        self.clock = clock or FakeClock()

    @classmethod
    def init(
        cls,
        path: Path,
        *,
        object_format: ObjectFormat = "sha1",
        ref_format: RefFormat = "files",
        bare: bool = False,
    ) -> Self:
        """Make an empty repository at `path`, parents included."""
        path.mkdir(parents=True, exist_ok=True)
        repo = cls(path)
        options = [f"--object-format={object_format}"]
        if ref_format != "files":  # the option is younger than some gits this runs on
            options.append(f"--ref-format={ref_format}")
        if bare:
            options.append("--bare")
        repo.git("init", "-q", *options)
        return repo

    # --- git ---

    def git(self, *args: str | Path, stdin: bytes | str = b"", env: Changes | None = None) -> str:
        """Run git here and return what it printed, without the last newline. Fails with git's own words."""
        return self.git_bytes(*args, stdin=stdin, env=env).decode("utf-8", "surrogateescape").removesuffix("\n")

    def git_bytes(self, *args: str | Path, stdin: bytes | str = b"", env: Changes | None = None) -> bytes:
        """Run git here and return the bytes it printed."""
        done = subprocess.run(
            ["git", *args],
            cwd=self.path,
            env=laid_over(os.environ, {**self._dates(), **(env or {})}),
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            words = done.stderr.decode("utf-8", "replace")
            raise AssertionError(f"git {' '.join(map(str, args))}: status {done.returncode}\n{words}")
        return done.stdout

    def _dates(self) -> dict[str, str]:
        moment = self.clock().isoformat()
        return {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}

    # --- shaping it ---

    def write(self, name: str, content: str | bytes = "", *, executable: bool = False) -> Path:
        """Write a file of the working tree, folders included, and return its path."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        if executable:
            file.chmod(file.stat().st_mode | 0o111)
        return file

    def commit(self, message: str = "change", files: Mapping[str, str | bytes] | None = None) -> str:
        """Write `files`, commit all that is in the working tree (or nothing new), return the commit's id."""
        for name, content in (files or {}).items():
            self.write(name, content)
        self.clock.advance(self.PACE)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.head

    def branch(self, name: str, at: str = "HEAD") -> None:
        """Make branch `name` at a commit and switch to it."""
        self.git("switch", "-q", "-c", name, at)

    def worktree(self, path: Path, branch: str) -> Self:
        """Add a linked worktree at `path` on a new branch."""
        self.git("worktree", "add", "-q", "-b", branch, path)
        return type(self)(path, self.clock)

    def clone(self, path: Path, *options: str) -> Self:
        """Clone this repository to `path` with git's own `options`; from a URL, so that `--depth` and filters hold."""
        self.git("clone", "-q", *options, self.path.as_uri(), path)
        return type(self)(path, self.clock)

    def bare_remote(self, path: Path, name: str = "origin") -> Self:
        """Make an empty bare repository of the same object format at `path`, and add it here as remote `name`."""
        sha256 = self.git("rev-parse", "--show-object-format") == "sha256"
        remote = type(self).init(path, object_format="sha256" if sha256 else "sha1", bare=True)
        remote.clock = self.clock
        self.git("remote", "add", name, path)
        return remote

    # --- looking at it ---

    @property
    def head(self) -> str:
        """The id of the commit that HEAD names."""
        return self.git("rev-parse", "HEAD")

    def refs(self, *prefixes: str) -> dict[str, str]:
        """Every ref below `prefixes` (all, where there are none) with the id it names."""
        listed = self.git("for-each-ref", "--format=%(refname) %(objectname)", *prefixes)
        return {ref: oid for line in listed.splitlines() for ref, _, oid in [line.partition(" ")]}

    def fsck(self) -> None:
        """Fail unless git finds every object whole and every ref sound."""
        self.git("fsck", "--strict", "--no-dangling")


def git_makes(ref_format: RefFormat) -> bool:
    """Whether the installed git can make repositories with this ref store."""
    if ref_format == "files":
        return True
    asked = subprocess.run(["git", "init", "-h"], capture_output=True, text=True, check=False)
    return "ref-format" in asked.stdout + asked.stderr
