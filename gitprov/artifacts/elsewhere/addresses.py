"""HTTP addresses: which may be recorded and asked, and where a server may send us on to."""

import ipaddress
import socket
from collections.abc import Mapping
from http.client import HTTPMessage
from typing import IO, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from gitprov.errors import ProvError
from gitprov.model.text import visible
from gitprov.model.urls import unsafe_url

_DOWNGRADE: Final = ("https", "http")


def checked(url: str) -> str:
    """Return an address without its fragment. Raises `ProvError` when it is none of HTTP's, or holds a secret."""
    if reason := unsafe_url(url):
        raise ProvError(f"what was given {reason}", hint="give one as https://host/path that needs no secret")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ProvError(f"{url} is not an address of http or https", hint="give one as https://host/path")
    return parts._replace(fragment="").geturl()


def opener(environ: Mapping[str, str]) -> OpenerDirector:
    """Return what opens addresses of http and https and nothing else, through the proxies that `environ` names."""
    director = OpenerDirector()
    proxies = {
        "https": environ.get("https_proxy") or environ.get("HTTPS_PROXY"),
        "http": environ.get("http_proxy"),  # in capitals it could come from a request's header (CVE-2016-5388)
    }
    known = {scheme: proxy for scheme, proxy in proxies.items() if proxy}
    for handler in (
        ProxyHandler(known),
        UnknownHandler(),
        HTTPHandler(),
        HTTPSHandler(),
        HTTPDefaultErrorHandler(),
        _Redirects(),
        HTTPErrorProcessor(),
    ):
        director.add_handler(handler)
    director.addheaders = [("User-Agent", "git-prov"), ("Accept-Encoding", "identity")]
    return director


class _Redirects(HTTPRedirectHandler):
    """Follows redirects to http and https; never from https to http, nor from the world into a private network."""

    def redirect_request(  # noqa: PLR0917 - the signature is urllib's
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        refused = ""
        if new.scheme not in ("http", "https") or new.username is not None:
            refused = "which is not fetched"
        elif (old.scheme, new.scheme) == _DOWNGRADE:
            refused = "which is not encrypted"
        elif _is_private(new.hostname or "") and not _is_private(old.hostname or ""):
            refused = "which is in a private network"
        if refused:
            raise HTTPError(req.full_url, code, f"it leads to {visible(newurl)[:200]}, {refused}", headers, fp)
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None:
            following.method = req.get_method()  # a HEAD stays one
        return following


def _is_private(host: str) -> bool:
    """Tell whether a host is this machine or in a network that is not the world's."""
    try:
        found = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        return False
    return any(not ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in found)
