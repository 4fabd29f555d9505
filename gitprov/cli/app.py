"""The `git prov` group. A verb is one line in `COMMANDS`; its module is imported when it is called."""

import click

from gitprov.cli.lazy import LazyGroup

COMMANDS = {
    "config": "gitprov.cli.commands.config:config",
    "check": "gitprov.cli.commands.check:check",
    "data": "gitprov.cli.commands.data:data",
    "deinit": "gitprov.cli.commands.deinit:deinit",
    "demo": "gitprov.cli.commands.demo:demo",
    "doctor": "gitprov.cli.commands.doctor:doctor",
    "env": "gitprov.cli.commands.env:env",
    "export": "gitprov.cli.commands.export:export",
    "init": "gitprov.cli.commands.init:init",
    "lint": "gitprov.cli.commands.lint:lint",
    "log": "gitprov.cli.commands.log:log",
    "ls": "gitprov.cli.commands.ls:ls",
    "metric": "gitprov.cli.commands.metric:metric",
    "new": "gitprov.cli.commands.new:new",
    "param": "gitprov.cli.commands.param:param",
    "reproduce": "gitprov.cli.commands.reproduce:reproduce",
    "review": "gitprov.cli.commands.review:review",
    "run": "gitprov.cli.commands.run:run",
    "show": "gitprov.cli.commands.show:show",
    "sign": "gitprov.cli.commands.sign:sign",
    "sync": "gitprov.cli.commands.sync:sync",
    "verify": "gitprov.cli.commands.verify:verify",
}


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    name="git prov",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(None, "--version", package_name="gitprov", message="git-prov %(version)s")
def cli() -> None:
    """Provenance of results, kept inside Git.

    Record what a run did on the exact commit it ran on; see it in git log; push it with git push.
    """
