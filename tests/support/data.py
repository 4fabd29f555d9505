"""Two clones, a hub between them and a directory as data remote."""

from pathlib import Path
from typing import NamedTuple

from gitprov.api.data.configfile import add_remote
from gitprov.api.data.settings import DataRemote
from support.records import session_in
from support.repo import RepoBuilder
from support.templates import RepoMaker


class Clones(NamedTuple):
    """Ana's repository, and how others get theirs."""

    ana: RepoBuilder
    hub: RepoBuilder
    remote: Path
    """The directory of the data remote, named `store`."""

    def another(self, path: Path) -> RepoBuilder:
        """Return a clone of the hub, with all data refs."""
        clone = self.hub.clone(path)
        clone.git("fetch", "-q", "origin", "refs/prov/*:refs/prov/remotes/origin/*")
        return clone

    def publish(self) -> None:
        """Send what Ana has committed, and what she has stated of data."""
        self.ana.git("push", "-q", "origin", "HEAD", "refs/prov/data/*:refs/prov/data/*")
        if self.ana.refs("refs/prov/log"):
            self.ana.git("push", "-q", "origin", "refs/prov/log/*:refs/prov/log/*")


def clones(make_repo: RepoMaker, tmp_path: Path) -> Clones:
    """Make them."""
    ana = make_repo()
    hub = ana.bare_remote(tmp_path / "hub.git")
    remote = tmp_path / "remote"
    remote.mkdir()
    add_remote(session_in(ana.path), DataRemote("store", str(remote), {}), default=False)
    ana.write(".gitignore", "/data/\n/out/\n")
    ana.commit("data remote")
    return Clones(ana, hub, remote)


def contents(root: Path) -> dict[str, bytes]:
    """Return all files below a directory, by their relative paths."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
