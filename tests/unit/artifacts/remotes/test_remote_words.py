"""What goes wrong at a remote is said in words that help, and hold nothing secret."""

import pytest

from gitprov.artifacts.remotes.address import parse
from gitprov.artifacts.remotes.backend import Absent, PastEnd, Transient
from gitprov.artifacts.remotes.cloud_errors import explained as explained_cloud
from gitprov.artifacts.remotes.ssh import Route
from gitprov.errors import ProvError


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Host key verification failed.", "host key of host is not known"),
        ("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.", "has changed"),
        ("ana@host: Permission denied (publickey).", "accepts no key"),
        ("ssh: Could not resolve hostname host: Name or service not known", "no host host"),
        ("subsystem request failed on channel 0", "no sftp"),
    ],
)
def test_what_ssh_says_is_put_into_words_with_a_hint(said: str, words: str) -> None:
    error = Route("r", parse("sftp://host/data"), {}).explained(said)

    assert isinstance(error, ProvError)
    assert words in error.message
    assert error.hint


@pytest.mark.parametrize("said", ["", "ssh: connect to host host port 22: Connection refused", "Connection reset"])
def test_a_connection_that_broke_is_tried_again(said: str) -> None:
    assert isinstance(Route("r", parse("sftp://host/data"), {}).explained(said), Transient)


class Answered(Exception):
    """An error of a library that carries an HTTP status, and what nobody should see."""

    def __init__(self, status: int) -> None:
        super().__init__("Authorization: Bearer hunter2")
        self.status = status


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ProvError),
        (401, ProvError),
        (403, ProvError),
        (404, Absent),
        (416, PastEnd),
        (429, Transient),
        (503, Transient),
        (507, ProvError),
    ],
)
def test_an_http_status_says_what_it_means(status: int, kind: type[Exception]) -> None:
    error = explained_cloud("r", "webdav", Answered(status))

    assert type(error) is kind
    assert "hunter2" not in str(error) + getattr(error, "hint", "")


def test_the_status_behind_an_error_counts() -> None:
    outer = ValueError("x")
    outer.__cause__ = Answered(404)

    assert isinstance(explained_cloud("r", "gcs", outer), Absent)
