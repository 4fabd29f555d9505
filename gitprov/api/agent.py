"""One question to an ssh agent: a signature of these bytes by that key, see draft-ietf-sshm-ssh-agent, section 3.6.

What answers is whatever listens at the address, so its answer is taken for no more than bytes: so many, within so much
time, in the form that belongs to the key. Whether the signature holds is for the caller to check.
"""

import socket
import time
from typing import Final, NoReturn

from gitprov.errors import ProvError

_SIGN, _SIGNED = 13, 14
_RSA_SHA2_256: Final = 2
_ADD: Final = "add it to your agent: ssh-add KEY"
_START: Final = 'start one, and add the key to it: eval "$(ssh-agent)" && ssh-add KEY'
_TAKEN: Final = 256 << 10
"""The longest question that agents take, in bytes; OpenSSH's ends the conversation where one is longer."""
_LONGEST: Final = 1 << 16
"""The longest answer that a signature can be, with room to spare."""
_SECONDS: Final = 60.0
"""How long an answer may take in all: somebody may have to confirm it."""


def agent_signature(address: str, key: bytes, content: bytes, *, seconds: float = _SECONDS) -> bytes:
    """Return the signature by a key that an agent holds: raw for Ed25519 and RSA (SHA-256), DER for ECDSA.

    `key` is the public key as in a line of `authorized_keys`, decoded. Raises `ProvError` where the agent has not got
    it, or will not, or answers with anything but a signature.
    """
    if not address:
        raise ProvError("the signing key is not in a file that can be read, and there is no ssh agent", hint=_START)
    kind = _strings(key)[0]
    flags = _RSA_SHA2_256 if kind == b"ssh-rsa" else 0
    question = bytes([_SIGN]) + _string(key) + _string(content) + flags.to_bytes(4, "big")
    if len(question) > _TAKEN:
        raise ProvError(
            f"an ssh agent signs no more than {_TAKEN} bytes, and this has {len(content)}",
            hint="sign it with an OpenPGP key, or with an ssh key in a file without a passphrase",
        )
    try:
        answer = _asked(address, question, seconds)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProvError(f"the ssh agent at {address} does not answer: {reason}", hint=_START) from None
    if answer[:1] != bytes([_SIGNED]):
        raise ProvError("the ssh agent has not got the signing key, or does not sign with it", hint=_ADD)
    try:
        (signed,) = _strings(answer[1:])
        made_as, signature = _strings(signed)
        if made_as != (b"rsa-sha2-256" if flags else kind):
            _refuse(made_as)
        return _der(signature) if made_as.startswith(b"ecdsa-") else signature
    except ValueError:
        raise ProvError("the ssh agent answers with what is no signature", hint="sign with a key in a file") from None


def _refuse(kind: bytes) -> NoReturn:
    name = kind.decode("ascii", "backslashreplace")[:60]
    raise ProvError(f"the ssh agent signs in a form that verifiers do not read: {name!r}", hint="use another key")


def _der(signature: bytes) -> bytes:
    r, s = (int.from_bytes(part, "big") for part in _strings(signature))
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    return bytes(encode_dss_signature(r, s))


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _strings(data: bytes) -> list[bytes]:
    """The strings, each with its length before it, that some bytes are made of. Raises `ValueError` for other bytes."""
    found = []
    while data:
        size = int.from_bytes(data[:4], "big")
        if len(data) < 4 + size:
            raise ValueError("cut off")
        found.append(data[4 : 4 + size])
        data = data[4 + size :]
    return found


def _asked(address: str, question: bytes, seconds: float) -> bytes:
    """The answer to one question. Raises `OSError`, for an agent that is too slow or says too much as well."""
    until = time.monotonic() + seconds
    with socket.socket(socket.AF_UNIX) as agent:
        agent.settimeout(seconds)
        agent.connect(address)
        agent.sendall(_string(question))
        size = int.from_bytes(_take(agent, 4, until), "big")
        if size > _LONGEST:
            raise OSError(f"an answer of {size} bytes")
        return _take(agent, size, until)


def _take(agent: socket.socket, size: int, until: float) -> bytes:
    data = b""
    while len(data) < size:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        agent.settimeout(left)
        piece = agent.recv(size - len(data))
        if not piece:
            raise OSError("it ended the conversation")
        data += piece
    return data
