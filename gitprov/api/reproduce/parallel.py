"""Several reproductions side by side, each a process of its own: a command stands in one directory at a time."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, NamedTuple

from gitprov.api.reproduce.options import ReproduceOptions
from gitprov.api.session import Session


class Ended(NamedTuple):
    """What one of them came to."""

    run: str
    replication: Mapping[str, Any] | None
    """The record; None where none came of it."""
    said: str
    """What it said besides, the command's own output among it."""


def each(session: Session, runs: Sequence[str], options: ReproduceOptions, limit: int) -> Generator[Ended, None, None]:
    """Reproduce runs, at most `limit` at a time, and yield what came of each as it ends.

    Whoever stops listening ends those under way.
    """
    under_way: set[subprocess.Popen[bytes]] = set()

    def one(run: str) -> Ended:
        process = subprocess.Popen(
            _command(run, options),
            cwd=session.cwd,
            env=dict(session.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        under_way.add(process)
        out, err = process.communicate()
        under_way.discard(process)
        return Ended(run, _replication(out), err.decode("utf-8", "replace"))

    pool = ThreadPoolExecutor(limit)
    try:
        for future in as_completed([pool.submit(one, run) for run in runs]):
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in list(under_way):
            with contextlib.suppress(OSError):
                process.terminate()
        pool.shutdown(wait=True)


def _command(run: str, options: ReproduceOptions) -> list[str]:
    words = [sys.executable, "-m", "gitprov", "reproduce", "--yes", "--json", "--env", options.environment]
    flags = {"--build": options.build, "--install-python": options.install_python, "--sandbox": options.sandbox}
    flags["--keep"] = options.keep
    words += [flag for flag, is_set in flags.items() if is_set]
    values = {"--installer": options.installer, "--because": options.because, "--message": options.message}
    values |= {"--trace": options.trace or "", "--same-path": options.same_path}
    words += [f"{name}={value}" for name, value in values.items() if value]
    words += [f"--without={name}" for name in options.without]
    words += [f"--tolerance={text}" for text in options.tolerances]
    return [*words, "--", run]


def _replication(out: bytes) -> Mapping[str, Any] | None:
    try:
        (found,) = json.loads(out)["replications"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, dict) else None
