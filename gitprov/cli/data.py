"""`git prov data add` and `data status` from their arguments to their answers; click is not needed for it.

A command line that is in order, with flags and paths alone, is read here; everything else is click's, whose commands
end here as well.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from gitprov.cli import output
from gitprov.cli.progress import bar
from gitprov.errors import ExitStatus

_FLAGS: Final[Mapping[str, Mapping[str, tuple[str, bool]]]] = {
    "add": {
        "--keep": ("keep", True),
        "--no-keep": ("keep", False),
        "--profile": ("profile", True),
        "--json": ("as_json", True),
    },
    "status": {"--json": ("as_json", True)},
}
"""What each flag of a verb says."""


def parse(args: Sequence[str]) -> Callable[[], int] | None:
    """Return what carries out the arguments behind `data`; `None` for those that click has to read."""
    verb = args[0] if args else ""
    if verb not in _FLAGS:
        return None
    said: dict[str, Any] = {}
    paths = []
    for word in args[1:]:
        if flag := _FLAGS[verb].get(word):
            said[flag[0]] = flag[1]
        elif not word or word.startswith("-"):
            return None
        else:
            paths.append(word)
    if verb == "status":
        return partial(status, tuple(paths), **said)
    return partial(add, tuple(paths), **said) if paths else None


def add(
    paths: tuple[str, ...], *, keep: bool = True, profile: bool = False, as_json: bool = False, **others: str
) -> int:
    """Add data and say what was added. `others` are the remaining fields of `AddOptions`. Raises `ProvError`."""
    from gitprov.api.data.add import AddOptions
    from gitprov.api.data.add import add as add_data
    from gitprov.api.session import open_session
    from gitprov.views import data as view
    from gitprov.views import data_json

    session = open_session(os.getcwd(), os.environ)
    options = AddOptions(paths, keep, profile, **others)
    with bar("Reading data") as progress:
        done = add_data(session, options, progress)
    if as_json:
        output.show_document(data_json.answers("added", done.items))
    else:
        output.show(session, output.screen(session), view.added(done.items))
    output.say(done.problems, done.notes)
    return ExitStatus.DONE


def status(paths: tuple[str, ...], *, as_json: bool = False) -> int:
    """Compare data and say what differs; the exit status says whether anything does. Raises `ProvError`."""
    from gitprov.api.data.status import status as compare
    from gitprov.api.session import open_session
    from gitprov.model.data import SAME
    from gitprov.views import data as view
    from gitprov.views import data_json

    session = open_session(os.getcwd(), os.environ)
    with bar("Comparing data") as progress:
        found = compare(session, paths, progress)
    if as_json:
        output.show_document(data_json.answers("paths", found.items, found.problems))
    else:
        place = output.screen(session, "color.status")
        output.show(session, place, view.status(found.items, columns=place.columns, colour=place.colour))
    output.say(found.problems, found.notes)
    return ExitStatus.DONE if all(one.state == SAME for one in found.items) else ExitStatus.NO
