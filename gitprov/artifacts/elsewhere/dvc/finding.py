"""Which paths DVC keeps, by what is written beside them."""

import os
from collections.abc import Iterator

from gitprov.artifacts.elsewhere.dvc import config, listing, outs
from gitprov.artifacts.elsewhere.dvc.cache import cached
from gitprov.artifacts.elsewhere.location import DVC, URL, Location, World
from gitprov.errors import InvalidRecord
from gitprov.gitrepo.process import text
from gitprov.model.urls import unsafe_url


def locate(path: str, world: World) -> list[Location]:
    """Return the places of one path: kept itself, or inside a directory that is kept."""
    root = _project(path, world)
    if root is None:
        return []
    project = config.load(root, world)
    found = (out for file in _beside(path, root) for out in outs.read(file, world.top))
    return list(dict.fromkeys(place for out in found for place in _places_at(path, out, project)))


def locate_tree(root: str, world: World) -> Iterator[tuple[str, Location]]:
    """Yield each kept path at, above or below `root` with its places; of a directory the files as well."""
    for base in config.projects(world):
        if not (_is_within(base, root) or _is_within(root, base)):
            continue
        project = config.load(base, world)
        for file in dict.fromkeys([*_beside(root, base), *_below(root, base, world)]):
            for out in outs.read(file, world.top):
                yield from _below_root(root, out, project)


def _below_root(root: str, out: outs.Out, project: config.DvcConfig) -> Iterator[tuple[str, Location]]:
    if _is_within(out.path, root):
        for place in _places(out, project):
            yield out.path, place
    if out.md5.endswith(".dir"):
        for path, place in _files(out, project):
            if _is_within(path, root):
                yield path, place


def _project(path: str, world: World) -> str | None:
    """Return the DVC project that a path is in, the innermost one."""
    directory = os.path.dirname(path)
    while not os.path.isdir(os.path.join(world.path(directory), ".dvc")):
        if not directory:
            return None
        directory = os.path.dirname(directory)
    return directory


def _beside(path: str, root: str) -> Iterator[str]:
    """Yield the files that may speak of a path: beside it, and beside each directory it is in, up to the project's."""
    while _is_within(path, root) and path != root:
        yield path + outs.SUFFIX
        path = os.path.dirname(path)
        yield os.path.join(path, outs.LOCK)


def _below(root: str, base: str, world: World) -> Iterator[str]:
    """Yield the files of DVC below `root`, tracked or new; what git ignores is data, and not walked."""
    within = root if _is_within(root, base) else base
    names = (f"*{outs.SUFFIX}", outs.LOCK)
    escaped = "".join(f"\\{letter}" if letter in "*?[\\" else letter for letter in within)
    magic = [f":(top,glob){os.path.join(escaped, '**', name)}" for name in names]
    listed = world.repo.git.run("ls-files", "-z", "--full-name", "-co", "--exclude-standard", "--", *magic)
    paths = text(listed).split("\0")[:-1]
    yield from (path for path in paths if _project(path, world) == base)


def _places_at(path: str, out: outs.Out, project: config.DvcConfig) -> list[Location]:
    if out.path == path:
        return _places(out, project)
    if out.md5.endswith(".dir") and _is_within(path, out.path):
        return [place for inside, place in _files(out, project) if inside == path]
    return []


def _places(out: outs.Out, project: config.DvcConfig) -> list[Location]:
    kept = _kept(out.md5, out.size, project)
    return [kept, Location(URL, url=out.url, etag=out.etag, size=out.size)] if out.url else [kept]


def _files(out: outs.Out, project: config.DvcConfig) -> Iterator[tuple[str, Location]]:
    """Yield the files of a directory, where its listing is in the local cache and whole."""
    data = cached(out.md5, project, listing.LARGEST)
    if data is None:
        return
    try:
        files = listing.parse(data, out.md5)
    except InvalidRecord:
        return
    for path, md5 in files.items():
        yield os.path.join(out.path, path), _kept(md5, None, project)


def _kept(md5: str, size: int | None, project: config.DvcConfig) -> Location:
    remote = next((remote for remote in project.remotes if remote.name == project.default), None)
    url = remote.url if remote and not remote.is_directory and not unsafe_url(remote.url) else ""
    return Location(DVC, url=url, remote=project.default, md5=md5, size=size)


def _is_within(path: str, directory: str) -> bool:
    return not directory or path == directory or path.startswith(f"{directory}/")
