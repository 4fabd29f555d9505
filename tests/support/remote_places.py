"""Places for remotes, each a real one on loopback: a directory, an OpenSSH server, an S3 server, a WebDAV server."""

import getpass
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest

KINDS = ("directory", "sftp", "s3", "webdav")
"""What can be written to; each is skipped where its server or its library is not installed."""
KILLED = ("directory", "sftp", "s3")
"""What goes on inside a large file."""


class Contents(Protocol):
    """What is at a place, seen past the program."""

    def keys(self) -> list[str]:
        """Return all keys, sorted."""

    def read(self, key: str) -> bytes:
        """Return all bytes of a key."""

    def write(self, key: str, data: bytes) -> None:
        """Put bytes under a key."""

    def remove(self, key: str) -> None:
        """Remove a key."""


class Place(NamedTuple):
    """Where a remote is, the environment that finds its credentials, and what is there."""

    kind: str
    url: str
    environ: Mapping[str, str]
    contents: Contents


class OnDisk:
    """Contents in a directory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keys(self) -> list[str]:
        """See `Contents.keys`."""
        return sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file())

    def read(self, key: str) -> bytes:
        """See `Contents.read`."""
        return (self.root / key).read_bytes()

    def write(self, key: str, data: bytes) -> None:
        """See `Contents.write`."""
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(data)

    def remove(self, key: str) -> None:
        """See `Contents.remove`."""
        (self.root / key).unlink()


class InBucket:
    """Contents under a prefix of a bucket."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:  # noqa: ANN401  # boto3 makes classes as it goes
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def keys(self) -> list[str]:
        """See `Contents.keys`."""
        listed = self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix).get("Contents", [])
        return sorted(entry["Key"].removeprefix(self._prefix) for entry in listed)

    def read(self, key: str) -> bytes:
        """See `Contents.read`."""
        data: bytes = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)["Body"].read()
        return data

    def write(self, key: str, data: bytes) -> None:
        """See `Contents.write`."""
        self._client.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=data)

    def remove(self, key: str) -> None:
        """See `Contents.remove`."""
        self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key)

    def begin_parts(self, key: str, parts: list[bytes]) -> None:
        """Begin an upload in parts, and leave it."""
        named = {"Bucket": self._bucket, "Key": self._prefix + key}
        upload = self._client.create_multipart_upload(**named)["UploadId"]
        for number, data in enumerate(parts, 1):
            self._client.upload_part(**named, UploadId=upload, PartNumber=number, Body=data)

    def begun(self) -> list[str]:
        """Return the keys of uploads that are not finished."""
        listed = self._client.list_multipart_uploads(Bucket=self._bucket).get("Uploads", [])
        return [upload["Key"] for upload in listed]


@contextmanager
def place_of(kind: str, folder: Path) -> Iterator[Place]:
    """Give an empty place of a kind; the test is skipped where what it needs is not installed."""
    maker = {"directory": _directory, "sftp": _sftp, "s3": _s3, "webdav": _webdav}[kind]
    with maker(folder) as place:
        yield place


@contextmanager
def _directory(folder: Path) -> Iterator[Place]:
    root = folder / "remote"
    root.mkdir()
    yield Place("directory", str(root), dict(os.environ), OnDisk(root))


@contextmanager
def _sftp(folder: Path) -> Iterator[Place]:
    pytest.importorskip("paramiko")
    root = folder / "remote"
    root.mkdir()
    with ssh_server(folder) as (port, command):
        url = f"sftp://{getpass.getuser()}@127.0.0.1:{port}{root}"
        yield Place("sftp", url, {**os.environ, "GIT_SSH_COMMAND": command}, OnDisk(root))


@contextmanager
def ssh_server(folder: Path) -> Iterator[tuple[int, str]]:
    """Run an sshd with keys of its own; give its port, and the ssh command that may log in."""
    sshd = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    if sshd is None or not shutil.which("ssh"):
        pytest.skip("there is no OpenSSH server here")
    etc = folder / "ssh"
    etc.mkdir()
    for key in ("host", "person"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", etc / key], check=True)
    port = free_port()
    server = etc / "sshd_config"
    server.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {etc}/host\nAuthorizedKeysFile {etc}/person.pub\n"
        "StrictModes no\nPidFile none\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        "Subsystem sftp internal-sftp\n"
    )
    if subprocess.run([sshd, "-t", "-f", server], capture_output=True, check=False).returncode:
        pytest.skip("an OpenSSH server cannot be started here")
    (etc / "known").write_text(f"[127.0.0.1]:{port} {(etc / 'host.pub').read_text()}")
    client = etc / "config"
    client.write_text(
        f"Host *\n IdentityFile {etc}/person\n IdentitiesOnly yes\n UserKnownHostsFile {etc}/known\n"
        " GlobalKnownHostsFile /dev/null\n StrictHostKeyChecking yes\n"
    )
    with _running([sshd, "-D", "-e", "-f", str(server)], ready="Server listening"):
        yield port, f"ssh -F {client}"


@contextmanager
def _s3(folder: Path) -> Iterator[Place]:
    pytest.importorskip("s3fs")
    boto3 = pytest.importorskip("boto3")
    pytest.importorskip("moto")
    with s3_server(folder) as environ:
        client = boto3.client(
            "s3",
            endpoint_url=environ["AWS_ENDPOINT_URL"],
            region_name=environ["AWS_DEFAULT_REGION"],
            aws_access_key_id=environ["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
        )
        client.create_bucket(Bucket="data")
        try:
            yield Place("s3", "s3://data/some/prefix", environ, InBucket(client, "data", "some/prefix/"))
        finally:
            client.close()


@contextmanager
def s3_server(folder: Path) -> Iterator[dict[str, str]]:
    """Run an S3 server in a process of its own, and give the environment that reaches it.

    The libraries look into `os.environ`, so that is where it is as well.
    """
    port = free_port()
    with (
        _running([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], ready="Running on"),
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in {
            "AWS_ACCESS_KEY_ID": "made-up",
            "AWS_SECRET_ACCESS_KEY": "made-up",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(folder / "no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "no-credentials"),
        }.items():
            patch.setenv(name, value)
        yield dict(os.environ)


@contextmanager
def _webdav(folder: Path) -> Iterator[Place]:
    if any(importlib.util.find_spec(name) is None for name in ("webdav4", "wsgidav", "cheroot")):
        pytest.skip("there is no WebDAV server here")
    root = folder / "remote"
    root.mkdir()
    port = free_port()
    argv = [sys.executable, "-m", "wsgidav.server.server_cli", "--host", "127.0.0.1", "--port", str(port)]
    with _running([*argv, "--root", str(root), "--auth", "anonymous"], ready="Serving on"):
        yield Place("webdav", f"webdav://127.0.0.1:{port}", dict(os.environ), OnDisk(root))


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def _running(argv: list[str], ready: str) -> Iterator[None]:
    """Run a server until the block ends; the block begins when the server says that it is ready."""
    environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        argv, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as server:
        assert server.stdout
        said = []
        for line in server.stdout:
            said.append(line.decode(errors="replace"))
            if ready in said[-1]:
                break
        else:
            server.wait()
            pytest.skip(f"{argv[0]} does not start: {''.join(said[-3:])}")
        drain = subprocess.Popen(["cat"], stdin=server.stdout, stdout=subprocess.DEVNULL)  # so that it never waits
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                server.terminate()
            server.wait()
            drain.terminate()  # what the server has started may live on for a moment, and hold the pipe
            drain.wait()
