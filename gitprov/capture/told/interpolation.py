"""References in configurations of OmegaConf, `${model.lr}`, followed where that runs no code.

What names a resolver, `${oc.env:TOKEN}`, stays as it is written: its value may be secret, or differ the next time.
Syntax: https://omegaconf.readthedocs.io/en/latest/grammar.html
"""

import re
from collections.abc import Mapping
from typing import Any, Final

_REFERENCE: Final = r"\$\{(\.*)([A-Za-z_][\w.-]*(?:\[[\w-]+\][\w.-]*)*)\}"
_STEP: Final = r"[^.\[\]]+"
_DEEPEST: Final = 16
_MOST: Final = 2000
"""References of one configuration that are followed; a few lines of them can stand for more than there is memory."""
_LONGEST: Final = 2000
_NOTHING: Final = object()

_Path = tuple[str, ...]


def resolved(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration with its references followed; those that lead nowhere, or in a circle, stay."""
    found = _Resolver(config).of(config, (), ())
    assert isinstance(found, dict)
    return found


class _Resolver:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._left = _MOST

    def of(self, value: object, path: _Path, behind: tuple[_Path, ...]) -> object:
        """Return a value at `path` with its references followed; `behind` are the paths that led to it."""
        if isinstance(value, dict):
            return {key: self.of(item, (*path, key), behind) for key, item in value.items()}
        if isinstance(value, list):
            return [self.of(item, (*path, str(at)), behind) for at, item in enumerate(value)]
        if not isinstance(value, str) or "${" not in value:
            return value
        if whole := re.fullmatch(_REFERENCE, value):
            found = self._follow(whole, path, behind)
            return value if found is _NOTHING else found
        return re.sub(_REFERENCE, lambda match: self._text(match, path, behind), value)[:_LONGEST]

    def _text(self, match: re.Match[str], path: _Path, behind: tuple[_Path, ...]) -> str:
        found = self._follow(match, path, behind)
        return match[0] if found is _NOTHING or isinstance(found, dict | list) else str(found)

    def _follow(self, match: re.Match[str], path: _Path, behind: tuple[_Path, ...]) -> object:
        """Return what a reference at `path` leads to: one dot means beside it, each more one level up."""
        up = len(match[1])
        self._left -= 1
        if self._left < 0 or len(behind) == _DEEPEST or up > len(path):
            return _NOTHING
        steps = (*(path[: len(path) - up] if up else ()), *re.findall(_STEP, match[2]))
        around = (*behind, path)
        if any(one[: len(steps)] == steps for one in around):
            return _NOTHING  # it leads back to where it stands
        found = _at(self._root, steps)
        return found if found is _NOTHING else self.of(found, steps, around)


def _at(root: object, steps: _Path) -> object:
    found = root
    for step in steps:
        if isinstance(found, dict) and step in found:
            found = found[step]
        elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        else:
            return _NOTHING
    return found
