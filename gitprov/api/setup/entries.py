"""Hooks as entries in git's configuration (`hook.<name>.event`), which git takes from 2.54 on.

Git runs them one after the other before the hook in the hooks directory, each with its own arguments and standard
input, and joins their exit statuses. So nobody's hook has to be touched; only, a pre-push hook of the hooks directory
has its say after the records have gone, as with Git LFS and its files. `parallel` (2.55) says that ours may run beside
others, so that `hook.jobs` goes on meaning for the person's own hooks what it meant without ours.
"""

import os
import shlex

from gitprov.api.setup import shims
from gitprov.api.setup.configfile import ConfigFile
from gitprov.api.setup.ledger import Ledger
from gitprov.api.setup.places import EVENTS
from gitprov.api.setup.shims import Shim

_NO_HOOKS_BEFORE = "''"


def friendly_name(event: str) -> str:
    """The name in the middle of our keys."""
    return f"gitprov-{event}"


def is_ours(key: str) -> bool:
    """Whether a key is one of ours, in lower case or as written."""
    return key.startswith("hook.gitprov-")


def local_command(event: str) -> str:
    """What git runs in this clone: found from the git directory, so that a clone may be moved."""
    return f'hook=$(git rev-parse --git-common-dir)/prov/hooks/{event}; test ! -x "$hook" || "$hook"'


def global_command(directory: str, event: str) -> str:
    """What git runs everywhere: where the file is gone, nothing."""
    path = shlex.quote(os.path.join(directory, event))
    return f"test ! -x {path} || {path}"


def install(config: ConfigFile, directory: str, commands: dict[str, str], program: str, ledger: Ledger) -> None:
    """Put our files into `directory`, and entries that run them into a configuration file."""
    ledger.make_dir(directory)
    for event, command in commands.items():
        shims.write(os.path.join(directory, event), Shim(program, _NO_HOOKS_BEFORE).text(event))
        section = f"hook.{friendly_name(event)}"
        known = config.values(f"{section}.command")
        if known and known != [command]:
            config.replace(f"{section}.command", known[-1], command)
        config.add(f"{section}.command", command)
        config.add(f"{section}.event", event)
        config.add(f"{section}.parallel", "true")


def events(bare: bool) -> tuple[str, ...]:
    """The events that can happen: without a working tree nothing is committed, merged or checked out."""
    return EVENTS[:1] if bare else EVENTS
