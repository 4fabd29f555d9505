"""Looking at an environment in a process beside the run."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
from typing import Any, Final

from gitprov.capture.environment.survey import Subject, is_usable

_PATIENCE: Final = 25.0  # seconds; more than the survey itself has with the interpreter
# Where we were imported from the survey imports from as well, wherever that is.
_PROGRAM: Final = (
    "import sys; sys.path += sys.argv.pop(1).split(':'); from gitprov.capture.environment.survey import main; main()"
)


class Question:
    """`survey.main` under way.

    `answer()` waits for the facts, once. With `with_modules` it goes on to find out what `modules.owners` will be
    asked; `finish()` waits for that, `cancel()` ends it.
    """

    def __init__(self, subject: Subject, *, with_modules: bool = False) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._with_modules = with_modules
        self._needs_facts = bool(subject.interpreter)
        own_path = ":".join(entry for entry in sys.path if entry)
        request = json.dumps([with_modules, *subject._replace(environ={})])
        try:
            self._process = subprocess.Popen(
                # -I and -S: nothing of the run's environment, and no start-up files, in this process of ours
                [sys.executable, "-IS", "-c", _PROGRAM, own_path, request],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=dict(subject.environ),
                cwd=subject.cwd,
                start_new_session=True,  # Ctrl-C is for the run
            )
        except OSError:
            return

    def answer(self) -> dict[str, Any] | None:
        """Return the interpreter's facts (see `facts.facts`), `{}` without one, None for no usable answer in time."""
        line = self._line()
        if not self._with_modules:
            self.finish()
        try:
            facts = json.loads(line)
        except ValueError:
            return None
        return facts if (facts == {} and not self._needs_facts) or is_usable(facts) else None

    def finish(self) -> None:
        """Wait until everything is ready that is got ready beside the run."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.communicate(timeout=_PATIENCE)
        self.cancel()

    def cancel(self) -> None:
        """Leave nothing running, of the interpreter that was asked neither."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate()

    def _line(self) -> bytes:
        """Return the first line of the answer; empty when none came in time."""
        if self._process is None or self._process.stdout is None:
            return b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(_PATIENCE):
                self.cancel()
                return b""
        return self._process.stdout.readline()
