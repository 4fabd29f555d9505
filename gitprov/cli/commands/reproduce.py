"""`git prov reproduce`: run it again, elsewhere, and say what came of it."""

import os

import click

from gitprov.cli.options import json_option


@click.command("reproduce", short_help="Run a recorded run again and say whether its result stands.")
@click.option("--in", "directory", default="", metavar="DIR", help="Run it in this new directory, and keep it.")
@click.option(
    "--env",
    "environment",
    type=click.Choice(["restore", "current", "container"]),
    default="restore",
    help="The software: rebuilt from the record, what is here, or the recorded container.",
)
@click.option("--build", is_flag=True, help="Fetch from addresses in the record and build packages: runs their code.")
@click.option("--install-python", is_flag=True, help="Let uv install the recorded Python where it is not here.")
@click.option("--installer", type=click.Choice(["uv", "pip"]), help="Default: uv where it is installed.")
@click.option("--without", multiple=True, metavar="PACKAGE", help="Leave a package out of the software.")
@click.option("--tolerance", "tolerances", multiple=True, metavar="METRIC=TOL", help="How far it may be off: abs:0.01.")
@click.option("--sandbox", is_flag=True, help="Let it write only in its place, and no network.")
@click.option("--same-path", default="", metavar="DIR", help="Let it see its place at DIR, where it stood then.")
@click.option("--keep", is_flag=True, help="Keep the bytes of what it makes in the store of this clone.")
@click.option("--because", default="", metavar="TEXT", help="Why it deviates, kept with the verdict.")
@click.option("-m", "--message", default="", metavar="MSG", help="What you say about it, kept with the verdict.")
@click.option(
    "--trace", type=click.Choice(["auto", "python", "strace", "off"]), help="How to observe the files it touches."
)
@click.option("--range", "within", default="", metavar="A..B", help="The runs on these commits.")
@click.option("--query", default="", metavar="QUERY", help="The runs that fit, as with git prov ls.")
@click.option("-j", "--jobs", type=click.IntRange(1), default=1, metavar="N", help="Run N at a time. Default: 1.")
@click.option("--chain", "is_chain", is_flag=True, help="First reproduce the runs that made what it reads and is gone.")
@click.option("--resume", is_flag=True, help="Leave out what was reproduced on this machine already.")
@click.option("--ci", "as_markdown", is_flag=True, help="Print Markdown; GitHub Actions has it in the job's summary.")
@click.option("--bisect", type=click.Choice(["env"]), help="Find the package that makes a difference.")
@click.option("--against", default="", metavar="RUN", help="With --bisect: the run with the other environment.")
@click.option("--metric", default="", metavar="NAME", help="With --bisect: judge by this metric alone.")
@click.option("-y", "--yes", "is_agreed", is_flag=True, help="Run it without asking.")
@json_option
@click.argument("names", nargs=-1, metavar="[RUN...]")
def reproduce(
    *,
    names: tuple[str, ...],
    within: str,
    query: str,
    jobs: int,
    resume: bool,
    is_chain: bool,
    as_markdown: bool,
    is_agreed: bool,
    as_json: bool,
    bisect: str | None,
    against: str,
    metric: str,
    directory: str,
    same_path: str,
    **asked: object,
) -> int:
    """Run a recorded run again from its record alone, compare, and record whether its result stands.

    The exact code is checked out in a place of its own, the data are brought there by digest, the software is rebuilt
    from its lock, and the command runs with the recorded arguments, seed and variables. Your own working tree is not
    touched. A record is a command written by somebody: what it would do is shown first, and runs on a typed yes.

    The verdict is identical, within-tolerance, deviates, failed or not-comparable. The exit status is 0 for the first
    two and 1 otherwise.

    \b
    $ git prov reproduce @
    $ git prov reproduce 9f2c1ab --env current --tolerance accuracy=abs:0.01 --yes
    $ git prov reproduce --query 'tag == "paper"' -j 4 --resume
    $ git prov reproduce 9f2c1ab --bisect env --against @ --metric accuracy
    """
    from gitprov.api.reproduce.options import ReproduceOptions
    from gitprov.cli import bisecting, reproducing
    from gitprov.errors import UsageError

    given = {name: value for name, value in asked.items() if value is not None}
    place, seen = (os.path.abspath(path) if path else "" for path in (directory, same_path))
    options = ReproduceOptions(place, quiet=as_json, same_path=seen, **given)  # type: ignore[arg-type] # as click does
    wanted = reproducing.Asked(names, query, within, jobs, resume, is_chain, is_agreed, as_json, as_markdown)
    if bisect:
        return bisecting.execute(wanted, bisecting.Wanted(against, metric), options)
    if against or metric:
        raise UsageError("--against and --metric belong to a bisection", hint="say what is bisected: --bisect env")
    return reproducing.execute(wanted, options)
