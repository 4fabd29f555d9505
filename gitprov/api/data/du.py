"""How much room data takes, and where."""

from gitprov.api.data.place import Place
from gitprov.api.session import Session
from gitprov.errors import GitFailed
from gitprov.gitrepo.refs import list_refs
from gitprov.model.data import Answer, Held
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
    """What is known to be at each remote; a file that is part of two directories counts twice."""
    held = {name: Held(f"remote {name}", 0, 0, remote.url) for name, remote in place.settings.remotes.items()}
    for one in place.known.values():
        for name in {copy.location.remote or "?" for copy in one.copies if copy.location.kind == "remote"}:
            before = held.get(name) or Held(f"remote {name}", 0, 0, "not configured")
            held[name] = before._replace(files=before.files + (one.files or 1), size=before.size + (one.size or 0))
    return list(held.values())


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
