"""How much room data takes, and where."""

from gitprov.api.data.catalog import Use
from gitprov.api.data.place import Place
from gitprov.api.session import Session
from gitprov.errors import GitFailed, ProvError
from gitprov.gitrepo.refs import list_refs
from gitprov.model.data import Answer, Held
from gitprov.model.known import Pointer
from gitprov.model.results import Problem
from gitprov.records.layout import ROOT

_KINDS = ("log", "data", "code")


def du(session: Session) -> Answer[Held]:
    """Return what takes room: the store, the remotes as far as is known, git's objects of each kind of ours."""
    with Place(session) as place:
        stats = place.store.stats()
        places = [Held("store", stats.objects, stats.size, place.store.root)]
        places += _remotes(place)
        places += [held for kind in _KINDS if (held := _git(session, kind))]
        return Answer(places, place.problems)


def _remotes(place: Place) -> list[Held]:
    """What is known to be at each remote, each file once."""
    urls = {name: remote.url for name, remote in place.settings.remotes.items()}
    held: dict[str, dict[str, int]] = {name: {} for name in urls}
    for one in place.known.values():
        names = {copy.location.remote or "?" for copy in one.copies if copy.location.kind == "remote"}
        sizes = _sizes(place, one) if names else {}
        for name in names:
            held.setdefault(name, {}).update(sizes)
    return [
        Held(f"remote {name}", len(sizes), sum(sizes.values()), urls.get(name, "not configured"))
        for name, sizes in held.items()
    ]


def _sizes(place: Place, one: Pointer) -> dict[str, int]:
    """The bytes of each file that a pointer stands for. Of a directory whose listing is not here nothing is known."""
    use = Use(one.path or "", one.digest, one.size or 0, 1 if one.files is None else one.files)
    try:
        return {entry.digest: entry.size for _, entry in place.leaves(use) if entry.mode != "link"}
    except ProvError as error:
        place.problems.append(Problem(one.path or one.digest, error.message, ""))
        return {}


def _git(session: Session, kind: str) -> Held | None:
    """What the refs of one kind lead to; what branches and tags hold as well is not counted."""
    refs = [ref.name for ref in list_refs(session.repo.git, ROOT) if f"/{kind}/" in ref.name]
    if not refs:
        return None
    revisions = ("--objects", *refs, "--not", "--branches", "--tags")
    try:
        count = session.repo.git.run("rev-list", *revisions).count(b"\n")
        size = int(session.repo.git.run("rev-list", "--disk-usage", *revisions))
    except GitFailed:
        return None
    return Held(f"git {kind}", count, size, f"{ROOT}{kind}")
