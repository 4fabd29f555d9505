"""Secrets in files of a snapshot, found by the package `detect-secrets` where the repository asks for it.

Its import and its many expressions cost more than all else a run does, so it is an extra and not the default. Its
detectors of high entropy and of keywords are left out: they take the hashes of every lock file for secrets, and
assignments are looked at by `tokens` already.
"""

from functools import cache
from typing import Any, Final

from gitprov.errors import ConfigError

_LEFT_OUT: Final = ("Base64HighEntropyString", "HexHighEntropyString", "KeywordDetector", "IPPublicDetector")


def find(data: bytes) -> str:
    """Return the kind of the first secret in a text file's bytes; `""` for none. Raises `ConfigError` where absent."""
    scan_line, transient_settings, plugins = _library()
    with transient_settings({"plugins_used": plugins}):
        for line in data.decode("utf-8", "replace").splitlines():
            for found in scan_line(line):
                return str(found.type).lower().replace(" ", "-")
    return ""


def check() -> None:
    """Raise `ConfigError` where the package is not installed."""
    _library()


@cache
def _library() -> tuple[Any, Any, list[dict[str, str]]]:
    try:
        from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
        from detect_secrets.core.scan import scan_line
        from detect_secrets.settings import transient_settings
    except ImportError:
        raise ConfigError(
            'secrets = "detect-secrets" in .gitprov.toml needs the package detect-secrets',
            hint="pip install 'gitprov[secrets]'",
        ) from None
    names = sorted(one.__name__ for one in get_mapping_from_secret_type_to_class().values())
    return scan_line, transient_settings, [{"name": name} for name in names if name not in _LEFT_OUT]
