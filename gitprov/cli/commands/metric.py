"""`git prov metric`: a result, told from inside a run."""

import os

import click

from gitprov.api.inside import tell_metrics


@click.command("metric")
@click.option("--step", type=int, metavar="N", help="Which step of a series the value belongs to.")
@click.argument("assignments", nargs=-1, required=True, metavar="K=V...")
def metric(assignments: tuple[str, ...], step: int | None) -> None:
    """Tell results of the run under way.

    To be called from inside a run, by a program in any language. A metric told several times is a series:
    its last and best value stand in the record, all of it beside.
    """
    tell_metrics(os.environ, assignments, step)
