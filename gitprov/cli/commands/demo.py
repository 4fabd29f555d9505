"""`git prov demo`: the main job on a small real project, with real commands."""

import os
import sys

import click

from gitprov.api.demo import play
from gitprov.api.demo_stage import Said

_COLOURS = {"command": "green", "found": "cyan"}
_MARKS = {"step": "\n# ", "command": "$ ", "found": "  ", "next": "    ", "output": ""}


@click.command(short_help="Show the main job on a small real project.")
@click.argument("directory", default="", metavar="[DIR]")
def demo(directory: str) -> None:
    """Train a small classifier, record the runs, push them, clone them and find them again.

    All of it happens in DIR, a directory that is empty or yet to be made; by default in a new temporary one.
    It is kept, and named at the end, so that you can look around. Needs git and Python alone, no network.
    """
    programs = [os.path.dirname(os.path.abspath(program)) for program in (sys.executable, sys.argv[0])]
    play(directory, os.environ, programs, _say)


def _say(said: Said) -> None:
    click.secho(_MARKS[said.kind] + said.text, fg=_COLOURS.get(said.kind), bold=said.kind == "step")
