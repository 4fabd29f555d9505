"""How hooks speak: on standard error, with our name in front, and with nothing in it that drives a terminal."""

import sys
from collections.abc import Callable

from gitprov.errors import ProvError
from gitprov.model.text import visible


def say(line: str) -> None:
    """Say a line."""
    print(f"git prov: {visible(line)}", file=sys.stderr)


def unharmed(may_go_on: Callable[[], bool]) -> bool:
    """Return whether git may go on: also where that cannot be told, which is said in a line or two."""
    try:
        return may_go_on()
    except ProvError as error:
        first, *more = error.message.splitlines() or [""]
        say(first)
        if more:
            say(more[0] + (f" (and {len(more) - 1} more)" if len(more) > 1 else ""))
        elif error.hint:
            say(f"hint: {error.hint}")
    except OSError as error:
        say(str(error))
    return True
