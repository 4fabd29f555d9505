"""How people say what a record holds: a command as one line, a number, a length of time, a size."""

from collections.abc import Mapping
from typing import Any, Final

_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,@%+[]{}^~*?")


def command_line(run: Mapping[str, Any]) -> str:
    """Return a run's command as one line, quoted the way a shell would need it; for people, not for a shell."""
    return " ".join(_shell_quoted(str(word)) for word in run.get("command", ()))


def number(value: object) -> str:
    """Return a number at the precision people compare by; anything else as it says itself."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def duration(seconds: float) -> str:
    """Return a length of time in seconds as `0.42s`, `42s`, `12m03s`, `3h05m`."""
    if seconds < 10:
        return f"{seconds:.2f}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes:02}m"
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"


def size(count: int) -> str:
    """Return a number of bytes as `512 B`, `1.5 KiB`, `20 GiB`."""
    if count < 1024:
        return f"{count} B"
    value = float(count)
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        value /= 1024
        if value < 1024:
            return f"{value:.3g} {unit}"
    return f"{value:.0f} TiB"


def _shell_quoted(word: str) -> str:
    if word and _PLAIN.issuperset(word):
        return word
    return "'" + word.replace("'", "'\\''") + "'"
