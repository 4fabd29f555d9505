"""A repository as git finds it from a directory: where its parts are, its configuration, who the person is."""

import contextlib
import os
from collections.abc import Mapping
from functools import cached_property

from gitprov.errors import GitFailed, NotARepository
from gitprov.gitrepo.config import Config
from gitprov.gitrepo.process import Git, text
from gitprov.gitrepo.reader import Reader

MINIMUM_GIT = (2, 31)
"""The oldest git that has all the plumbing used here (`rev-parse --path-format`)."""


_NOT_IN_NAMES = frozenset("<>\n\r\0")  # git drops these from names, and punctuation from their ends


class Repo:
    """A repository of any kind git opens: ordinary, linked worktree, bare, shallow, partial, SHA-256, reftable."""

    def __init__(self, git: Git, layout: "dict[str, str]", config: Config) -> None:
        self.git = git
        self.git_dir = layout["--git-dir"]
        """The git directory of this worktree."""
        self.common_dir = layout["--git-common-dir"]
        """The git directory all linked worktrees share; refs, objects and our own state stand here."""
        self.object_format = layout["--show-object-format"]
        """`sha1` or `sha256`."""
        self.bare = layout["--is-bare-repository"] == "true"
        self.worktree: str | None = layout.get("--show-toplevel")
        """The top directory of the working tree; `None` where there is none."""
        self.prefix = layout["--show-prefix"]
        """Where the user stands below the top: "" or a path that ends in a slash."""
        self.config = config
        self.reader: Reader | None = None
        """The reader of many objects, once `read.bulk` has picked one."""

    @classmethod
    def open(cls, cwd: str, environ: Mapping[str, str]) -> "Repo":
        """The repository that `cwd` is in. Raises `NotARepository` with git's own reason."""
        git = Git(cwd, environ)
        config = git.start("config", "--list", "-z")
        try:
            layout = _layout(git)
        except GitFailed as error:
            config.output(check=False)
            raise NotARepository(error.message.removeprefix("git rev-parse: "), hint=error.hint) from None
        if "GIT_DIR" in git.environ:  # it may be relative to a directory that is not ours later
            git.environ["GIT_DIR"] = layout["--git-dir"]
            if "--show-toplevel" in layout:
                git.environ["GIT_WORK_TREE"] = layout["--show-toplevel"]
        return cls(git, layout, Config.parse(config.output()))

    @cached_property
    def identity(self) -> str:
        """The person, as git writes an author: `Name <email>`; the login where git knows no name."""
        plain = self._configured_identity()
        if plain:
            return plain
        try:
            return self.git.line("var", "GIT_AUTHOR_IDENT").rsplit(" ", 2)[0]
        except GitFailed:
            login = self.git.environ.get("USER") or self.git.environ.get("LOGNAME") or "unknown"
            return f"{login} <{login}@localhost>"

    def _configured_identity(self) -> str:
        """The identity where it is plainly configured; "" where git must be asked how it reads or guesses one."""
        parts = []
        for key in ("name", "email"):
            said = self.git.environ.get(f"GIT_AUTHOR_{key.upper()}")
            value = said or self.config.get(f"author.{key}") or self.config.get(f"user.{key}")
            if not value or not (value[0] + value[-1]).isalnum() or _NOT_IN_NAMES.intersection(value):
                return ""
            parts.append(value)
        return f"{parts[0]} <{parts[1]}>"

    @cached_property
    def git_version(self) -> tuple[int, ...]:
        """The version of the git program, as numbers: `(2, 54, 0)`."""
        return self.git.version()

    @cached_property
    def shallow(self) -> bool:
        """Whether history is cut off here."""
        return os.path.exists(os.path.join(self.common_dir, "shallow"))

    @cached_property
    def is_partial(self) -> bool:
        """Whether objects may be missing here that git would fetch when they are read."""
        promised = any(self.config.flag(f"remote.{name}.promisor", False) for name in self.remotes())
        return promised or bool(self.config.get("extensions.partialclone"))

    @property
    def null_oid(self) -> str:
        """The object id that stands for "there is none"."""
        return "0" * (64 if self.object_format == "sha256" else 40)

    def remotes(self) -> list[str]:
        """The names of the configured remotes, in git's order."""
        return self.config.subsections("remote", "url")


# `--show-toplevel` stands last, because it alone fails where there is no working tree.
_QUESTIONS = (
    "--is-bare-repository",
    "--show-object-format",
    "--git-dir",
    "--git-common-dir",
    "--show-prefix",
    "--show-toplevel",
)


def _layout(git: Git) -> dict[str, str]:
    """Ask git for all of the layout in one call; a path with a newline in it is asked for by itself."""
    asked = git.start("rev-parse", "--path-format=absolute", *_QUESTIONS)
    answers = text(asked.output(check=False)).split("\n")[:-1]
    without_worktree = asked.returncode != 0 and len(answers) == len(_QUESTIONS) - 1
    if len(answers) == len(_QUESTIONS) and asked.returncode == 0:
        return dict(zip(_QUESTIONS, answers, strict=True))
    if without_worktree:
        return dict(zip(_QUESTIONS[:-1], answers, strict=True))
    layout = {question: git.line("rev-parse", "--path-format=absolute", question) for question in _QUESTIONS[:-1]}
    with contextlib.suppress(GitFailed):
        layout["--show-toplevel"] = git.line("rev-parse", "--show-toplevel")
    return layout
