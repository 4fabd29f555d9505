"""The environment variables of a command that is run again: the person's own, those that change numbers as recorded."""

import os
from collections.abc import Mapping
from typing import Final

from gitprov.api.inside import JOURNAL, SEED
from gitprov.capture.hashseed import NAME as HASH_SEED
from gitprov.capture.injection import withdraw
from gitprov.records.journal import RUN
from gitprov.replay.plan import Plan
from gitprov.replay.variables import is_numerical

_PYTHON_PATH: Final = "PYTHONPATH"
# What would lead the command's own git calls, or ours in the new worktree, back to the person's.
_OF_GIT: Final = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_CEILING_DIRECTORIES", "GIT_EXEC_PATH",
)  # fmt: skip
_OURS: Final = (RUN, JOURNAL, SEED, "GIT_PROV_LAUNCH", "MLFLOW_RUN_CONTEXT")


def environ_of(plan: Plan, environ: Mapping[str, str], worktree: str, cwd: str) -> dict[str, str]:
    """Return the environment to run a plan in, in `cwd`; `environ` is that of the software it uses."""
    own = {name: value for name, value in environ.items() if name not in _OF_GIT and name not in _OURS}
    path = own.get("PATH", os.defpath).split(os.pathsep)
    # git put itself in front when it called us
    own["PATH"] = os.pathsep.join(entry for entry in path if not entry.endswith("/git-core"))
    withdraw(own)
    found = {name: value for name, value in own.items() if not is_numerical(name)}
    found.update(plan.variables.values)
    found.pop(_PYTHON_PATH, None)
    if entries := [_directory(os.fsdecode(entry), worktree, cwd) for entry in plan.variables.python_path]:
        found[_PYTHON_PATH] = os.pathsep.join(entries)
    found.pop(HASH_SEED, None)
    if plan.hash_seed is not None:
        found[HASH_SEED] = str(plan.hash_seed)
    return found


def _directory(entry: str, worktree: str, cwd: str) -> str:
    """Return what a recorded entry meant: absolute ones are recorded from the top, others as they were given."""
    from_top = os.path.join(worktree, entry)
    return from_top if os.path.isdir(from_top) else os.path.join(cwd, entry)
