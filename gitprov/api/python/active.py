"""Which run a call speaks of, when a program has several: by thread, by task, by process.

A call goes to the innermost run begun in its own thread or asyncio task. A thread or task that has begun none speaks of
the innermost run of the main thread, or of the only one there is: where runs stand side by side, nobody guesses.
"""

import os
import sys
from _collections_abc import Iterable
from _thread import allocate_lock
from contextvars import ContextVar

from gitprov.api.python.lines import JOURNAL, RUN


class Begun:
    """A run as the others see it."""

    def __init__(self) -> None:
        self.id = ""
        """Empty where nothing is recorded."""
        self.journal = ""
        """Where its lines go; empty before it begins, after its end, and where nothing is recorded."""
        self.is_open = False
        self.outer: Begun | None = None
        """The run of this process that it was begun in."""
        self.in_main = False
        """Whether the main thread has begun it."""
        self.is_shared = False
        """Whether it stands around all that the main thread does, not only around one asyncio task."""


_mine: "ContextVar[tuple[Begun, ...]]" = ContextVar("gitprov_runs", default=())
_open: list[Begun] = []
_before: dict[str, str] = {}
"""What the environment said of a run before this process began one."""
_lock = [allocate_lock()]


def innermost() -> Begun | None:
    """Return the run that a call here speaks of, of those this process has begun."""
    return _own() or _of_process()


def around() -> Begun | None:
    """Return the run that one begun here stands in, of those this process has begun."""
    if own := _own():
        return own
    if _is_main():  # in a task that has begun none: its siblings' runs are not around it
        return _common(run for run in _open if run.is_shared)
    return _common(run for run in _open if run.in_main)


def enter(run: Begun, *, shared: bool = False) -> None:
    """Make this the innermost run, here and for the processes that are started from now on."""
    run.outer = around()
    run.in_main = _is_main()
    run.is_shared = shared or (run.in_main and not _is_task())
    run.is_open = True
    _mine.set((*(one for one in _mine.get() if one.is_open), run))
    with _lock[0]:
        if not _open:
            _before.update({name: os.environ.get(name, "") for name in (RUN, JOURNAL)})
        _open.append(run)
        _export()


def leave(run: Begun) -> None:
    """Take a run out again; the one around it is the innermost once more."""
    run.is_open = False
    _mine.set(tuple(one for one in _mine.get() if one.is_open))
    with _lock[0]:
        if run in _open:
            _open.remove(run)
            _export()


def environ(outer: Begun | None) -> dict[str, str]:
    """Return a copy of the environment, in which what is said of a run is said of `outer`."""
    names = _names(outer) if _open else {}
    return {name: value for name, value in {**os.environ, **names}.items() if value or name not in names}


def _own() -> Begun | None:
    return next((run for run in reversed(_mine.get()) if run.is_open), None)


def _of_process() -> Begun | None:
    return _common([run for run in _open if run.in_main] or _open)


def _common(runs: Iterable[Begun]) -> Begun | None:
    """Return the innermost of these runs that has no other beside it."""
    found = list(runs)
    chains = [_chain(run) for run in found]
    for run, chain in zip(reversed(found), reversed(chains), strict=True):
        if all(run in other or other[0] in chain for other in chains):
            return run
    return None


def _chain(run: Begun | None) -> list[Begun]:
    chain = []
    while run:
        chain.append(run)
        run = run.outer
    return chain


def _export() -> None:
    """Tell the processes that are started from now on which run they belong to."""
    for name, value in _names(_of_process()).items():
        if value:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)


def _names(run: Begun | None) -> dict[str, str]:
    return {RUN: run.id, JOURNAL: run.journal} if run and run.id else _before


def _is_main() -> bool:
    threading = sys.modules.get("threading")  # where nobody has imported it, there is one thread
    return threading is None or threading.current_thread() is threading.main_thread()


def _is_task() -> bool:
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return False
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False


def _forget_lock() -> None:
    _lock[0] = allocate_lock()  # another thread may have held it when the process was forked


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_lock)
