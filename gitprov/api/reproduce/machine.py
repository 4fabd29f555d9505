"""What a replication says of the machine it was made on: of what kind it is, and a name that says nothing of it."""

import os
from collections.abc import Mapping
from typing import Any, Final

from blake3 import blake3

from gitprov.model.text import single_line
from gitprov.model.words import size

_IDS: Final = ("/etc/machine-id", "/var/lib/dbus/machine-id")
_PURPOSE: Final = "gitprov 2026 which machine a replication was made on"
_DIGITS: Final = 16


def machine_name(files: tuple[str, ...] = _IDS) -> str:
    """Return a text that is the same for the same machine, from which the machine's own id cannot be told.

    `""` where the machine has no id: then nobody can count on it.
    """
    for path in files:
        try:
            with open(path, "rb") as file:
                told = file.read(200).strip()
        except OSError:
            continue
        if told:
            return blake3(told, derive_key_context=_PURPOSE).hexdigest()[:_DIGITS]
    return ""


def machine_kind(run: Mapping[str, Any]) -> str:
    """Return in a few words what kind of machine a run was on, from its record."""
    hardware, environment = run.get("hardware") or {}, run.get("environment") or {}
    parts = [environment.get("platform") or os.uname().sysname.lower(), hardware.get("cpu")]
    parts += [f"{hardware['cores']} cores"] if "cores" in hardware else []
    parts += [size(hardware["memory"])] if "memory" in hardware else []
    parts += hardware.get("gpus") or []
    return single_line(", ".join(filter(None, parts)), 300)
