"""The hermetic seal: an environment in which nothing of the machine, the person or the moment reaches a test."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

EPOCH = "2026-01-02T03:04:05+00:00"
"""When every sealed git command happens, unless a test says otherwise."""

_FOREIGN = (
    # by prefix: git and its hooks, our own variables, the person's desktop, locale, schedulers and CI services
    "GIT_",
    "XDG_",
    "LC_",
    "LANG",
    "SSH_",
    "PYTHON",
    "CLICOLOR",
    "SLURM_",
    "OMPI_",
    "CUDA_",
    "CI_",
    "GITHUB_",
    "GITLAB_",
)
_FOREIGN_NAMES = frozenset({
    "CI", "COLUMNS", "EMAIL", "FORCE_COLOR", "LESS", "LINES", "MANPATH", "NO_COLOR", "RANK", "VISUAL", "WORLD_SIZE",
})  # fmt: skip

GIT_CONFIG = """\
[user]
	name = Ana Lima
	email = ana@example.org
[init]
	defaultBranch = main
[gc]
	# nothing outlives the test that started it
	autoDetach = false
[maintenance]
	autoDetach = false
[core]
	# a test machine does not lose power
	fsync = none
"""


def sealed(environ: Mapping[str, str], home: Path, ceiling: Path) -> dict[str, str]:
    """Return `environ` without what is foreign, living in `home`; git looks for repositories up to `ceiling`.

    `GIT_TEMPLATE_DIR` beats `init.templateDir`: a test of templates deletes it first.
    """
    kept = {
        name: value for name, value in environ.items() if not name.startswith(_FOREIGN) and name not in _FOREIGN_NAMES
    }
    scripts = os.path.dirname(sys.executable)
    return kept | {
        "EDITOR": ":",
        "GIT_AUTHOR_DATE": EPOCH,
        "GIT_CEILING_DIRECTORIES": str(ceiling),
        "GIT_COMMITTER_DATE": EPOCH,
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_TEMPLATE_DIR": str(home / "no-template"),
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "PAGER": "cat",
        # `git prov` finds the git-prov of the environment that runs the tests
        "PATH": os.pathsep.join(_first(scripts, kept.get("PATH", os.defpath).split(os.pathsep))),
        "TERM": "dumb",
        "TZ": "UTC",
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_STATE_HOME": str(home / ".local/state"),
    }


def furnish(home: Path) -> None:
    """Make `home` with what a sealed environment expects in it: git's configuration, an empty template."""
    (home / "no-template").mkdir(parents=True)
    (home / ".gitconfig").write_text(GIT_CONFIG)


def seal_libgit2(home: Path) -> None:
    """Point libgit2, if it is loaded, at `home`: it read HOME when it was loaded, and knows no GIT_CONFIG_*."""
    pygit2 = sys.modules.get("pygit2")
    if pygit2 is None:
        return
    level = pygit2.enums.ConfigLevel
    for kind, place in ((level.GLOBAL, home), (level.XDG, home / ".config/git"), (level.SYSTEM, home / "no-template")):
        pygit2.settings.search_path[kind] = str(place)


def _first(entry: str, entries: list[str]) -> list[str]:
    return [entry, *(other for other in entries if other != entry)]
