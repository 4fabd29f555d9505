import sys

import pytest

from gitprov.artifacts.remotes import open_remote
from gitprov.errors import ProvError


@pytest.mark.parametrize(
    ("url", "absent", "extra"),
    [
        ("host:data", "paramiko", "ssh"),
        ("s3://bucket", "s3fs", "s3"),
        ("gs://bucket", "gcsfs", "gcs"),
        ("az://container", "adlfs", "azure"),
        ("webdavs://host", "httpx", "webdav"),
        ("https://host", "fsspec.implementations.http", "http"),
    ],
)
def test_software_that_is_not_installed_is_asked_for_by_name(
    url: str, absent: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("sftp", "s3", "s3_errors"):
        monkeypatch.delitem(sys.modules, f"gitprov.artifacts.remotes.{module}", raising=False)
    monkeypatch.setitem(sys.modules, absent, None)

    with pytest.raises(ProvError, match=r"remote 'x': .* is not installed") as caught:
        open_remote("x", url, environ={})

    assert caught.value.hint == f"pip install 'gitprov[{extra}]'"
