"""Libraries that are there or not: what needs one of them says so."""

import importlib
from typing import Any

from gitprov.replay.compare.outcome import Unreadable


def need(module: str, package: str) -> Any:  # noqa: ANN401 - a module that may not be there
    """Return a module; Unreadable, naming the package to install, where it cannot be imported."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise Unreadable(f"needs {package}") from None
