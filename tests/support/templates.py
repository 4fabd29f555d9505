"""Repositories made once and copied: 7 ms each, where `git init` and a commit take 41."""

import shutil
from pathlib import Path

from support.clock import FakeClock
from support.repo import ObjectFormat, RefFormat, RepoBuilder

FIRST_FILES = {"README.md": "# A project\n", "train.py": "print('trained')\n"}
"""What the first commit of a template holds."""


class RepoMaker:
    """Makes repositories below `where`, as copies of templates that are kept below `templates`."""

    def __init__(self, templates: Path, where: Path) -> None:
        self.templates = templates
        self.where = where

    def __call__(
        self,
        name: str = "repo",
        *,
        object_format: ObjectFormat = "sha1",
        ref_format: RefFormat = "files",
        bare: bool = False,
        empty: bool = False,
    ) -> RepoBuilder:
        """Put a repository at `where / name`: with one commit of `FIRST_FILES`, or none where it is bare or `empty`."""
        commits = 0 if bare or empty else 1
        template = self.templates / f"{object_format}-{ref_format}{'-bare' if bare else ''}-{commits}"
        if not template.exists():
            made = RepoBuilder.init(template, object_format=object_format, ref_format=ref_format, bare=bare)
            if commits:
                made.commit("first", FIRST_FILES)
        shutil.copytree(template, self.where / name, symlinks=True)
        clock = FakeClock()
        clock.advance(RepoBuilder.PACE * commits)
        return RepoBuilder(self.where / name, clock)
