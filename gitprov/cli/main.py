"""The command line from end to end: quick answers, errors as words and exit statuses, bugs as a report."""

import os
import sys
from collections.abc import Sequence

from gitprov import __version__
from gitprov.errors import ExitStatus, ProvError


def main(argv: Sequence[str] | None = None) -> int:
    """Run `git-prov` with these arguments, and return its exit status."""
    args = list(sys.argv[1:] if argv is None else argv)
    if args == ["--version"]:
        print(f"git-prov {__version__}")
        return ExitStatus.DONE
    try:
        return _command(args)
    except ProvError as error:
        say_error(error)
        return error.status
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:
        # The reader went away; nothing more can be said there, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.PIPE_CLOSED
    except OSError as error:
        say_error(ProvError(_system_words(error), hint="check permissions, free space and the disk"))
        return ExitStatus.FATAL
    except Exception as error:  # noqa: BLE001 - a bug of ours: it is written down, never shown as a traceback
        from gitprov.cli.bug import tell_bug

        tell_bug(error, args[0] if args else "")
        return ExitStatus.BUG


def _system_words(error: OSError) -> str:
    where = f"{error.filename}: " if isinstance(error.filename, str) else ""
    return f"{where}{error.strerror or error}"


def _command(args: list[str]) -> int:
    if args[:1] == ["run"]:
        from gitprov.cli import running

        fields = running.parse(args[1:])
        if fields is not None:
            return running.execute(**fields)
    if args[:1] == ["data"]:
        from gitprov.cli import data

        carry_out = data.parse(args[1:])
        if carry_out is not None:
            return carry_out()
    import click

    from gitprov.cli.app import cli

    try:
        with cli.make_context("git prov", args) as context:  # `cli.main` would swallow a closed pipe
            status = cli.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.NoArgsIsHelpError as help_wanted:
        print(help_wanted.format_message(), file=sys.stderr)
        return ExitStatus.USAGE
    except click.UsageError as error:
        return _usage(error)
    except click.ClickException as error:
        print(f"fatal: {error.format_message()}", file=sys.stderr)
        return ExitStatus.FATAL
    except click.Abort:
        return ExitStatus.INTERRUPTED
    return status if isinstance(status, int) else ExitStatus.DONE


def _usage(error: "click.UsageError") -> int:  # type: ignore[name-defined]  # noqa: F821
    print(f"error: {error.format_message()}", file=sys.stderr)
    if error.ctx is not None:
        print(error.ctx.get_usage(), file=sys.stderr)
    return ExitStatus.USAGE


def say_error(error: ProvError) -> None:
    """An error the way git says one, with the next step below it."""
    from gitprov.model.text import visible

    word = "error" if error.status == ExitStatus.USAGE else "fatal"
    print(f"{word}: {visible(error.message)}", file=sys.stderr)
    if error.hint:
        print(f"hint: {visible(error.hint)}", file=sys.stderr)
