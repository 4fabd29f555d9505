"""The functions of `import gitprov`: each speaks of the run that is under way where it is called."""

import os

from gitprov.api.python.asked import Asked
from gitprov.api.python.runs import Run, current_run
from gitprov.api.python.told import ProvWarning, warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_OUTSIDE = (
    "no run is under way, so nothing is recorded. Start the program with 'git prov run -- python ...', or put the work "
    "in 'with gitprov.run():'"
)
__all__ = [
    "ProvWarning",
    "Run",
    "current_run",
    "log_figure",
    "log_input",
    "log_metrics",
    "log_output",
    "log_params",
    "log_split",
    "run",
    "set_tags",
]


def run(
    message: str = "",
    *,
    seed: int | None = None,
    tags: "Sequence[str]" = (),
    hypothesis: str = "",
    expect: "Sequence[str]" = (),
    params: "Mapping[str, object] | None" = None,
    inputs: "Sequence[str | os.PathLike[str]]" = (),
    outputs: "Sequence[str | os.PathLike[str]]" = (),
    metrics: "Sequence[str | os.PathLike[str]]" = (),
    trace: str | None = None,
) -> Run:
    """Return a run, to be used in a `with` statement or as a decorator. Arguments as the options of `git prov run`.

    Inside `git prov run` it is the run under way, and what that was not asked is asked of it. A run inside a run of
    the same program is one of its own, with the outer as its parent.
    """
    asked = Asked(
        message,
        seed=seed,
        tags=tags,
        hypothesis=hypothesis,
        expect=expect,
        params=params,
        inputs=inputs,
        outputs=outputs,
        metrics=metrics,
        trace=trace,
    )
    return Run(asked)


def log_params(mapping: object = None, /, **params: object) -> None:
    """Add parameters to the run under way; see `Run.log_params`."""
    _here("log_params").log_params(mapping, **params)


def log_metrics(mapping: object = None, /, *, step: "int | float | None" = None, **metrics: object) -> None:
    """Add results to the run under way; see `Run.log_metrics`."""
    _here("log_metrics").log_metrics(mapping, step=step, **metrics)


def log_input(path: "str | os.PathLike[str]") -> None:
    """Add a file that the run under way reads; see `Run.log_input`."""
    _here("log_input").log_input(path)


def log_output(path: "str | os.PathLike[str]") -> None:
    """Add a file that the run under way writes; see `Run.log_output`."""
    _here("log_output").log_output(path)


def log_figure(figure: object, path: "str | os.PathLike[str] | None" = None, **savefig_kwargs: object) -> None:
    """Save a figure, inside a run or not, and add it to the run under way; see `Run.log_figure`."""
    _here("log_figure").log_figure(figure, path, **savefig_kwargs)


def log_split(name: str, rows: object) -> None:
    """Add a split of the data to the run under way; see `Run.log_split`."""
    _here("log_split").log_split(name, rows)


def set_tags(*tags: str) -> None:
    """Add names to find the run under way by."""
    _here("set_tags").set_tags(*tags)


def _here(asker: str) -> Run:
    """Return the run under way, or one that records nothing, once the program has been told so."""
    found = current_run()
    if found is None:
        warn("outside", f"{asker}: {_OUTSIDE}")
        return Run.nowhere()
    return found
