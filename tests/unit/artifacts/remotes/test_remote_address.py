import pytest

from gitprov.artifacts.remotes.address import Address, check_options, parse
from gitprov.errors import ConfigError


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("/data/store", Address("directory", "file", "", "/data/store")),
        ("file:///data/my%20store", Address("directory", "file", "", "/data/my store")),
        ("ana@host:data", Address("sftp", "sftp", "host", "data", "ana")),
        ("sftp://host/data", Address("sftp", "sftp", "host", "/data")),
        ("ssh://ana@host:2222/~/data", Address("sftp", "ssh", "host", "data", "ana", 2222)),
        ("ssh://[::1]/data", Address("sftp", "ssh", "::1", "/data")),
        ("s3://bucket", Address("s3", "s3", "bucket", "")),
        ("s3://bucket/a/b/", Address("s3", "s3", "bucket", "a/b")),
        ("gs://bucket/a", Address("gcs", "gs", "bucket", "a")),
        ("az://container/a", Address("azure", "az", "container", "a")),
        ("webdavs://host:8443/dav", Address("webdav", "webdavs", "host:8443", "dav", "", 8443)),
        ("https://host/a%20b", Address("http", "https", "host", "a%20b")),
    ],
)
def test_a_url_says_which_kind_of_remote_and_where(url: str, address: Address) -> None:
    assert parse(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "s3://AKIA:hunter2@bucket/a",
        "https://ana:hunter2@host/a",
        "https://hunter2@host/a",
        "sftp://ana:hunter2@host/a",
        "ana:hunter2@host:data",
        "webdavs://ana:hunter2@host/a",
        "https://host/a?sig=hunter2",
        "az://container/a?sv=1&sig=hunter2",
        "gs://bucket/a#hunter2",
    ],
)
def test_a_url_with_a_secret_is_refused_and_the_secret_not_repeated(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(url)

    assert caught.value.hint
    assert "hunter2" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data",
        "C:\\data",
        "ftp://host/a",
        "file://host/a",
        "s3://",
        "s3://bucket/../other",
        "sftp://host:port/a",
        "sftp://host/a%00b",
        "ssh://-oProxyCommand=x/a",
        "ssh://-x@host/a",
    ],
)
def test_what_is_no_place_is_refused_with_a_hint(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(url)

    assert caught.value.hint


@pytest.mark.parametrize("name", ["secret_key", "AccessKeyId", "password", "sas_token"])
def test_credentials_do_not_belong_into_the_options(name: str) -> None:
    with pytest.raises(ConfigError, match="does not belong") as caught:
        check_options("s3", {name: "hunter2"})

    assert "aws" in caught.value.hint


def test_an_unknown_option_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(ConfigError, match="no option 'endpoint'") as caught:
        check_options("s3", {"endpoint": "x"})

    assert "endpoint_url" in caught.value.hint
    check_options("s3", {"endpoint_url": "http://x", "profile": "p", "region": "r", "workers": 2})
