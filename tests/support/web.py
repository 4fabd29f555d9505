"""A web server on loopback that does what it is told: entity tags, parts, redirects, connections that break."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple


class Asked(NamedTuple):
    """One request that came: its method, path, and the headers that decide what is sent."""

    method: str
    path: str
    range: str | None
    match: str | None


class Web:
    """What the server has and how it behaves; change it between requests."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.files: dict[str, bytes] = {}
        self.tags: dict[str, str] = {}
        self.redirects: dict[str, str] = {}
        self.knows_head = True
        self.knows_parts = True
        self.length = ""
        """What is said of the length; "" for the truth."""
        self.breaks_after: list[int] = []
        """The bytes after which each of the next connections breaks."""
        self.asked: list[Asked] = []


@contextmanager
def serving() -> Iterator[Web]:
    """Serve until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    web = server.web = Web(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        if self._web.knows_head:
            self._answer(body=False)
        else:
            self._asked()
            self.send_error(405)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server has
        """Say nothing."""

    @property
    def _web(self) -> Web:
        web = self.server.web  # type: ignore[attr-defined]
        assert isinstance(web, Web)
        return web

    def _asked(self) -> None:
        headers = self.headers
        self._web.asked.append(Asked(self.command, self.path, headers.get("Range"), headers.get("If-Match")))

    def _answer(self, *, body: bool) -> None:
        self._asked()
        web, tag = self._web, self._web.tags.get(self.path)
        if target := web.redirects.get(self.path):
            self.send_response(302)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path not in web.files:
            self.send_error(404)
        elif self.headers.get("If-Match") not in (None, tag):
            self.send_error(412)
        else:
            self._send(web.files[self.path], tag, body=body)

    def _send(self, data: bytes, tag: str | None, *, body: bool) -> None:
        start, end = self._part(len(data))
        if start >= len(data) and start:
            self.send_error(416)
            return
        if self.headers.get("Range") and self._web.knows_parts:
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(data)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", self._web.length or str(end - start))
        if tag:
            self.send_header("ETag", tag)
        self.end_headers()
        if body:
            breaks = self._web.breaks_after.pop(0) if self._web.breaks_after else None
            with suppress(ConnectionError):  # whoever asked may have had enough
                self.wfile.write(data[start:end][:breaks])

    def _part(self, size: int) -> tuple[int, int]:
        asked = self.headers.get("Range")
        if asked is None or not self._web.knows_parts:
            return 0, size
        first, _, last = asked.removeprefix("bytes=").partition("-")
        return int(first), min(int(last) + 1, size) if last else size
