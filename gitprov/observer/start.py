"""Observing a Python process, from its start under `git prov run` or from now on in a running interpreter."""

import os
import sys

from .ending import before_end
from .facts import describe_process, event, list_readers, runs_ourselves
from .posthooks import when_imported, when_sought
from .protocol import DEPTH, ENDED, FILES, PROCESS, TOLD
from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional

    from .audit import Audit


def begin(directory: str) -> None:
    """Observe this interpreter, which has just started, and write events to `directory`.

    Git prov itself, called from inside a run, is no part of what the run does.
    """
    if not runs_ourselves():
        Observer(directory, files=bool(os.environ.get(FILES)))


def observe(directory: str, *, files: bool) -> "Callable[[], None]":
    """Observe this running interpreter until the function that is returned is called."""
    return Observer(directory, files=files).finish


class Observer:
    """One process under observation. Nothing it does raises into the program."""

    def __init__(self, directory: str, *, files: bool) -> None:
        self._depth = _depth()
        self._over = False
        self._endings: List[Callable[[], Dict[str, Any]]] = []
        self._audit: Optional[Audit] = None
        self._writer = Writer(directory, self._greet, mapped=files)
        self._writer.begin()
        if self._writer.muted:
            return
        self._install(files)

    def tell(self, fields: "Dict[str, Any]") -> None:
        """Write what was learned inside the process."""
        self._writer.send(event(TOLD, fields))

    def at_end(self, ending: "Callable[[], Dict[str, Any]]") -> None:
        """Ask `ending` for what it knows when the process ends."""
        self._endings.append(ending)

    def finish(self) -> None:
        """Observe no longer, in a process that goes on."""
        self._end_quietly()
        self._writer.mute()
        if self._audit:
            self._audit.stop()

    def end(self, **more: object) -> None:
        """Write the last event, once."""
        if self._over or self._writer.muted:
            return
        self._over = True
        fields: Dict[str, Any] = dict(more)
        if self._audit:
            fields["open_below_python"] = list_readers()
        for ending in self._endings:
            try:
                _merge(fields, ending())
            except Exception:
                pass
        self._writer.send(event(ENDED, fields))

    def _install(self, files: bool) -> None:
        before_end(self._end_quietly)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)
        if files:
            from .audit import Audit

            self._audit = Audit(self._writer, self.tell, self._replaced)
        try:
            from .adapters import install

            install(when_imported, when_sought, self.tell, self.at_end)
        except Exception:
            pass
        if self._audit:
            sys.addaudithook(self._audit.make_hook())  # last, so that it does not see our own modules loaded

    def _greet(self) -> bytes:
        os.environ[DEPTH] = str(self._depth + 1)
        return event(PROCESS, describe_process(self._depth))

    def _forked(self) -> None:
        self._over = False
        self._depth += 1
        self._writer.forked()
        if self._audit:
            self._audit.forked()

    def _replaced(self, path: str) -> None:
        """This process is about to become another program; if that fails it ends once more."""
        self.end(exec=path)
        self._over = False

    def _end_quietly(self) -> None:
        try:
            self.end()
        except Exception:
            pass


def _depth() -> int:
    text = os.environ.get(DEPTH, "")
    return int(text) if text.isdigit() else 0


def _merge(fields: "Dict[str, Any]", more: "Dict[str, Any]") -> None:
    """Add `more` to `fields`; where both have a mapping under one name, the mappings are joined."""
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(fields.get(name), dict):
            fields[name].update(value)
        else:
            fields[name] = value
