"""The error tree and the exit statuses: what every room raises and `cli.main` turns into words.

A message names the thing and the reason; the hint says what to do next. Neither is ever printed below L8.
"""

from enum import IntEnum


class ExitStatus(IntEnum):
    """Exit statuses of `git prov`, as scripts may rely on them (see `docs/reference/exit-status.md`)."""

    DONE = 0
    NO = 1
    BUG = 70
    FATAL = 128
    USAGE = 129
    INTERRUPTED = 130
    PIPE_CLOSED = 141


class ProvError(Exception):
    """A failure with a known cause: `message` (thing and reason), `hint` (next step), `status` (exit status)."""

    status = ExitStatus.FATAL

    def __init__(self, message: str, *, hint: str = "", status: ExitStatus | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if status is not None:
            self.status = status


class UsageError(ProvError):
    """What was asked cannot be meant: an unknown option, a malformed value."""

    status = ExitStatus.USAGE


class NotARepository(ProvError):
    """There is no Git repository here, or git refuses to open it."""


class GitFailed(ProvError):
    """The git program answered with an error; `stderr` is its own words, `returncode` its status."""

    def __init__(self, message: str, *, hint: str = "", stderr: str = "", returncode: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.stderr = stderr
        self.returncode = returncode


class LostRace(ProvError):
    """A ref moved between reading and writing it; reading again and retrying is safe."""


class NotFound(ProvError):
    """A run, commit, file or digest that was named is not there, or its abbreviation is ambiguous."""


class InvalidRecord(ProvError):
    """A record that does not fit its schema or breaks a limit; reading goes on without it."""


class ConfigError(ProvError):
    """A configuration file or value that cannot be used."""
