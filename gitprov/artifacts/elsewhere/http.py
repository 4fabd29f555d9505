"""Bytes at an HTTP address: described by their entity tag, and fetched from where an earlier try broke off."""

import http.client
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import OpenerDirector, Request

from gitprov.artifacts.elsewhere.addresses import checked, opener
from gitprov.artifacts.elsewhere.delivery import PIECE, Delivery
from gitprov.artifacts.elsewhere.location import URL, Location, World
from gitprov.artifacts.elsewhere.texts import SIZE_LIMIT
from gitprov.errors import NotFound, ProvError
from gitprov.model.text import is_clean, visible

_TIMEOUT: Final = 60  # seconds without a byte
_TRIES: Final = 3  # connections in a row that bring no byte
_TAG: Final = re.compile(r'(?:W/)?"[^"]{0,1000}"')
_RANGE: Final = re.compile(r"bytes (\d{1,19})-\d{1,19}/(?:\d{1,19}|\*)")
_NO_HEAD: Final = frozenset({400, 403, 405, 501})  # what servers say that only know GET
_GONE: Final = frozenset({404, 410})


class _Broken(ProvError):
    """The connection ended too early; what came is good."""


class _NoRange(ProvError):
    """The server has nothing from this offset on, or sent something else."""


def describe_url(url: str, environ: Mapping[str, str]) -> Location:
    """Ask a server about an address, and return it as a location with entity tag and size, as far as it says them.

    The address is recorded as given, not where it leads. Raises `ProvError` when it holds a secret or is not there.
    """
    url = checked(url)
    with _spoken(url), _asked(url, opener(environ)) as response:
        tag = response.headers.get("ETag", "")
        length = response.headers.get("Content-Length", "")
        if response.status == 206:
            length = response.headers.get("Content-Range", "").rpartition("/")[2]
    return Location(URL, url=url, etag=tag if _is_tag(tag) else "", size=_size(length))


def fetch(location: Location, delivery: Delivery, world: World) -> None:
    """Deliver what is at an address, going on behind what is there. Raises `ProvError` when it has changed."""
    url = checked(location.url)
    download = _Download(url, location.etag if _is_tag(location.etag) else "", opener(world.environ))
    begun = delivery.resume() > 0
    download.into(delivery)
    if begun and not delivery.agrees():  # what was there may have been the beginning of something else
        delivery.restart()
        download.into(delivery)
    delivery.finish(url)


class _Download:
    """One address, and the entity tag by which its server tells that it is still the same thing."""

    def __init__(self, url: str, tag: str, director: OpenerDirector) -> None:
        self._url = url
        self._tag = tag
        self._director = director

    def into(self, delivery: Delivery) -> None:
        """Write all that is not there yet; a connection that breaks is made again, as long as they bring any bytes."""
        idle = 0
        while not (delivery.done and delivery.agrees()):
            before = delivery.done
            try:
                return self._stream(delivery)
            except _NoRange:
                if not before:
                    raise
                delivery.restart()
            except _Broken:
                idle = 0 if delivery.done > before else idle + 1
                if idle == _TRIES:
                    raise
        return None

    def _stream(self, delivery: Delivery) -> None:
        with _spoken(self._url), _open(self._director, self._request(delivery.done)) as response:
            self._accept(response, delivery)
            received, length = 0, _size(response.headers.get("Content-Length", ""))
            while piece := response.read(PIECE):
                delivery.write(piece)
                received += len(piece)
        if length is not None and received < length:  # http.client says nothing about it
            raise _broken(self._url, "the connection ended too early")

    def _request(self, offset: int) -> Request:
        request = Request(self._url)  # noqa: S310 - checked to be http or https
        strong = self._tag if self._tag.startswith('"') else ""
        if strong:
            request.add_header("If-Match", strong)
        if offset:
            request.add_header("Range", f"bytes={offset}-")
        if offset and strong:
            request.add_header("If-Range", strong)
        return request

    def _accept(self, response: http.client.HTTPResponse, delivery: Delivery) -> None:
        """Make sure that what comes is what was recorded, and goes behind what is there or takes its place."""
        tag = response.headers.get("ETag", "")
        if _is_tag(tag):
            if self._tag and tag.removeprefix("W/") != self._tag.removeprefix("W/"):
                raise _changed(self._url)
            self._tag = tag
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise ProvError(f"{self._url} cannot be fetched: the server sends it compressed")
        if response.status != 206 and delivery.done:
            delivery.restart()
        if response.status == 206 and _start(response.headers.get("Content-Range", "")) != delivery.done:
            raise _NoRange(f"{self._url} cannot be fetched: another part came than was asked for")


@contextmanager
def _spoken(url: str) -> Iterator[None]:
    """Turn what urllib and http.client raise into one sentence, or into what a download goes on from."""
    try:
        yield
    except HTTPError as error:
        error.close()
        raise _said(url, error) from error
    except URLError as error:
        reason = visible(str(error.reason))
        raise ProvError(f"{url} cannot be reached: {reason}", hint="check the address and the network") from error
    except (http.client.HTTPException, OSError) as error:
        raise _broken(url, visible(str(error)) or "the connection broke") from error
    except ValueError as error:  # a host that can be none, here or where a redirect leads
        raise ProvError(f"{url} cannot be reached: {visible(str(error))}", hint="check the address") from error


def _said(url: str, error: HTTPError) -> ProvError:
    reason = f"{error.code} {visible(str(error.reason))[:300]}"
    if error.code == 412:
        return _changed(url)
    if error.code == 416:
        return _NoRange(f"{url} cannot be fetched: {reason}")
    if error.code in _GONE:
        return NotFound(f"{url} is not there: {reason}")
    return ProvError(f"{url} cannot be fetched: {reason}", hint="check the address and your access")


def _broken(url: str, reason: str) -> _Broken:
    return _Broken(f"{url} cannot be fetched: {reason}", hint="try again; what came is kept")


def _changed(url: str) -> ProvError:
    return ProvError(f"{url} has changed since it was recorded", hint="look for another copy of the bytes")


def _asked(url: str, director: OpenerDirector) -> http.client.HTTPResponse:
    """Return the answer that tells most: to HEAD, or to a request for one byte where a server does not know that."""
    try:
        return _open(director, Request(url, method="HEAD"))  # noqa: S310 - checked to be http or https
    except HTTPError as error:
        error.close()
        if error.code not in _NO_HEAD:
            raise
    return _open(director, Request(url, headers={"Range": "bytes=0-0"}))  # noqa: S310 - the same


def _open(director: OpenerDirector, request: Request) -> http.client.HTTPResponse:
    response: http.client.HTTPResponse = director.open(request, timeout=_TIMEOUT)
    return response


def _size(digits: str) -> int | None:
    size = int(digits) if digits.isdecimal() and len(digits) < 20 else SIZE_LIMIT
    return size if size < SIZE_LIMIT else None


def _start(content_range: str) -> int | None:
    match = _RANGE.fullmatch(content_range)
    return int(match[1]) if match else None


def _is_tag(tag: str) -> bool:
    return _TAG.fullmatch(tag) is not None and is_clean(tag)
