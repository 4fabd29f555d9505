"""`git prov param`: a parameter, told from inside a run."""

import os

import click

from gitprov.api.inside import tell_params


@click.command("param")
@click.argument("assignments", nargs=-1, required=True, metavar="K=V...")
def param(assignments: tuple[str, ...]) -> None:
    """Tell parameters of the run under way.

    To be called from inside a run, by a program in any language.
    """
    tell_params(os.environ, assignments)
