"""What rebuilding stands on: the person's own machine and their choices, handed in."""

import os
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

Tell = Callable[[str], None]
"""Told in a few words what is being done now."""

# What would put packages elsewhere than into the environment that is built, or point git at another repository.
_MISLEADING: Final = (
    "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONUSERBASE", "PYTHONPLATLIBDIR", "__PYVENV_LAUNCHER__",
    "VIRTUAL_ENV", "CONDA_PREFIX", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON", "PIP_DRY_RUN",
    "PIP_REQUIREMENT", "PIP_EDITABLE", "PIP_REQUIRE_VIRTUALENV", "UV_PYTHON", "UV_PROJECT", "UV_PROJECT_ENVIRONMENT",
    "UV_SYSTEM_PYTHON", "UV_TARGET", "UV_PREFIX", "UV_WORKING_DIRECTORY", "UV_WORKING_DIR", "GIT_DIR", "GIT_WORK_TREE",
    "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE",
    "GIT_PREFIX", "GIT_CEILING_DIRECTORIES", "GIT_TEMPLATE_DIR", "GIT_PROV_EVENTS", "GIT_PROV_FILES", "GIT_PROV_RUN",
)  # fmt: skip
# For git, as installers call it on an address that a record names: no transport that is a program, no hooks, no
# question on the terminal.
_GIT: Final = (("protocol.ext.allow", "never"), ("protocol.fd.allow", "never"), ("core.hooksPath", os.devnull))


class World(NamedTuple):
    """The machine that an environment is built on. Nothing in it comes from a record."""

    environ: Mapping[str, str]
    """The person's own environment: it says where packages come from."""
    cwd: str
    python: str
    """The interpreter that runs us."""
    worktree: str = ""
    """The repository's working tree: source trees in it are recorded from there."""

    @property
    def cache(self) -> str:
        """The directory of built environments, which all repositories share."""
        home = self.environ.get("XDG_CACHE_HOME", "")
        if not os.path.isabs(home):
            home = os.path.join(self.environ.get("HOME") or os.path.expanduser("~"), ".cache")
        return os.path.join(home, "git-prov", "environments")

    def building(self) -> dict[str, str]:
        """Return the environment that installers run in: the person's, without what would mislead them."""
        clean = {name: value for name, value in self.environ.items() if name not in _MISLEADING}
        count = int(clean.get("GIT_CONFIG_COUNT", "0")) if clean.get("GIT_CONFIG_COUNT", "0").isdigit() else 0
        for number, (key, value) in enumerate(_GIT, count):
            clean |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return {**clean, "GIT_CONFIG_COUNT": str(count + len(_GIT)), "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"}


class Choices(NamedTuple):
    """What a person allows and wants."""

    build: bool = False
    """Fetch from addresses in the record, and build packages from source, which runs code of theirs."""
    install_python: bool = False
    """Let uv install the recorded Python where it is not here."""
    installer: str = ""
    """`uv` or `pip`; empty for uv where there is one."""
    without: tuple[str, ...] = ()
    """Packages to leave out."""
    fresh: bool = False
    """Build again what is in the cache."""
