"""What a run of an experiment is asked for: what the experiment's file says, beaten by what the command line says."""

from collections.abc import Iterator

from gitprov.api.experiments.reading import read
from gitprov.api.options import RunOptions
from gitprov.api.session import Session
from gitprov.api.templates.naming import check_name
from gitprov.model.experiment import Experiment


def filled(session: Session, options: RunOptions) -> RunOptions:
    """Return the options of a run with what its experiment says. Raises `ProvError` for what cannot be meant.

    Tags are added up. Of everything else, what was said on the command line takes the place of what the file says.
    """
    name = options.experiment or ""
    check_name(name, verb="git prov run --experiment")
    said = read(session, name)
    top = session.repo.worktree or ""
    return options._replace(
        hypothesis=options.hypothesis or said.hypothesis,
        seed=said.seed if options.seed is None else options.seed,
        tags=tuple(dict.fromkeys([*said.tags, *options.tags])),
        expect=options.expect or said.expect,
        metrics=options.metrics or tuple(f"{top}/{path}" for path in said.metrics_from),
        splits=options.splits or tuple(_splits(session, said)),
    )


def _splits(session: Session, said: Experiment) -> Iterator[str]:
    """The splits as `--split` takes them, from where the run is started."""
    up = "../" * session.repo.prefix.count("/")
    for name, patterns in said.split.items():
        yield from (f"{name}={up}{pattern}" for pattern in patterns)
