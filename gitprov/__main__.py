"""The front door, `git-prov` and `python -m gitprov`: a hook goes its own way, everything else to the command line."""

import os
import sys

_LEFT_AT_ONCE = (["hook"], ["run"], ["data", "add"], ["data", "status"])
"""What must be quick, and leaves nothing to be done when the interpreter is taken down."""


def main() -> int:
    """Run what the process was called for, and return its exit status."""
    args = sys.argv[1:]
    status = _hook(args[1:]) if args[:1] == ["hook"] else _command(args)
    if any(args[: len(words)] == words for words in _LEFT_AT_ONCE):
        _leave(status)
    return status


def _command(args: list[str]) -> int:
    from gitprov.cli.main import main

    return main(args)


def _leave(status: int) -> None:
    """End the process at once: all is recorded, and taking the interpreter down costs as much as starting it."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return
    os._exit(status)


def _hook(args: list[str]) -> int:
    """What the shims in `hooks/` call. Whatever goes wrong here, the git command above goes its way."""
    try:
        from gitprov.hooks.calm import is_calm

        event, *rest = args or [""]
        if is_calm(event, os.environ):
            return 0
        from gitprov.hooks.entry import run

        return run(event, rest, os.environ, os.getcwd())
    except Exception as error:  # noqa: BLE001 - see above
        print(f"git prov: a bug in its hook: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        return 0


if __name__ == "__main__":
    sys.exit(main())
