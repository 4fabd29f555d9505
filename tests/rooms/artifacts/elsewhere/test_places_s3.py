from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from gitprov.artifacts.elsewhere.delivery import Disagrees
from gitprov.artifacts.elsewhere.location import Location, World
from gitprov.artifacts.elsewhere.s3 import describe_s3
from gitprov.errors import NotFound, ProvError
from support.places import brought, world
from support.repo import RepoBuilder

pytest.importorskip("s3fs")
boto3 = pytest.importorskip("boto3")
moto = pytest.importorskip("moto.server")

OLD = bytes(range(256)) * 100_000
NEW = OLD[::-1]
URL = "s3://bucket/dir/data.bin"

# What other people's libraries warn about is not ours to judge.
pytestmark = pytest.mark.filterwarnings("default")


class Buckets:
    """Buckets of an S3 server on loopback: `bucket` keeps versions, `plain` does not."""

    def __init__(self, endpoint: str) -> None:
        self.client = boto3.client("s3", endpoint_url=endpoint)
        for name in ("bucket", "plain"):
            self.client.create_bucket(Bucket=name)
        self.client.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})

    def put(self, data: bytes, url: str = URL) -> str:
        """Write an object, and return the id of its version."""
        bucket, _, key = url.removeprefix("s3://").partition("/")
        return str(self.client.put_object(Bucket=bucket, Key=key, Body=data).get("VersionId", ""))

    def delete(self, **version: str) -> None:
        """Delete the object, or one version of it."""
        self.client.delete_object(Bucket="bucket", Key="dir/data.bin", **version)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> Iterator[Buckets]:
    with urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")):  # noqa: S310 - our own server
        pass
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    buckets = Buckets(endpoint)
    yield buckets
    buckets.client.close()


@pytest.fixture
def here(repo: RepoBuilder) -> World:
    return world(repo.path)


def test_a_version_stays_what_it_was_when_the_object_is_written_again(s3: Buckets, here: World, tmp_path: Path) -> None:
    version = s3.put(OLD)
    place = describe_s3(URL)
    assert place == Location("s3", url=URL, version=version, etag=place.etag, size=len(OLD))
    assert place.etag
    newer = s3.put(NEW)
    assert describe_s3(URL).version == newer
    assert describe_s3(URL, version) == place
    assert brought(place, OLD, tmp_path / "target", here) == OLD
    s3.delete()
    assert brought(place, OLD, tmp_path / "other", here) == OLD
    s3.delete(VersionId=version)
    with pytest.raises(ProvError):
        brought(place, OLD, tmp_path / "third", here)


@pytest.mark.parametrize("left", [OLD[:1_000_000], b"something else", OLD])
def test_what_an_earlier_try_left_is_gone_on_from_or_thrown_away(
    s3: Buckets, here: World, tmp_path: Path, left: bytes
) -> None:
    s3.put(OLD)
    (tmp_path / "target").write_bytes(left)
    assert brought(describe_s3(URL), OLD, tmp_path / "target", here) == OLD


def test_an_object_without_versions_is_known_by_its_tag(s3: Buckets, here: World, tmp_path: Path) -> None:
    s3.put(b"old", "s3://plain/a")
    place = describe_s3("s3://plain/a")
    assert (place.version, place.size) == ("", 3)
    assert brought(place, b"old", tmp_path / "target", here) == b"old"
    s3.put(b"new", "s3://plain/a")
    with pytest.raises(ProvError, match="has changed since it was recorded"):
        brought(place, b"old", tmp_path / "other", here)


def test_other_bytes_than_ours_are_not_kept(s3: Buckets, here: World, tmp_path: Path) -> None:
    s3.put(OLD)
    with pytest.raises(Disagrees):
        brought(describe_s3(URL), NEW, tmp_path / "target", here)
    assert (tmp_path / "target").read_bytes() == b""


@pytest.mark.usefixtures("s3")
def test_what_is_not_there_is_said() -> None:
    with pytest.raises(NotFound):
        describe_s3("s3://bucket/gone")


@pytest.mark.parametrize("url", ["s3://", "s3://bucket", "s3://Bucket/a", "https://bucket/a", "s3://b/a\nb"])
def test_an_address_that_is_none_of_s3_is_refused(url: str) -> None:
    with pytest.raises(ProvError, match="is not an S3 address"):
        describe_s3(url)


def test_a_dvc_remote_in_a_bucket_is_read(s3: Buckets, repo: RepoBuilder, tmp_path: Path) -> None:
    name = "900150983cd24fb0d6963f7d28e17f72"
    s3.put(b"abc", f"s3://bucket/dvc/files/md5/{name[:2]}/{name[2:]}")
    repo.write(".dvc/config", "['remote \"far\"']\n    url = s3://bucket/dvc\n")
    assert brought(Location("dvc", md5=name), b"abc", tmp_path / "target", world(repo.path)) == b"abc"
