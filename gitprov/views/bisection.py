"""What `git prov reproduce --bisect` shows: each environment that was tried, and the change that makes a difference."""

from collections.abc import Iterator

from gitprov.model.environments import Change
from gitprov.model.reproduction import Bisected, Step
from gitprov.views import units
from gitprov.views.as_json import document
from gitprov.views.style import paint, wrap

_OUTCOMES = {True: "as recorded", False: "otherwise", None: "cannot be told"}


def step(told: Step, *, columns: int) -> str:
    """Return what came of one environment, below the line that said which it is."""
    words = f"{_OUTCOMES[told.is_as_recorded]}: {units.line(told.reason)}"
    return "".join(f"  {line}\n" for line in wrap(words, columns - 2))


def report(done: Bisected, *, columns: int, colour: bool) -> str:
    """Return the change that was found, whether it needs others, and how many environments that took."""
    what = f"metric {units.line(done.metric)}" if done.metric else "the result"
    lines = [f"{what[0].upper()}{what[1:]} of run {units.short(done.run)} comes out otherwise with"]
    lines += [f"  {paint(line, 'bold', colour=colour)}" for line in map(_change, done.changes)]
    lines += ["", *(line for words in _remarks(done) for line in wrap(words, columns))]
    return "\n".join(lines) + "\n"


def _remarks(done: Bisected) -> Iterator[str]:
    them, do = ("it", "does") if len(done.changes) == 1 else ("they", "do")
    if len(done.changes) > 1:
        yield "They could not be tried apart: what lies between cannot be built, or does not run."
    if len(done.changes) == done.differing:
        yield "Nothing else is not the same in the two environments."
    elif done.is_alone is None:
        yield f"Whether {them} {do} so with no other change cannot be told."
    elif done.is_alone:
        yield f"{them.capitalize()} {do} so with no other change."
    else:
        yield f"{them.capitalize()} {do} so together with other changes only."
    packages = f"{done.differing} package{'' if done.differing == 1 else 's'}"
    yield f"{len(done.steps)} environments were tried; {packages} differ from those of run {units.short(done.against)}."


def _change(one: Change) -> str:
    before, after = (units.line(told) or "not installed" for told in (one.before, one.after))
    return f"{units.line(one.name)}  {before} -> {after}"


def bisections(done: Bisected) -> str:
    """Return `{"schema": 1, "bisections": [...]}`: the changes found, and each environment that was tried."""
    told = {
        "run": done.run,
        "against": done.against,
        "metric": done.metric or None,
        "changes": [one._asdict() for one in done.changes],
        "alone": done.is_alone,
        "differing": done.differing,
        "steps": [
            {
                "environment": one.environment,
                "outcome": _OUTCOMES[one.is_as_recorded].replace(" ", "-"),
                "reason": one.reason,
            }
            for one in done.steps
        ],
    }
    return document("bisections", [told])
