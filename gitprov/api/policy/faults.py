"""What is amiss in a settings file, said for people and for editors: `FILE:LINE: KEY REASON`."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from gitprov.api.policy.locating import Path
from gitprov.errors import ConfigError
from gitprov.model.text import single_line

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SHOWN: Final = 200
"""Characters of one line."""
_MOST: Final = 50
"""Faults that are said one by one."""


class Fault(NamedTuple):
    """One thing that is amiss."""

    path: Path
    """The key, from the top of the settings; () for the file as a whole."""
    reason: str
    """What is wrong, to stand after the key: `is not a size such as "10 MiB"`."""
    line: int = 0
    """Where; 0 where no line can be told."""


class PolicyError(ConfigError):
    """A settings file that cannot be used; `faults` are all that is amiss in it, in the order of its lines."""

    def __init__(self, file: str, faults: Iterable[Fault]) -> None:
        self.file = file
        self.faults = sorted(faults, key=lambda fault: fault.line)
        lines = [line_of(file, fault) for fault in self.faults[:_MOST]]
        if len(self.faults) > 1:
            lines.insert(0, f"{file} has {len(self.faults)} faults")
        if len(self.faults) > _MOST:
            lines.append(f"and {len(self.faults) - _MOST} more")
        super().__init__("\n".join(lines), hint="mend the file, then see: git prov config")


def line_of(file: str, fault: Fault) -> str:
    """Say one fault: `.gitprov.toml:3: rules.clean-tree.level is not ...`."""
    where = f"{file}:{fault.line}" if fault.line else file
    said = f"{key_of(fault.path)} {fault.reason}".strip()
    return single_line(f"{where}: {said}", _SHOWN + len(where))


def key_of(path: Path) -> str:
    """Return a key as TOML writes it: `rules.needs-review.tags[0]`, `people."@ana"`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if _BARE.fullmatch(part) else '"' + part.replace("\\", r"\\").replace('"', r"\"") + '"'
            text += f".{name}" if text else name
    return text
