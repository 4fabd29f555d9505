"""A small command tree with everything in it that is hard to document, for tests of the generators."""

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option("1.0")
def program() -> None:
    """Keep the provenance of results."""


@program.command(short_help="Run a command and record it.")
@click.option("--metrics", metavar="FILE", help="Where it writes its results.")
@click.option("-m", "--message", metavar="MSG", help="Say why; shown in `git log`.")
@click.option("-i", "--input", multiple=True, type=click.Path(), help="A file [or folder] that it reads.")
@click.option("--trace", type=click.Choice(["auto", "strace", "off"]), default="auto", show_default=True, help="How.")
@click.option("--keep/--no-keep", help="Keep what's left.")
@click.option("--secret", hidden=True)
@click.argument("command", nargs=-1, metavar="-- CMD...")
def run(**_: object) -> None:
    """Run CMD as it is.

    .gitprov.toml says 'more'; a path like C:\\new stays, and `@~1` is a run.

    \b
    $ git prov run -- python train.py
      .5 is shown

    \f
    What follows is for developers.
    """


@program.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.argument("form", type=click.Choice(["text", "table"]))
def show(**_: object) -> None:
    """Show one run in full."""


@program.command(hidden=True)
def hook() -> None:
    """Called by git."""


@program.group()
def data() -> None:
    """Keep data."""


@data.command()
@click.option("--which", type=click.Choice(["all", "outputs"]), help="What to keep.")
@click.argument("path", nargs=-1)
def add(**_: object) -> None:
    """Add files."""


@data.group()
def remote() -> None:
    """Where copies are."""


@remote.command(name="rm")
@click.option("--force", is_flag=True, help="Even so.")
@click.argument("kind", type=click.Choice(["near", "far"]))
def remove(**_: object) -> None:
    """Forget one."""
