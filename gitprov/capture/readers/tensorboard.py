"""TensorBoard's event files, read by the `tensorboard` package of the interpreter that the run used."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gitprov.capture.readers import files, scalars
from gitprov.capture.readers.gathered import MOST_POINTS, Gathered
from gitprov.model.text import quote

_PATIENCE: Final = 60.0  # seconds; importing the package takes one or two, and a large file some more


def read(paths: Sequence[str], gathered: Gathered, *, interpreter: str, environ: Mapping[str, str]) -> None:
    """Read the scalars in event files. Files in several directories are told apart by these, as TensorBoard does."""
    gathered.begin("TensorBoard")
    if not interpreter:
        gathered.problem("scalars were not read: the run used no Python interpreter that could")
        return
    paths = sorted(paths)
    prefixes = files.prefixes(os.path.dirname(path) for path in paths)
    for line in _ask(interpreter, environ, paths, gathered):
        match line:
            case {"missing": _}:
                gathered.problem(f"scalars were not read: tensorboard is not installed in {quote(interpreter)}")
            case {"file": int(index), "error": str(reason)} if 0 <= index < len(paths):
                gathered.problem(f"{quote(os.path.basename(paths[index]))} could not be read whole: {reason}")
            case [int(index), str(tag), step, at, value] if 0 <= index < len(paths):
                if not gathered.point(prefixes[os.path.dirname(paths[index])] + tag, value, step, at):
                    return


def _ask(interpreter: str, environ: Mapping[str, str], paths: Sequence[str], gathered: Gathered) -> Iterator[Any]:
    """Yield what the interpreter prints, line by line; any of it may be anything."""
    try:
        done = subprocess.run(
            # -I: the run's own directory and variables do not decide what reads its files
            [interpreter, "-I", os.path.abspath(scalars.__file__)],
            input=json.dumps([MOST_POINTS + 1, paths]).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
            timeout=_PATIENCE,
            check=False,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        why = "it took too long" if isinstance(error, subprocess.TimeoutExpired) else files.reason(error)
        gathered.problem(f"scalars were not read by {quote(interpreter)}: {why}")
        return
    for line in done.stdout.splitlines():
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            continue
    if done.returncode:
        gathered.problem(f"scalars were not all read: {quote(interpreter)} ended with {done.returncode}")
