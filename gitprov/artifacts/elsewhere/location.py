"""A place where bytes live under another tool's name, and the world in which it is looked for."""

import os
from collections.abc import Mapping
from typing import Final, NamedTuple, Self

from gitprov.gitrepo.repo import Repo

LFS: Final = "lfs"
DVC: Final = "dvc"
ANNEX: Final = "annex"
URL: Final = "url"
S3: Final = "s3"


class Location(NamedTuple):
    """One place: `kind` and what names the bytes there. Fields that do not belong to the kind are empty."""

    kind: str
    """`lfs`, `dvc`, `annex`, `url` or `s3`."""
    url: str = ""
    """`url`, `s3`: the address, never with credentials. `dvc`: that of its remote, where it is no local directory."""
    remote: str = ""
    """`dvc`: the name of the remote that was the default."""
    etag: str = ""
    """`url`, `s3`: the entity tag, quotes and all, as the server gave it."""
    version: str = ""
    """`s3`: the version id."""
    oid: str = ""
    """`lfs`: the SHA-256 of the bytes, 64 hex digits."""
    md5: str = ""
    """`dvc`: 32 hex digits, and `.dir` behind them for a directory."""
    key: str = ""
    """`annex`: the key, as `git annex lookupkey` prints it."""
    size: int | None = None
    """Bytes, where the tool says so."""

    def fields(self) -> dict[str, str | int]:
        """Return what a statement about the bytes says of the place: the fields that are not empty."""
        return {name: value for name, value in self._asdict().items() if value not in ("", None)}

    @classmethod
    def of(cls, fields: Mapping[str, object]) -> Self:
        """Return the place that a statement names, by its fields; those that are not known here are left out."""
        texts = {name: value for name in cls._fields if name != "size" and isinstance(value := fields.get(name), str)}
        size = fields.get("size")
        return cls(**{"kind": "", **texts}, size=size if isinstance(size, int) else None)


class World(NamedTuple):
    """Where locations are looked for, and from where they are fetched."""

    repo: Repo
    environ: Mapping[str, str]

    @property
    def top(self) -> str:
        """The top of the working tree; of the git directory, where there is none."""
        return self.repo.worktree or self.repo.common_dir

    def path(self, relative: str) -> str:
        """Return the absolute path of one below the top (`""` is the top itself)."""
        return os.path.join(self.top, relative) if relative else self.top
