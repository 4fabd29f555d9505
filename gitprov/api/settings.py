"""What a repository shares (`.gitprov.toml`, `[tool.gitprov]` of `pyproject.toml`), what is personal (git config)."""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from gitprov.errors import ConfigError
from gitprov.gitrepo.repo import Repo

FILE = ".gitprov.toml"
"""Where settings that travel with the repository stand, at its top."""
_SECTIONS = ("capture", "tolerance", "data", "rules")
_CAPTURE = ("metrics", "trace", "snapshot_max_file", "snapshot_max_total", "redact", "secrets")
_DATA = ("keep", "remote", "remotes", "profile", "profile_values", "drift")
_SIZE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(B|KiB|MiB|GiB|kB|KB|MB|GB)?\s*")
_UNITS = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_UNITS |= {"kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9}
TRACES = ("auto", "python", "strace", "off")
BUILT_IN, DETECT_SECRETS = "built-in", "detect-secrets"
KEEP_ALL, KEEP_OUTPUTS = "all", "outputs"
_KEEP = {True: KEEP_ALL, False: "", KEEP_OUTPUTS: KEEP_OUTPUTS}
_ONE_OF = {"trace": TRACES, "secrets": (BUILT_IN, DETECT_SECRETS)}


class Settings(NamedTuple):
    """The settings that `run` goes by, each with its default."""

    metrics: tuple[str, ...] = ()
    """Files read after every run, as patterns from the top of the repository."""
    trace: str = "auto"
    snapshot_max_file: int = 10 << 20
    """Bytes."""
    snapshot_max_total: int = 256 << 20
    """Bytes."""
    redact: tuple[str, ...] = ()
    """Patterns of what is secret here."""
    secrets: str = BUILT_IN
    """What looks for secrets in files of a snapshot: `built-in`, or also the package `detect-secrets`."""
    data: Mapping[str, Any] = {}
    """The table `[data]` as it stands, for those rooms that have keys in it."""
    data_where: str = "[data]"
    """What to call it in a message."""
    keep: str = ""
    """Whose bytes go into the store after a run: `outputs`, `all` (inputs as well), or "" for nobody's."""
    share_snapshots: bool = True
    """Whether snapshots of uncommitted work travel with a push (`prov.snapshots`)."""


def load(repo: Repo) -> Settings:
    """The settings that hold in this repository. Raises `ConfigError` naming the file and the key."""
    table, where = shared(repo)
    only(table, _SECTIONS, where)
    snapshots = repo.config.get("prov.snapshots", "share")
    if snapshots not in ("share", "local"):
        raise ConfigError(
            f"git config prov.snapshots is {snapshots!r}, not 'share' or 'local'",
            hint="mend it: git config prov.snapshots share",
        )
    data, data_where = _data(table, where)
    return Settings(
        **_capture(table, where),
        data=data,
        data_where=data_where,
        keep=_keep(data, data_where),
        share_snapshots=snapshots == "share",
    )


def data_table(repo: Repo) -> tuple[dict[str, Any], str]:
    """The `[data]` table and what to call it in a message. Raises `ConfigError` for a key that it has not."""
    table, where = shared(repo)
    only(table, _SECTIONS, where)
    return _data(table, where)


def _data(table: Mapping[str, Any], where: str) -> tuple[dict[str, Any], str]:
    data = table.get("data", {})
    where = f"[data] in {where}"
    only(data, _DATA, where)
    return data, where


def _keep(data: Mapping[str, Any], where: str) -> str:
    keep = data.get("keep", False)
    if not isinstance(keep, bool | str) or keep not in _KEEP:
        raise ConfigError(f'keep of {where} is not true, false or "outputs"', hint='for example: keep = "outputs"')
    return _KEEP[keep]


def _capture(table: Mapping[str, Any], where: str) -> dict[str, Any]:
    capture = table.get("capture", {})
    where = f"[capture] in {where}"
    only(capture, _CAPTURE, where)
    found: dict[str, Any] = {}
    for key in ("metrics", "redact"):
        if key in capture:
            found[key] = texts(capture[key], f"{key} of {where}")
    for key in ("snapshot_max_file", "snapshot_max_total"):
        if key in capture:
            found[key] = size(capture[key], f"{key} of {where}")
    for key, allowed in _ONE_OF.items():
        if key in capture:
            if capture[key] not in allowed:
                hint = f'for example: {key} = "{allowed[0]}"'
                raise ConfigError(f"{key} of {where} is not one of {', '.join(allowed)}", hint=hint)
            found[key] = capture[key]
    return found


def shared(repo: Repo) -> tuple[dict[str, Any], str]:
    """What the repository shares, and what to call where it stands: in the working tree; in HEAD where there is none.

    Raises `ConfigError` where it cannot be read.
    """
    worktree = repo.worktree
    if worktree is None:
        return _committed(repo), f"HEAD:{FILE}"
    own = os.path.join(worktree, FILE)
    table = _toml(own, FILE)
    if table is not None:
        return table, FILE
    project = os.path.join(worktree, "pyproject.toml")
    if _mentions_us(project):  # most do not, and TOML is dear to import
        tool = (_toml(project, "pyproject.toml") or {}).get("tool", {})
        table = tool.get("gitprov") if isinstance(tool, dict) else None
        if isinstance(table, dict):
            return table, "[tool.gitprov] of pyproject.toml"
    return {}, FILE


def _committed(repo: Repo) -> dict[str, Any]:
    from gitprov.gitrepo.read import CatFile

    reader = CatFile(repo)
    try:
        found = reader.get(f"HEAD:{FILE}")
    finally:
        reader.close()
    if found is None or found.kind != "blob":
        return {}
    import tomllib

    return _parsed(lambda: tomllib.loads(found.data.decode()), f"HEAD:{FILE}")


def _mentions_us(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return b"tool.gitprov" in file.read()
    except OSError:
        return False


def _toml(path: str, shown: str) -> dict[str, Any] | None:
    try:
        file = open(path, "rb")  # noqa: SIM115 - closed below; opening is what tells whether it is there
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{shown} cannot be read: {error.strerror}", hint="check its permissions") from None
    import tomllib

    with file:
        return _parsed(lambda: tomllib.load(file), shown)


def _parsed(load: Callable[[], dict[str, Any]], shown: str) -> dict[str, Any]:
    try:
        return load()
    except ValueError as error:  # no TOML, or no UTF-8
        raise ConfigError(f"{shown} is not valid TOML: {error}", hint="mend the file") from None


def only(table: object, known: Iterable[str], where: str) -> None:
    """Refuse what is no table, or has a key that is not known; the nearest one is named. Raises `ConfigError`."""
    if not isinstance(table, dict):
        raise ConfigError(f"{where} is not a table", hint="see docs/reference/configuration.md")
    known = tuple(known)
    for key in table:
        if key not in known:
            import difflib

            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(known)}"
            raise ConfigError(f"unknown key {key!r} in {where}", hint=hint)


def texts(value: object, where: str, hint: str = 'for example: ["metrics.json"]') -> tuple[str, ...]:
    """Return a list of texts. Raises `ConfigError` naming `where`."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ConfigError(f"{where} is not a list of texts", hint=hint)


def size(value: object, where: str) -> int:
    """Bytes, from a number or a text such as `10 MiB`. Raises `ConfigError` naming `where`."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ConfigError(f"{where} is not a size", hint="for example: 10 MiB")
    return int(float(found[1]) * _UNITS[found[2] or ""])
