"""What is known at a path of the repository, and what to say where nothing is."""

from gitprov.api.data.catalog import Use
from gitprov.api.data.place import Place
from gitprov.api.spelling import recorded_path
from gitprov.artifacts import listing
from gitprov.artifacts.listing import Read
from gitprov.errors import InvalidRecord, NotFound
from gitprov.gitrepo.refs import list_refs
from gitprov.model.text import quote, unquote
from gitprov.records.layout import ROOT


def by_path(place: Place, word: str) -> list[Use]:
    """Return the newest use of a path, of all that is known below it, or of the directory that holds it; or nothing."""
    if not word or "\0" in word:
        return []
    path = recorded_path(place.session, word)
    newest = place.catalog.newest() | {use.path: use for use in place.catalog.uses if use.absolute}
    if path in newest:
        return [newest[path]]
    above = unquote(path) + b"/"
    below = [use for use in newest.values() if path == "." or use.raw.startswith(above)]
    if below:
        return [use for use in below if not use.absolute]
    return _inside(newest, path, place.read)


def _inside(newest: dict[str, Use], path: str, read: Read) -> list[Use]:
    """The entry of a path in the listing of the nearest directory above it that is known."""
    parts = unquote(path).split(b"/")
    for length in range(len(parts) - 1, 0, -1):
        above = newest.get(quote(b"/".join(parts[:length])))
        if above is None or not above.digest.startswith("b3:"):
            continue
        try:
            entry = listing.find(above.digest, b"/".join(parts[length:]), read)
        except (NotFound, InvalidRecord, ValueError):
            continue
        if entry is not None:
            return [above._replace(path=path, digest=entry.digest, size=entry.size, files=1)]
    return []


def nothing_known(place: Place) -> str:
    """Say why there is nothing to show, and what brings something."""
    if advice := joining(place):
        return f"no data is known here yet; {advice}; to add some: git prov data add PATH"
    if place.catalog.uses:
        return "no data was added yet (git prov data add PATH); what runs read and made: git prov data status"
    return "no data is known yet; add some: git prov data add PATH"


def joining(place: Place) -> str:
    """Say how a clone that was never given our refs gets them; "" where it has some, or has nobody to ask."""
    repo = place.session.repo
    if not repo.remotes() or place.catalog.uses or list_refs(repo.git, ROOT):
        return ""
    specs = (spec for name in repo.remotes() for spec in repo.config.all(f"remote.{name}.fetch"))
    begin = "" if any(ROOT in spec for spec in specs) else "git prov init, then "
    return f"to have what others recorded: {begin}git prov sync"
