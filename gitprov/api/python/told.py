"""What a program is told when something cannot be recorded: a warning, once, and it goes on."""

import sys

_told: set[str] = set()


class ProvWarning(UserWarning):
    """Something could not be recorded. The program is not affected."""


def warn(about: str, text: str) -> None:
    """Warn, once in this process for each thing that it is `about`, at the place in the program that asked for it."""
    if about in _told:
        return
    _told.add(about)
    import warnings

    try:
        warnings.warn(f"gitprov: {text}", ProvWarning, stacklevel=_callers())
    except ProvWarning:  # warnings are made errors here; this one must not stop the program
        sys.stderr.write(f"gitprov: {text}\n")


def fault(error: Exception) -> str:
    """Say what went wrong, and what to do about it where that is known."""
    hint = getattr(error, "hint", "")
    text = str(getattr(error, "message", "")) or f"{type(error).__name__}: {error}"
    return f"{text} ({hint})" if hint else text


def _callers() -> int:
    """Count the frames from `warn` to the first that is not ours."""
    level, frame = 1, sys._getframe(1)  # noqa: SLF001 - what `warnings` itself does
    ours = __name__.rpartition(".")[0]
    while frame.f_back and str(frame.f_globals.get("__name__", "")).startswith(ours):
        level, frame = level + 1, frame.f_back
    return level
