"""Asking an interpreter about itself, in a process beside the run."""

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any, Final

from gitprov.capture import facts as _facts

_PATIENCE: Final = 20.0  # seconds; an interpreter on a slow network file system may need some
_NEEDED: Final = ("version", "implementation", "platform", "prefix", "base_prefix", "user_site", "system", "machine")


class Question:
    """`facts.py` under way in an interpreter; `answer()` waits for it, `cancel()` ends it."""

    def __init__(self, interpreter: str, environ: Mapping[str, str], cwd: str) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._process = subprocess.Popen(
                # -I: what the run's own directory and variables would change does not belong to the interpreter
                [interpreter, "-I", os.path.abspath(_facts.__file__)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=dict(environ),
                cwd=cwd,
                start_new_session=True,  # Ctrl-C is for the run
            )
        except OSError:
            return

    def answer(self) -> dict[str, Any] | None:
        """Return the interpreter's facts (see `facts.facts`), or None when it gave no usable answer in time."""
        if self._process is None:
            return None
        try:
            out, _ = self._process.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            self.cancel()
            return None
        try:
            answer = json.loads(out)
        except ValueError:
            return None
        return answer if self._process.returncode == 0 and _is_usable(answer) else None

    def cancel(self) -> None:
        """End the question without an answer."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            self._process.communicate()


def _is_usable(answer: object) -> bool:
    return (
        isinstance(answer, dict)
        and all(isinstance(answer.get(name), str) for name in _NEEDED)
        and isinstance(answer.get("sites"), list)
        and all(isinstance(site, str) for site in answer["sites"])
    )
