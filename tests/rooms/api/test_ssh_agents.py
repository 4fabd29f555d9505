"""What listens where an ssh agent should: an answer that is no signature by the key is refused, soon and in words."""

import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from gitprov.api.agent import agent_signature
from gitprov.errors import ProvError


def packed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


ED25519 = packed(b"ssh-ed25519", b"k" * 32)
RSA = packed(b"ssh-rsa", b"\1\0\1", b"n" * 256)
SIGNED = b"\x0e"

Talk = Callable[[socket.socket], None]


@contextmanager
def listening(talk: Talk) -> Iterator[str]:
    """Let something stand in for an agent, for one conversation; its directory is short, as a socket's has to be."""
    with tempfile.TemporaryDirectory(prefix="agent-", dir="/tmp") as above, socket.socket(socket.AF_UNIX) as server:
        address = str(Path(above) / "agent")
        server.bind(address)
        server.listen(1)

        def serve() -> None:
            there, _ = server.accept()
            with closing(there):
                talk(there)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield address
        finally:
            thread.join()


def asked(there: socket.socket) -> bytes:
    """Take a whole question."""
    with there.makefile("rb") as file:
        return file.read(int.from_bytes(file.read(4), "big"))


def answering(answer: bytes, seen: list[bytes] | None = None) -> Talk:
    """Answer with these bytes, with their length before them."""

    def talk(there: socket.socket) -> None:
        question = asked(there)
        if seen is not None:
            seen.append(question)
        there.sendall(packed(answer))

    return talk


def refusal(talk: Talk, key: bytes = ED25519, *, seconds: float = 60) -> ProvError:
    """Ask for a signature that there is not going to be."""
    with listening(talk) as address, pytest.raises(ProvError) as refused:
        agent_signature(address, key, b"content", seconds=seconds)
    return refused.value


def test_the_question_is_the_key_the_content_and_how_to_sign() -> None:
    seen: list[bytes] = []
    with listening(answering(SIGNED + packed(packed(b"rsa-sha2-256", b"signature")), seen)) as address:
        assert agent_signature(address, RSA, b"content") == b"signature"
    assert seen == [b"\x0d" + packed(RSA, b"content") + b"\0\0\0\2"]


def test_an_answer_in_pieces_is_put_together() -> None:
    answer = packed(SIGNED + packed(packed(b"ssh-ed25519", b"s" * 64)))

    def talk(there: socket.socket) -> None:
        asked(there)
        for place in range(len(answer)):
            there.sendall(answer[place : place + 1])

    with listening(talk) as address:
        assert agent_signature(address, ED25519, b"content") == b"s" * 64


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(SIGNED, id="nothing"),
        pytest.param(SIGNED + packed(b""), id="an empty signature"),
        pytest.param(SIGNED + packed(packed(b"ssh-ed25519")), id="a kind alone"),
        pytest.param(SIGNED + packed(packed(b"ssh-ed25519", b"s", b"more")), id="too many parts"),
        pytest.param(SIGNED + packed(packed(b"ssh-ed25519", b"s"), b"more"), id="something behind it"),
        pytest.param(SIGNED + packed(packed(b"ssh-ed25519", b"s"))[:-1], id="cut off"),
        pytest.param(SIGNED + b"\xff\xff\xff\xff", id="a length without bytes"),
        pytest.param(SIGNED + b"\0\0", id="half a length"),
    ],
)
def test_what_is_no_signature_is_refused(answer: bytes) -> None:
    assert refusal(answering(answer)).message == "the ssh agent answers with what is no signature"


def test_half_of_an_ecdsa_signature_is_refused() -> None:
    kind = b"ecdsa-sha2-nistp256"
    answer = SIGNED + packed(packed(kind, packed(b"r")))
    error = refusal(answering(answer), packed(kind, b"nistp256", b"point"))
    assert error.message == "the ssh agent answers with what is no signature"


@pytest.mark.parametrize("kind", [b"ssh-rsa", b"rsa-sha2-512", b"ssh-ed25519", b"\x1b[2J\xff"])
def test_a_signature_of_another_kind_than_was_asked_for_is_refused(kind: bytes) -> None:
    error = refusal(answering(SIGNED + packed(packed(kind, b"s"))), RSA)
    assert error.message.startswith("the ssh agent signs in a form that verifiers do not read: ")
    assert error.message.isprintable()


@pytest.mark.parametrize("answer", [b"\x05", b"", b"\x06"])
def test_an_agent_that_will_not_is_told_from_one_that_does_not_answer(answer: bytes) -> None:
    error = refusal(answering(answer))
    assert error.message == "the ssh agent has not got the signing key, or does not sign with it"
    assert error.hint == "add it to your agent: ssh-add KEY"


def test_an_answer_of_any_length_is_not_waited_for() -> None:
    def talk(there: socket.socket) -> None:
        asked(there)
        there.sendall(b"\x7f\xff\xff\xff")

    assert refusal(talk).message.endswith("does not answer: an answer of 2147483647 bytes")


def test_an_agent_that_hangs_up_is_named() -> None:
    error = refusal(asked)  # type: ignore[arg-type] # what it was asked is not looked at
    assert error.message.endswith("does not answer: it ended the conversation")


def test_an_agent_that_falls_silent_is_given_up() -> None:
    def talk(there: socket.socket) -> None:
        asked(there)
        there.sendall(b"\0\0\xff\xff")
        there.recv(1)  # until the other side has gone

    assert refusal(talk, seconds=0.05).message.endswith("does not answer: timed out")


def test_an_agent_that_never_comes_to_an_end_is_given_up() -> None:
    def talk(there: socket.socket) -> None:
        asked(there)
        there.sendall(b"\0\0\xff\xff")
        with suppress(OSError):  # the other side has gone
            for _ in range(1 << 15):
                there.sendall(b"x")
                there.settimeout(0.002)
                with suppress(TimeoutError):
                    there.recv(1)

    assert refusal(talk, seconds=0.05).message.endswith("does not answer: timed out")


def test_where_nobody_listens_it_says_where(tmp_path: Path) -> None:
    with pytest.raises(ProvError) as refused:
        agent_signature(str(tmp_path / "gone"), ED25519, b"content")
    assert "gone does not answer: " in refused.value.message
    assert "ssh-agent" in refused.value.hint


def test_a_path_that_no_socket_can_have_is_refused() -> None:
    with pytest.raises(ProvError, match="does not answer"):
        agent_signature("/tmp/" + "x" * 200, ED25519, b"content")


def test_more_than_agents_take_is_refused_before_it_is_sent() -> None:
    with pytest.raises(ProvError) as refused:
        agent_signature(os.devnull, ED25519, bytes(300 << 10))
    assert refused.value.message == "an ssh agent signs no more than 262144 bytes, and this has 307200"
