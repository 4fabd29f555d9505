"""The store of a clone, and what is remembered of its files. Light: a run that keeps bytes goes through here."""

import os
from typing import Final

from gitprov.api.session import Session
from gitprov.artifacts.store import Store
from gitprov.errors import ConfigError

_LINKS: Final = ("auto", "reflink", "hardlink", "copy")


def open_store(session: Session) -> Store:
    """Open the store of this clone, or the one it shares: git config `prov.store` and `prov.storeLink`."""
    config = session.repo.config
    link = config.get("prov.storelink", "auto")
    if link not in _LINKS:
        raise ConfigError(
            f"git config prov.storeLink is {link!r}, not one of {', '.join(_LINKS)}",
            hint="mend it: git config prov.storeLink auto",
        )
    own = os.path.join(session.state.root, "store")
    path = os.path.expanduser(config.get("prov.store")) or own
    if not os.path.isabs(path):
        raise ConfigError(
            f"git config prov.store is {path!r}, not an absolute path",
            hint="for example: git config prov.store ~/store",
        )
    return Store(path, shared=path != own, link=link)  # type: ignore[arg-type] # it is one of _LINKS


def scan_cache(session: Session) -> str:
    """Where is kept what the last scans found."""
    return os.path.join(session.state.cache, "scan")
