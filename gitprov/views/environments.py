"""Environments, for people and for programs: what one holds, how two differ, what came of building one."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gitprov.model.environments import Changes, Consent, Deviation, Environment, Missing, Restored
from gitprov.model.text import visible
from gitprov.views import units
from gitprov.views.as_json import document
from gitprov.views.columns import aligned
from gitprov.views.style import paint

_LABELS: Final = {
    "python": "Python",
    "implementation": "Implementation",
    "platform": "Platform",
    "interpreter": "Interpreter",
    "container": "Container",
    "digest": "Lock",
}
_WIDTH: Final = max(map(len, _LABELS.values())) + 2


def shown(found: Environment, *, columns: int | None, colour: bool) -> str:
    """Return an environment in full: what the record says of it, then a line for each package."""
    lines = [f"run {paint(units.short(found.run), 'yellow', colour=colour)}"]
    for name, label in _LABELS.items():
        if told := found.fields.get(name):
            lines.append(f"{label:{_WIDTH}}{units.value(told)}")
    if found.packages:
        lines += ["", *_packages(found, columns=columns, colour=colour)]
    if found.conda:
        count = f"{len(found.conda)} package{'' if len(found.conda) == 1 else 's'} of conda"
        lines += ["", f"and {count}: git prov env show {units.short(found.run)} --conda"]
    return "".join(f"{line}\n" for line in lines)


def changes(found: Changes, *, columns: int | None, colour: bool) -> str:
    """Return a line for each thing that differs; "" for none."""
    rows = [
        (units.line(one.name), units.line(one.before) or "-", "->", units.line(one.after) or "-")
        for one in found.changes
    ]
    styles = {1: ["red" for _ in rows], 3: ["green" for _ in rows]}
    return "".join(f"{line}\n" for line in aligned(rows, columns=columns, elastic=3, styles=styles, colour=colour))


def restored(done: Restored) -> str:
    """Return where an environment was built, and below it what is not as it was recorded."""
    told = [
        f"built the environment of run {units.short(done.run)}, {done.packages} packages: {units.line(done.python)}"
    ]
    return "".join(f"{line}\n" for line in [*told, *_told(done.missing, done.consents, done.deviations)])


def planned(
    steps: Iterable[str], missing: Iterable[Missing], consents: Iterable[Consent], deviations: Iterable[Deviation]
) -> str:
    """Return what is going to be done to get an environment, what cannot be had, and what has to be allowed."""
    lines = [*map(units.line, steps), *_told(missing, consents, deviations)]
    return "".join(f"{line}\n" for line in lines)


def explicit(found: Environment) -> str:
    """Return what conda kept as a file that `conda create --file` takes."""
    return "".join(f"{line}\n" for line in ("@EXPLICIT", *found.conda))


def nothing(what: str, found: Environment) -> tuple[str]:
    """Return the words for a lock or a list of conda's that there is not."""
    kept = "lock of its environment here" if what == "lock" else "packages of conda"
    return (f"run {units.short(found.run)} has no {kept}",)


def shown_json(found: Environment) -> str:
    """Return an environment as a JSON document."""
    packages = [_filled(one._asdict()) for one in found.packages]
    told = {"run": found.run, **found.fields, "installed": packages, "conda_packages": list(found.conda)}
    return document("environments", [_filled(told)], found.problems)


def changes_json(found: Changes) -> str:
    """Return differences as a JSON document."""
    return document("changes", [_filled(one._asdict()) for one in found.changes], found.problems)


def restored_json(done: Restored) -> str:
    """Return what was built as a JSON document."""
    told = {**done._asdict()}
    for name in ("problems", "notes"):
        del told[name]
    for name in ("deviations", "missing", "consents"):
        told[name] = [one._asdict() for one in told[name]]
    return document("environments", [_filled(told)], done.problems)


def _packages(found: Environment, *, columns: int | None, colour: bool) -> list[str]:
    rows = [(units.line(one.name), units.line(one.version), "imported" if one.used else "") for one in found.packages]
    styles = {0: ["bold" if one.used else "" for one in found.packages]}
    return aligned(rows, columns=columns, elastic=1, styles=styles, colour=colour)


def _told(missing: Iterable[Missing], consents: Iterable[Consent], deviations: Iterable[Deviation]) -> list[str]:
    lines = [f"not there: {one.what}: {one.why}; {one.means}" for one in missing]
    lines += [f"needs --build: {one.what} ({one.why})" for one in consents if not one.granted]
    lines += [f"differs: {one.what}" for one in deviations]
    return [f"  {visible(line)}".replace("\n", "\n  ") for line in lines]


def _filled(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value not in (None, "", [], {}, ())}
