"""OpenSSH's own `ssh` as the way to a server, so that a person's whole setup holds.

`~/.ssh/config`, known hosts, agents, hardware keys, jump hosts, Kerberos and prompts for a second factor are its
affair; a host key that is not known is refused or asked about by it, and never taken by us.
"""

import select
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from shutil import rmtree
from tempfile import TemporaryFile, mkdtemp
from typing import Final, NamedTuple

from gitprov.artifacts.remotes.address import Address
from gitprov.artifacts.remotes.backend import Transient
from gitprov.errors import ProvError
from gitprov.model.text import quote

_OPTIONS: Final = (
    "-oClearAllForwardings=yes",
    "-oForwardAgent=no",
    "-oForwardX11=no",
    "-oPermitLocalCommand=no",
    "-oRemoteCommand=none",
    "-oRequestTTY=no",
    "-oServerAliveInterval=15",  # seconds; a dead connection is noticed, not waited for
    "-oServerAliveCountMax=3",
    "-oConnectTimeout=20",
)
_LINGER: Final = 5  # seconds for which a login outlives us when we are killed
_PATIENCE: Final = 5.0  # seconds for a connection to end by itself


class _Meaning(NamedTuple):
    """What ssh says, what it means, and what helps."""

    said: str
    message: str
    hint: str


_MEANINGS: Final = (
    _Meaning("IDENTIFICATION HAS CHANGED", "the host key of {} has changed", "ask who runs it before you go on"),
    _Meaning(
        "ost key verification failed", "the host key of {} is not known", "`ssh {}` once, and compare fingerprints"
    ),
    _Meaning("Permission denied", "{} accepts no key of yours", "see that `ssh {}` works: ssh-add, or ~/.ssh/config"),
    _Meaning(
        "Could not resolve hostname", "there is no host {}", "see the spelling of the remote's URL, and the network"
    ),
    _Meaning("subsystem request failed", "{} offers no sftp", "ask who runs it to switch the sftp subsystem on"),
    _Meaning("Bad configuration option", "ssh refuses its configuration", "see ~/.ssh/config"),
    _Meaning("Bad owner or permissions", "ssh refuses its configuration", "see the permissions of ~/.ssh/config"),
)


class Route:
    """The way to one server. The first connection logs in; later ones share it, so that nobody is asked twice.

    `GIT_SSH_COMMAND` and `GIT_SSH` of `environ` name another ssh, as they do for git.
    """

    def __init__(self, name: str, address: Address, environ: Mapping[str, str]) -> None:
        self._name = name
        self._host = address.host
        self._environ = dict(environ)
        self._program = shlex.split(environ.get("GIT_SSH_COMMAND", "")) or [environ.get("GIT_SSH") or "ssh"]
        user = ["-l", address.user] if address.user else []
        port = ["-p", str(address.port)] if address.port else []
        self._place = [*user, *port]
        self._folder = ""
        self._sharing: Sequence[str] | None = None

    def open(self) -> "Pipe":
        """Start a connection; whether it works is seen when it is used."""
        if self._sharing is None:
            self._sharing = self._how_to_share()
        options = (*_OPTIONS, *self._sharing, *self._place)
        try:
            return Pipe([*self._program, *options, "-s", "--", self._host, "sftp"], self._environ)
        except FileNotFoundError as error:
            raise ProvError(
                f"remote {self._name!r}: there is no program {self._program[0]!r}", hint="install OpenSSH's client"
            ) from error

    def explained(self, said: str) -> Exception:
        """Return what to raise for a connection that ended with these words of ssh."""
        for meaning in _MEANINGS:
            if meaning.said in said:
                message, hint = meaning.message.format(self._host), meaning.hint.format(self._host)
                return ProvError(f"remote {self._name!r}: {message}", hint=hint)
        lines = said.strip().splitlines()
        return Transient(quote(lines[-1][:200]) if lines else "the connection has ended")

    def close(self) -> None:
        """End the login that connections share."""
        if self._folder:
            with suppress(OSError):
                self._ask("-O", "exit", *(self._sharing or ()))
            rmtree(self._folder, ignore_errors=True)
            self._folder, self._sharing = "", None

    def _how_to_share(self) -> Sequence[str]:
        """Leave a person's own way of sharing connections alone; have one of ours where there is none."""
        try:
            asked = self._ask("-G")
        except FileNotFoundError:
            return ()
        own = [line for line in asked.stdout.splitlines() if line.startswith(b"controlpath ")]
        if asked.returncode or any(line != b"controlpath none" for line in own):
            return ()
        self._folder = mkdtemp(prefix="prov-")
        return "-oControlMaster=auto", f"-oControlPersist={_LINGER}", f"-oControlPath={self._folder}/s"

    def _ask(self, *options: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*self._program, *options, *self._place, "--", self._host],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=self._environ,
            check=False,
        )


class Pipe:
    """A running ssh, with the face of a channel as paramiko's SFTP client wants it."""

    def __init__(self, argv: Sequence[str], environ: Mapping[str, str]) -> None:
        self._said = ""
        self._words = TemporaryFile()  # noqa: SIM115  # a pipe could fill up while nobody reads it
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._words, env=dict(environ), bufsize=0
        )
        assert self._process.stdin
        assert self._process.stdout
        self._stdin = self._process.stdin
        self._stdout = self._process.stdout

    def send(self, data: bytes) -> int:
        """Write some of the bytes, and return how many."""
        if self._stdin.closed:  # a file that is forgotten still wants to say goodbye
            raise BrokenPipeError
        return self._stdin.write(data)

    def recv(self, most: int) -> bytes:
        """Wait for bytes; none at the end."""
        return b"" if self._stdout.closed else self._stdout.read(most)

    def recv_ready(self) -> bool:
        """Whether reading would not wait."""
        return bool(select.select([self._stdout], [], [], 0)[0])

    def get_name(self) -> str:
        """Return the name that the library's log has for it."""
        return "ssh"

    def said(self) -> str:
        """End it, and return what ssh has said of errors."""
        self.close()
        return self._said

    def close(self) -> None:
        """End the connection."""
        if self._words.closed:
            return
        for stream in (self._stdin, self._stdout):
            with suppress(OSError):
                stream.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._words.seek(0)
        self._said = self._words.read(1 << 16).decode(errors="replace")
        self._words.close()
