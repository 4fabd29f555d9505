"""The `git prov` group. A verb is one line in `COMMANDS`; its module is imported when it is called."""

import importlib

import click

COMMANDS = {
    "deinit": "gitprov.cli.commands.deinit:deinit",
    "demo": "gitprov.cli.commands.demo:demo",
    "doctor": "gitprov.cli.commands.doctor:doctor",
    "init": "gitprov.cli.commands.init:init",
    "log": "gitprov.cli.commands.log:log",
    "ls": "gitprov.cli.commands.ls:ls",
    "metric": "gitprov.cli.commands.metric:metric",
    "param": "gitprov.cli.commands.param:param",
    "run": "gitprov.cli.commands.run:run",
    "show": "gitprov.cli.commands.show:show",
    "sync": "gitprov.cli.commands.sync:sync",
}


class LazyGroup(click.Group):
    """A group whose commands are imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, by name."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of a verb; `None` for a verb there is not."""
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, name = target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but an unknown verb is answered the way git answers one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(_unknown(args[0]), ctx)
        return super().resolve_command(ctx, args)


def _unknown(verb: str) -> str:
    import difflib

    near = difflib.get_close_matches(verb, COMMANDS, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "see: git prov --help"
    return f"{verb!r} is not a git prov command; {hint}"


@click.group(
    cls=LazyGroup,
    name="git prov",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(None, "--version", package_name="gitprov", message="git-prov %(version)s")
def cli() -> None:
    """Provenance of results, kept inside Git.

    Record what a run did on the exact commit it ran on; see it in git log; push it with git push.
    """
