"""What a repository shares (`.gitprov.toml`, `[tool.gitprov]` of `pyproject.toml`), what is personal (git config)."""

import errno
import os
import re
import stat
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from gitprov.errors import ConfigError
from gitprov.gitrepo.repo import Repo
from gitprov.model.size import parse_size

FILE = ".gitprov.toml"
"""Where settings that travel with the repository stand, at its top."""
PROJECT = "pyproject.toml"
"""Where they can stand as well, in `[tool.gitprov]`."""
LIMIT = 1 << 20
"""Bytes of a file that settings are read from: no person writes more."""
_SECTIONS = ("capture", "tolerance", "data", "rules", "retention", "people", "experiments", "lint")
_CAPTURE = ("metrics", "trace", "snapshot_max_file", "snapshot_max_total", "redact", "secrets")
_DATA = ("keep", "remote", "remotes", "profile", "profile_values", "drift", "classes")
_OURS = re.compile(rb"""tool["'\s.]+gitprov|^[ \t]*["']?gitprov["']?[ \t]*[.=]""", re.MULTILINE)
_NAME = rb"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_ENDLESS = re.compile(rb"(?<![A-Za-z0-9_.-])" + _NAME + rb"(?:[ \t]*+\.[ \t]*+" + _NAME + rb"){100}")
_BOM = b"\xef\xbb\xbf"
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
    own = read_file(os.path.join(worktree, FILE), FILE)
    if own is not None:
        return parse(own, FILE), FILE
    project = read_file(os.path.join(worktree, PROJECT), PROJECT, optional=True)
    if project is not None and mentions_us(project):  # most do not, and TOML is dear to import
        tool = parse(project, PROJECT).get("tool", {})
        table = tool.get("gitprov") if isinstance(tool, dict) else None
        if isinstance(table, dict):
            return table, f"[tool.gitprov] of {PROJECT}"
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
    if is_endless(found.data):
        raise ConfigError(f"HEAD:{FILE} has a key of more than 100 parts", hint="mend the file")
    return parse(found.data, f"HEAD:{FILE}")


def mentions_us(project: bytes) -> bool:
    """Tell whether a `pyproject.toml` may have a table of ours."""
    return _OURS.search(project) is not None


def read_file(path: str, shown: str, *, optional: bool = False) -> bytes | None:
    """Return a file's bytes; None where it is not there, or is `optional` and cannot be read. Raises `ConfigError`."""
    try:
        return _bytes(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        if optional:
            return None
        raise ConfigError(
            f"{shown} cannot be read: {error.strerror}", hint="check what it is, and its permissions"
        ) from None


def _bytes(path: str) -> bytes:
    """The bytes of an ordinary file. What is something else is never waited for."""
    place = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(place, "rb") as file:
        if not stat.S_ISREG(os.fstat(place).st_mode):
            raise OSError(errno.EINVAL, "it is not a file")
        data = file.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise OSError(errno.EFBIG, f"it has more than {LIMIT >> 20} MiB")
    if is_endless(data):
        raise OSError(errno.EINVAL, "it has a key of more than 100 parts")
    return data


def is_endless(data: bytes) -> bool:
    """Tell whether a text has a dotted key so long that the parser would be at it for minutes."""
    return _ENDLESS.search(data) is not None


def parse(data: bytes, shown: str) -> dict[str, Any]:
    """Return what a TOML text says. Raises `ConfigError` that names the file and, where it can be told, the line."""
    import tomllib

    if data.startswith(_BOM):
        raise ConfigError(f"{shown} begins with a byte order mark", hint="save it as UTF-8 without one (no BOM)")
    try:
        return tomllib.loads(data.decode())
    except RecursionError:
        raise ConfigError(f"{shown} is not valid TOML: it is nested too deeply", hint="mend the file") from None
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
    found = parse_size(value)
    if found is None:
        raise ConfigError(f"{where} is not a size", hint="for example: 10 MiB")
    return found
