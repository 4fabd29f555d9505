"""Where a remote is: the forms of its URL, and what a URL must not hold."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from gitprov.errors import ConfigError
from gitprov.model.text import quote

SCHEMES: Final[Mapping[str, str]] = {
    "file": "directory",
    "ssh": "sftp",
    "sftp": "sftp",
    "s3": "s3",
    "gs": "gcs",
    "gcs": "gcs",
    "az": "azure",
    "abfs": "azure",
    "abfss": "azure",
    "webdav": "webdav",
    "webdavs": "webdav",
    "dav": "webdav",
    "davs": "webdav",
    "http": "http",
    "https": "http",
}
_OPTIONS: Final[Mapping[str, frozenset[str]]] = {
    "directory": frozenset(),
    "sftp": frozenset(),
    "s3": frozenset({"endpoint_url", "profile", "region", "anonymous"}),
    "gcs": frozenset({"project", "anonymous"}),
    "azure": frozenset({"account_name", "anonymous"}),
    "webdav": frozenset(),
    "http": frozenset(),
}
_COMMON: Final = frozenset({"workers"})
_SECRET_WORDS: Final = ("password", "secret", "token", "key", "credential", "sas")
_PLACES: Final[Mapping[str, str]] = {
    "sftp": "an ssh key: ssh-add, or IdentityFile in ~/.ssh/config",
    "s3": "~/.aws/credentials or AWS_* variables (aws configure)",
    "gcs": "gcloud auth application-default login, or GOOGLE_APPLICATION_CREDENTIALS",
    "azure": "az login, or AZURE_* variables",
    "webdav": "~/.netrc",
    "http": "~/.netrc",
    "directory": "the file system's own permissions",
}


class Address(NamedTuple):
    """A remote's place: `root` is a path, or a bucket (container) and a prefix; `host` with user and port for ssh."""

    kind: str
    scheme: str
    host: str
    root: str
    user: str = ""
    port: int | None = None


def parse(url: str) -> Address:
    """Read a remote's URL. ConfigError where it has no known form, or holds something secret."""
    if url.startswith(("/", "~")):
        return Address("directory", "file", "", url)
    if "://" not in url:
        return _short_ssh(url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigError("its URL cannot be read", hint="write it as sftp://host:port/path") from None
    kind = SCHEMES.get(parts.scheme)
    if kind is None:
        raise ConfigError(
            f"nothing is reached by {quote(parts.scheme)}://", hint=f"what there is: {', '.join(sorted(SCHEMES))}"
        )
    _refuse_secrets(kind, parts)
    host = (parts.hostname or "") if kind == "sftp" else parts.netloc
    path = parts.path if kind in {"s3", "http"} else unquote(parts.path)
    address = Address(kind, parts.scheme, host, _root(kind, path), unquote(parts.username or ""), port)
    return _checked(address)


def place_of_credentials(kind: str) -> str:
    """Return, in words, where the credentials of a kind of remote belong."""
    return _PLACES[kind]


def check_options(kind: str, options: Mapping[str, object]) -> None:
    """Refuse options that the kind does not have. ConfigError; values are never repeated."""
    known = _OPTIONS[kind] | _COMMON
    for name in options:
        if name in known:
            continue
        if any(word in name.lower() for word in _SECRET_WORDS):
            raise ConfigError(
                f"{name!r} does not belong into the settings of a remote", hint=f"credentials: {_PLACES[kind]}"
            )
        raise ConfigError(f"a {kind} remote has no option {name!r}", hint=f"it has: {', '.join(sorted(known))}")


def _short_ssh(url: str) -> Address:
    """Read `[user@]host:path`, as scp and git take it. What is refused is not repeated: it may be a secret misspelt."""
    place, colon, path = url.partition(":")
    if "@" in path:  # user:password@host:path
        raise _secret("sftp")
    user, _, host = place.rpartition("@")
    if not colon or "/" in place or not path or len(host) < 2:  # one letter is a drive
        raise ConfigError(
            "its URL names no place", hint="an absolute directory, host:path, or a URL such as s3://bucket/prefix"
        )
    return _checked(Address("sftp", "sftp", host, path, user))


def _refuse_secrets(kind: str, parts: SplitResult) -> None:
    of_azure = kind == "azure" and parts.scheme.startswith("abfs")  # abfs://container@account.dfs.core.windows.net/path
    if parts.password is not None or (parts.username is not None and kind != "sftp" and not of_azure):
        raise _secret(kind)
    if parts.query or parts.fragment:
        raise ConfigError("its URL has a ?query or a #fragment", hint=f"credentials: {place_of_credentials(kind)}")


def _secret(kind: str) -> ConfigError:
    return ConfigError(
        "its URL holds a user or a password, and everybody can read it",
        hint=f"credentials: {_PLACES[kind]}",
    )


def _root(kind: str, path: str) -> str:
    """Return the path as the kind takes it; `/~/x` of ssh is relative to the home directory, as git has it."""
    if kind == "sftp":
        return path[3:] or "." if path.startswith("/~/") else path or "."
    return path if kind == "directory" else path.strip("/")


def _checked(address: Address) -> Address:
    if address.kind == "directory":
        if address.host not in {"", "localhost"} or not address.root:
            raise ConfigError("a directory is written file:///path", hint="with three slashes")
        return address._replace(host="")
    if not address.host or address.host.startswith("-") or address.user.startswith("-"):
        raise ConfigError("its URL names no host or bucket", hint="such as s3://bucket/prefix")
    if (
        any(ord(c) < 32 for c in address.host + address.user + address.root)
        or ".." in PurePosixPath(address.root).parts
    ):
        raise ConfigError("its URL has a part that no place has", hint="write it without .. and control characters")
    return address
