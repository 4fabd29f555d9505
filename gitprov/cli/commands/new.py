"""`git prov new`: an experiment, with what it is to show said beforehand."""

import os

import click

from gitprov.api.session import open_session


@click.command("new", short_help="Begin an experiment.")
@click.option("--template", default="", metavar="T", help="What to make it from: a template's name or directory.")
@click.option("--hypothesis", default="", metavar="TEXT", help="What you think will come of it.")
@click.argument("name", metavar="NAME")
def new(name: str, template: str, hypothesis: str) -> None:
    """Begin an experiment: experiments/NAME, with a file that says what it is to show, and something to run.

    experiment.toml there holds hypothesis, seed, metrics, splits and acceptance criteria. A run goes by it, and says
    so in its record, when it is started with git prov run --experiment NAME.

    T is research, benchmark, course, a template in .gitprov/templates/, or a directory. Default: [experiments]
    template of .gitprov.toml, else research.

    \b
    $ git prov new larger-step --hypothesis 'a larger step does no harm'
    $ git prov run --experiment larger-step -- python3 experiments/larger-step/run.py
    """
    from gitprov.api.experiments.making import make
    from gitprov.views.experiments import made, remarks

    found = make(open_session(os.getcwd(), os.environ), name, template=template, hypothesis=hypothesis)
    click.echo(made(found), nl=False)
    click.echo(remarks(found), nl=False, err=True)
