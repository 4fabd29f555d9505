"""S3, Amazon's and whoever speaks its protocol, through s3fs.

An object appears whole or not at all by the protocol itself. Every piece goes with its MD5, which the server compares;
what the server says it has is compared once more. Large files go in parts, and parts that a killed try has left are
found again and kept where they are the same.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from hashlib import md5
from threading import Event
from typing import Any, Final, NamedTuple, cast

from s3fs import S3FileSystem

from gitprov.artifacts.remotes.address import Address
from gitprov.artifacts.remotes.backend import CHUNK, Absent, Outgoing, PastEnd, Transient, Unfit
from gitprov.artifacts.remotes.crew import each
from gitprov.artifacts.remotes.s3_errors import FAILURES, explained
from gitprov.artifacts.remotes.whole import is_whole
from gitprov.errors import ProvError

_SINGLE: Final = 16 << 20  # bytes; a file with at most so many goes in one request
_MOST_PARTS: Final = 10_000  # of one upload, by the protocol
_MIB: Final = 1 << 20
_STREAMS: Final = 3  # parts of one file on their way at the same time


class _Part(NamedTuple):
    number: int
    etag: str
    size: int


class S3:
    """Backend. Credentials, profiles, regions and endpoints are found as the AWS tools find them."""

    streams = _STREAMS

    def __init__(self, name: str, address: Address, options: Mapping[str, object]) -> None:
        self._name = name
        self._bucket = address.host
        self._prefix = f"{address.root}/" if address.root else ""
        region = {"region_name": options["region"]} if "region" in options else {}
        self._system = S3FileSystem(
            anon=options.get("anonymous") is True,
            endpoint_url=options.get("endpoint_url"),
            profile=options.get("profile"),
            client_kwargs=region,
            # The checksums that clients add of late are refused by servers that do not know them; MD5 all know.
            config_kwargs={
                "request_checksum_calculation": "when_required",
                "response_checksum_validation": "when_required",
                "connect_timeout": 10,
                "read_timeout": 60,
                "retries": {"total_max_attempts": 1},
            },
            use_listings_cache=False,
            skip_instance_cache=True,
        )
        self._system.retries = 1  # as above: trying again is `Steady`'s, which sees when everything stops

    def reach(self, *, writing: bool) -> None:
        """See `Backend.reach`; whether it may be written shows with the first object."""
        self._call_bucket("list_objects_v2", Prefix=self._prefix, MaxKeys=1)

    def size(self, key: str) -> int | None:
        """See `Backend.size`."""
        try:
            return int(self._call("head_object", key)["ContentLength"])
        except Absent:
            return None

    def listing(self, folder: str) -> Iterator[tuple[str, int]]:
        """See `Backend.listing`."""
        prefix = f"{self._prefix}{folder}/"
        for page in self._pages(
            "list_objects_v2", "ContinuationToken", "NextContinuationToken", Prefix=prefix, Delimiter="/"
        ):
            for entry in page.get("Contents", ()):
                yield entry["Key"].removeprefix(prefix), int(entry["Size"])

    def read(self, key: str, start: int, stop: int) -> bytes:
        """See `Backend.read`."""
        with suppress(PastEnd), self._words():
            return cast("bytes", self._system.cat_file(f"{self._bucket}/{self._prefix}{key}", start=start, end=stop))
        return b""

    def send(self, key: str, outgoing: Outgoing) -> None:
        """See `Backend.send`."""
        way = self._send_at_once if outgoing.size <= _SINGLE else self._send_parts
        told = way(key, outgoing)
        if not told and not is_whole(self, key, outgoing):
            raise Transient("what was sent is not what has arrived")

    def close(self) -> None:
        """See `Backend.close`. The library ends its connections when it is let go of."""
        del self._system

    def _send_at_once(self, key: str, outgoing: Outgoing) -> bool:
        """Send in one request; return whether the server says the same MD5, which under some encryptions it cannot."""
        data = b"".join(data for _, data in outgoing.chunks())
        etag = _etag(self._call("put_object", key, Body=data, ContentMD5=_md5(data)))
        outgoing.sent += len(data)
        return etag == md5(data, usedforsecurity=False).hexdigest()

    def _send_parts(self, key: str, outgoing: Outgoing) -> bool:
        """Send in parts; return whether the server has the same MD5 of MD5s, as far as it can say."""
        upload, there = self._begun(key)
        done: dict[int, _Part] = {}
        length = max(CHUNK, -(-outgoing.size // (_MOST_PARTS * _MIB)) * _MIB)
        send = partial(self._send_part, key, upload, there, length)
        try:
            for part, sent in each(send, outgoing.chunks(length), _STREAMS, Event()):
                done[part.number] = part
                outgoing.sent += sent
        except Unfit:
            self._call("abort_multipart_upload", key, UploadId=upload)
            raise
        parts = [{"PartNumber": number, "ETag": f'"{done[number].etag}"'} for number in sorted(done)]
        try:
            etag = _etag(
                self._call("complete_multipart_upload", key, UploadId=upload, MultipartUpload={"Parts": parts})
            )
        except Absent:  # another try has completed it, and its answer was lost
            return False
        return etag == _joint_etag([done[number] for number in sorted(done)])

    def _send_part(
        self, key: str, upload: str, there: Mapping[int, _Part], length: int, chunk: tuple[int, bytes]
    ) -> tuple[_Part, int]:
        """Send a part that is not there; return what the server says of it, and the bytes sent."""
        offset, data = chunk
        number = offset // length + 1
        part = _Part(number, md5(data, usedforsecurity=False).hexdigest(), len(data))
        if there.get(number) == part:
            return part, 0
        told = self._call("upload_part", key, UploadId=upload, PartNumber=number, Body=data, ContentMD5=_md5(data))
        return part._replace(etag=_etag(told)), len(data)

    def _begun(self, key: str) -> tuple[str, Mapping[int, _Part]]:
        """Return the upload that a try before this one has begun, with its parts; a new one where there is none."""
        try:
            uploads = self._call_bucket("list_multipart_uploads", Prefix=f"{self._prefix}{key}").get("Uploads", ())
        except ProvError:  # sending is allowed to more people than listing what is being sent
            uploads = ()
        own = [upload for upload in uploads if upload["Key"] == f"{self._prefix}{key}"]
        if not own:
            return self._call("create_multipart_upload", key)["UploadId"], {}
        upload = max(own, key=lambda one: one["Initiated"])["UploadId"]
        pages = self._pages(
            "list_parts", "PartNumberMarker", "NextPartNumberMarker", Key=f"{self._prefix}{key}", UploadId=upload
        )
        parts = [part for page in pages for part in page.get("Parts", ())]
        return upload, {part["PartNumber"]: _Part(part["PartNumber"], _etag(part), part["Size"]) for part in parts}

    def _pages(self, method: str, ask: str, answer: str, **arguments: object) -> Iterator[dict[str, Any]]:
        """Yield all pages of an answer that comes in pages."""
        page = self._call_bucket(method, **arguments)
        yield page
        while page.get("IsTruncated"):
            page = self._call_bucket(method, **arguments, **{ask: page[answer]})
            yield page

    def _call(self, method: str, key: str, **arguments: object) -> dict[str, Any]:
        return self._call_bucket(method, Key=f"{self._prefix}{key}", **arguments)

    def _call_bucket(self, method: str, **arguments: object) -> dict[str, Any]:
        with self._words():
            return cast("dict[str, Any]", self._system.call_s3(method, Bucket=self._bucket, **arguments))

    @contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except FAILURES as error:
            raise explained(self._name, self._bucket, error) from error


def _md5(data: bytes) -> str:
    return b64encode(md5(data, usedforsecurity=False).digest()).decode()


def _etag(answer: Mapping[str, Any]) -> str:
    return str(answer.get("ETag", "")).strip('"')


def _joint_etag(parts: Sequence[_Part]) -> str:
    try:
        joint = b"".join(bytes.fromhex(part.etag) for part in parts)
    except ValueError:  # some servers have ETags of their own kind
        return ""
    return f"{md5(joint, usedforsecurity=False).hexdigest()}-{len(parts)}"
