"""An experiment that was made: what was written and how to run it, and what else there is to know."""

from gitprov.model.experiment import Made
from gitprov.model.text import quote, single_line

_LONGEST = 300


def made(experiment: Made) -> str:
    """Return what was written, and the command that runs it."""
    lines = [f"wrote {quote(path)}" for path in experiment.written]
    return "".join(f"{line}\n" for line in [*lines, f"run it: {experiment.command}"])


def remarks(experiment: Made) -> str:
    """Return what else there is to know, for standard error."""
    notes = [f"only a run with --experiment {experiment.name} goes by {experiment.file}"]
    if not experiment.has_hypothesis:
        notes.append(f"it has no hypothesis yet: say it in {experiment.file}")
    notes += [f"git ignores {quote(path)}: to commit it, git add -f" for path in experiment.ignored[:1]]
    return "".join(f"note: {single_line(note, _LONGEST)}\n" for note in notes)
