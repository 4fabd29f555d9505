import io
from email.message import Message
from urllib.error import HTTPError
from urllib.request import Request

import pytest

from gitprov.artifacts.elsewhere import addresses
from gitprov.artifacts.elsewhere.addresses import checked
from gitprov.errors import ProvError


def test_an_address_loses_its_fragment_and_nothing_else() -> None:
    assert checked("https://example.org:8443/a%20b?version=2#rows") == "https://example.org:8443/a%20b?version=2"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/a",
        "s3://bucket/a",
        "https:///a",
        "https://example.org/a b",
        "https://example.org/a\nHost: other",
        "https://exämple.org/a",
        "https://user@example.org/a",
        "https://user:hunter2@example.org/a",
        "https://example.org/a?X-Amz-Signature=hunter2",
        "https://example.org/a?sv=2024&sig=hunter2",
        "https://example.org/a?access_token=hunter2",
        "https://[::1/a",
        "",
    ],
)
def test_an_address_that_may_not_be_recorded_is_refused_without_repeating_its_secret(url: str) -> None:
    with pytest.raises(ProvError) as caught:
        checked(url)
    assert "hunter2" not in caught.value.message + caught.value.hint
    assert caught.value.hint


def redirected(old: str, new: str, method: str = "GET") -> Request | None:
    """Ask what follows a redirect."""
    handler = addresses._Redirects()
    request = Request(old, headers={"Range": "bytes=5-"}, method=method)  # noqa: S310 - nothing is opened
    return handler.redirect_request(request, io.BytesIO(), 302, "Found", Message(), new)  # type: ignore[arg-type]


def test_a_redirect_keeps_what_was_asked_for() -> None:
    for method in ("GET", "HEAD"):
        following = redirected("http://127.0.0.1/a", "http://127.0.0.1:81/b", method)
        assert following is not None
        assert (following.get_method(), following.get_header("Range")) == (method, "bytes=5-")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("http://127.0.0.1/a", "file:///etc/passwd", "not fetched"),
        ("http://127.0.0.1/a", "ftp://127.0.0.1/a", "not fetched"),
        ("http://127.0.0.1/a", "http://user@127.0.0.1/a", "not fetched"),
        ("https://127.0.0.1/a", "http://127.0.0.1/a", "not encrypted"),
        ("http://8.8.8.8/a", "http://127.0.0.1/a", "private network"),
        ("http://8.8.8.8/a", "http://169.254.169.254/latest/meta-data", "private network"),
        ("http://8.8.8.8/a", "http://[::1]/a", "private network"),
        ("http://8.8.8.8/a", "http://10.1.2.3/a", "private network"),
    ],
)
def test_a_redirect_to_where_nobody_wanted_to_go_is_not_followed(old: str, new: str, reason: str) -> None:
    with pytest.raises(HTTPError, match=reason):
        redirected(old, new)
