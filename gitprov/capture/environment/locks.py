"""The project's own lock files, by digest: what it says it needs, beside what was found installed."""

import os
from typing import Final

from blake3 import blake3

from gitprov.model.text import quote

_NAMES: Final = frozenset({
    "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pixi.lock", "conda-lock.yml", "renv.lock",
    "Manifest.toml", "Project.toml", "Cargo.lock", "package-lock.json", "flake.lock",
})  # fmt: skip
# Those of which a project may have several: `requirements-dev.txt`, `environment.gpu.yml`, `linux.conda-lock.yml`.
_PATTERNS: Final = (
    ("requirements", ".txt"), ("requirements", ".lock"), ("constraints", ".txt"), ("environment", ".yml"),
    ("environment", ".yaml"), ("pylock", ".toml"), ("Manifest-v", ".toml"), ("", ".conda-lock.yml"),
    ("", "-requirements.txt"),
)  # fmt: skip
_LARGEST: Final = 64 << 20  # bytes
_MOST: Final = 32


def locks(worktree: str, cwd: str) -> list[dict[str, str]]:
    """Return `path` (from the worktree) and `digest` of each lock file at its top and in `cwd`, sorted by path."""
    found: dict[str, str] = {}
    for directory in dict.fromkeys((worktree, cwd)):
        for name in _named(directory):
            path = os.path.join(directory, name)
            shown = quote(os.path.relpath(path, worktree))
            if len(found) < _MOST and not shown.startswith("..") and (digest := _digest(path)):
                found[shown] = digest
    return [{"path": path, "digest": found[path]} for path in sorted(found)]


def _named(directory: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(directory) if _is_lock(name))
    except OSError:
        return []


def _is_lock(name: str) -> bool:
    return name in _NAMES or any(name.startswith(start) and name.endswith(end) for start, end in _PATTERNS)


def _digest(path: str) -> str:
    """Return a file's digest; empty for what is no ordinary file, too large for a lock or not readable."""
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > _LARGEST:
            return ""
        with open(path, "rb", buffering=0) as file:
            return f"b3:{blake3(file.readall() or b'').hexdigest()}"
    except OSError:
        return ""
