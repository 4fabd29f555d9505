"""git-annex: a key's bytes in the local repository, the others through `git annex get`."""

import os

from gitprov.artifacts.elsewhere.delivery import Delivery, copy
from gitprov.artifacts.elsewhere.location import Location, World
from gitprov.artifacts.elsewhere.programs import demand
from gitprov.artifacts.elsewhere.texts import object_paths, parse_key
from gitprov.errors import InvalidRecord, NotFound
from gitprov.model.text import visible


def at_hand(location: Location, world: World) -> list[str]:
    """Return where this repository would have the key's bytes."""
    if parse_key(location.key) is None:
        raise InvalidRecord(f"{visible(location.key)[:80]!r} is not a git-annex key")
    objects = os.path.join(world.repo.common_dir, "annex", "objects")
    return [os.path.join(objects, path) for path in object_paths(location.key)]


def fetch(location: Location, delivery: Delivery, world: World) -> None:
    """Deliver a key's bytes; what is not here `git annex get` brings, in a clone where git-annex is set up."""
    places = at_hand(location, world)
    what = f"the key {location.key}"
    if not any(map(os.path.isfile, places)):
        demand("git-annex", what, world)
        if not world.repo.config.get("annex.uuid"):  # it would begin to use whatever remotes others have set up there
            raise NotFound(f"{what} is not here, and git-annex is not set up in this clone", hint="git annex init")
        world.repo.git.run("annex", "get", "--quiet", f"--key={location.key}", env={"GIT_TERMINAL_PROMPT": "0"})
    path = next(filter(os.path.isfile, places), None)
    if path is None:
        raise NotFound(f"{what} is not in this repository's annex", hint=f"see: git annex whereis --key={location.key}")
    copy(path, delivery)
