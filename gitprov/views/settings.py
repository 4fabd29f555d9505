"""Settings as text, and as a document for programs."""

import json
from collections.abc import Sequence
from typing import Any

from gitprov.model.results import Setting
from gitprov.model.text import visible
from gitprov.views.as_json import document
from gitprov.views.style import paint


def listed(found: Sequence[Setting]) -> str:
    """Return a line a setting: `capture.trace = "auto"`."""
    return "".join(f"{_line(one)}\n" for one in found)


def explained(found: Sequence[Setting], *, colour: bool) -> str:
    """Return each setting with where its value came from, and what it means."""
    return "".join(_paragraph(one, colour=colour) for one in found)


def alone(setting: Setting) -> str:
    """Return the value of one setting, as a script wants it: a text without quotes."""
    value = setting.value
    said = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"{visible(said)}\n"


def as_json(found: Sequence[Setting]) -> str:
    """Return `{"schema": 1, "settings": [{"key", "value", "origin", ...}]}`."""
    return document("settings", (_plain(one) for one in found))


def _paragraph(setting: Setting, *, colour: bool) -> str:
    lines = [_line(setting), f"    {paint(_origin(setting), 'dim', colour=colour)}"]
    if setting.says:
        lines.append(f"    {visible(setting.says)}")
    return "\n".join(lines) + "\n"


def _line(setting: Setting) -> str:
    return f"{visible(setting.key)} = {visible(_value(setting))}"


def _value(setting: Setting) -> str:
    if setting.key.startswith("prov."):
        return str(setting.value)
    return '""' if setting.value is None else json.dumps(setting.value, ensure_ascii=False)


def _origin(setting: Setting) -> str:
    where = {
        "default": "default",
        "file": f"{setting.where}:{setting.line}",
        "git config": f"git config: {setting.where}",
    }[setting.origin]
    return visible(where) + (f"; {setting.flag} beats it" if setting.flag else "")


def _plain(setting: Setting) -> dict[str, Any]:
    return {name: value for name, value in setting._asdict().items() if value not in ("", 0) or name == "value"}
