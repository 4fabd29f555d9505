"""The file systems behind `cloud`, each with credentials from where its own tools look for them."""

from collections.abc import Mapping
from contextlib import suppress

from gitprov.artifacts.remotes.address import Address
from gitprov.artifacts.remotes.cloud import Cloud


def opened(name: str, address: Address, options: Mapping[str, object], environ: Mapping[str, str]) -> Cloud:
    """Return the backend for an address. ImportError where the library for its kind is not installed."""
    match address.kind:
        case "gcs":
            return _gcs(name, address, options)
        case "azure":
            return _azure(name, address, options)
        case "webdav":
            return _webdav(name, address, environ)
        case _:
            return _http(name, address)


def _gcs(name: str, address: Address, options: Mapping[str, object]) -> Cloud:
    from gcsfs import GCSFileSystem

    token = "anon" if options.get("anonymous") is True else None  # the library's word for "none"
    system = GCSFileSystem(
        project=options.get("project") or "", token=token, use_listings_cache=False, skip_instance_cache=True
    )
    return Cloud(name, "gcs", _joined(address), system)


def _azure(name: str, address: Address, options: Mapping[str, object]) -> Cloud:
    from adlfs import AzureBlobFileSystem

    container, _, account = address.host.partition("@")
    system = AzureBlobFileSystem(
        account_name=options.get("account_name") or account.partition(".")[0] or None,
        anon=options.get("anonymous") is True,
        use_listings_cache=False,
        skip_instance_cache=True,
    )
    return Cloud(name, "azure", _joined(address._replace(host=container)), system)


def _webdav(name: str, address: Address, environ: Mapping[str, str]) -> Cloud:
    from httpx import NetRCAuth
    from webdav4.fsspec import WebdavFileSystem

    auth = None
    with suppress(FileNotFoundError):
        auth = NetRCAuth(environ.get("NETRC"))
    scheme = "https" if address.scheme.endswith("s") else "http"
    system = WebdavFileSystem(f"{scheme}://{address.host}", auth=auth, skip_instance_cache=True)

    def move(path: str, new: str) -> None:
        system.client.move(path, new, overwrite=True)  # the file system's own way is to copy, which shows halves

    return Cloud(name, "webdav", address.root.strip("/"), system, move=move, end=system.client.http.close, folders=True)


def _http(name: str, address: Address) -> Cloud:
    from fsspec.implementations.http import HTTPFileSystem

    system = HTTPFileSystem(
        client_kwargs={"trust_env": True},  # proxies, and ~/.netrc
        use_listings_cache=False,
        skip_instance_cache=True,
    )
    root = f"{address.scheme}://{_joined(address)}"
    return Cloud(name, "http", root, system, writable=False)


def _joined(address: Address) -> str:
    return f"{address.host}/{address.root}".rstrip("/")
