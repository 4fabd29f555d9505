from collections.abc import Iterator
from pathlib import Path

import pytest

from gitprov.artifacts.elsewhere.delivery import Disagrees
from gitprov.artifacts.elsewhere.fetching import fetch
from gitprov.artifacts.elsewhere.http import describe_url
from gitprov.artifacts.elsewhere.location import Location, World
from gitprov.artifacts.hashing import digest_bytes
from gitprov.errors import NotFound, ProvError
from support.places import brought, world
from support.repo import RepoBuilder
from support.web import Web, serving

CONTENT = bytes(range(256)) * 20_000
TAG = '"v1"'


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as web:
        web.files["/data.bin"] = CONTENT
        web.tags["/data.bin"] = TAG
        yield web


@pytest.fixture
def here(repo: RepoBuilder) -> World:
    return world(repo.path)


def place(web: Web, tag: str = TAG) -> Location:
    return Location("url", url=f"{web.url}/data.bin", etag=tag, size=len(CONTENT))


@pytest.mark.parametrize("knows_head", [True, False])
def test_an_address_is_described_by_what_its_server_says(web: Web, knows_head: bool) -> None:
    web.knows_head = knows_head
    assert describe_url(f"{web.url}/data.bin", {}) == place(web)


def test_an_address_is_recorded_as_given_and_not_where_it_leads(web: Web, here: World, tmp_path: Path) -> None:
    web.redirects["/latest"] = "/data.bin"
    found = describe_url(f"{web.url}/latest", {})
    assert found == place(web)._replace(url=f"{web.url}/latest")
    assert [asked.method for asked in web.asked] == ["HEAD", "HEAD"]
    assert brought(found, CONTENT, tmp_path / "target", here) == CONTENT


def test_a_server_that_says_little_is_described_by_little(web: Web) -> None:
    web.files["/plain"] = b""
    web.tags["/plain"] = "no quotes"
    assert describe_url(f"{web.url}/plain", {}) == Location("url", url=f"{web.url}/plain", size=0)


def test_what_is_not_there_is_said(web: Web, here: World, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="404"):
        describe_url(f"{web.url}/gone", {})
    with pytest.raises(NotFound, match="404"):
        brought(Location("url", url=f"{web.url}/gone"), b"", tmp_path / "target", here)


def test_nobody_at_the_other_end_is_said(here: World, tmp_path: Path) -> None:
    with serving() as web:
        gone = place(web)
    with pytest.raises(ProvError, match="cannot be reached"):
        brought(gone, CONTENT, tmp_path / "target", here)


@pytest.mark.parametrize("there", ["http://a..b/", f"http://{'a' * 64}/", "http://[nowhere/"])
def test_a_host_that_can_be_none_is_said_here_and_where_a_redirect_leads(
    web: Web, here: World, tmp_path: Path, there: str
) -> None:
    web.redirects["/data.bin"] = there
    for location in (place(web), place(web)._replace(url=there)):
        with pytest.raises(ProvError, match=r"cannot be reached|is not an address"):
            brought(location, CONTENT, tmp_path / "target", here)


def test_a_length_beyond_all_files_is_not_believed(web: Web) -> None:
    web.length = "9" * 5000
    web.files["/plain"] = b""
    assert describe_url(f"{web.url}/plain", {}).size is None


def test_bytes_come_under_our_own_digest(web: Web, here: World, tmp_path: Path) -> None:
    assert brought(place(web), CONTENT, tmp_path / "target", here) == CONTENT
    assert [asked.match for asked in web.asked] == [TAG]


def test_progress_counts_each_byte_once(web: Web, here: World, tmp_path: Path) -> None:
    told: list[int] = []
    web.breaks_after = [1000, 2_000_000]
    fetch(place(web), digest_bytes(CONTENT), str(tmp_path / "target"), here, told.append)
    assert sum(told) == len(CONTENT)


def test_a_connection_that_breaks_is_gone_on_from(web: Web, here: World, tmp_path: Path) -> None:
    web.breaks_after = [1_000_000, 0, 0, 2_000_000]
    assert brought(place(web), CONTENT, tmp_path / "target", here) == CONTENT
    assert [asked.range for asked in web.asked] == [
        None,
        "bytes=1000000-",
        "bytes=1000000-",
        "bytes=1000000-",
        "bytes=3000000-",
    ]


def test_a_server_that_sends_nothing_is_given_up_and_what_came_is_kept(web: Web, here: World, tmp_path: Path) -> None:
    web.breaks_after = [1_000_000, 0, 0, 0]
    with pytest.raises(ProvError, match="ended too early") as caught:
        brought(place(web), CONTENT, tmp_path / "target", here)
    assert caught.value.hint == "try again; what came is kept"
    assert (tmp_path / "target").stat().st_size == 1_000_000
    assert brought(place(web), CONTENT, tmp_path / "target", here) == CONTENT
    assert web.asked[-1].range == "bytes=1000000-"


def test_a_file_that_is_whole_already_is_not_asked_for(web: Web, here: World, tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(CONTENT)
    assert brought(place(web), CONTENT, tmp_path / "target", here) == CONTENT
    assert web.asked == []


@pytest.mark.parametrize("left", [b"something else", CONTENT + b"more", CONTENT[::-1]])
def test_what_was_left_and_is_no_beginning_of_it_is_thrown_away(
    web: Web, here: World, tmp_path: Path, left: bytes
) -> None:
    (tmp_path / "target").write_bytes(left)
    assert brought(place(web), CONTENT, tmp_path / "target", here) == CONTENT


def test_a_server_that_knows_no_parts_sends_all_of_it_again(web: Web, here: World, tmp_path: Path) -> None:
    web.knows_parts = False
    web.breaks_after = [1_000_000]
    assert brought(place(web), CONTENT, tmp_path / "target", here) == CONTENT


@pytest.mark.parametrize("recorded", ['"v0"', 'W/"v0"'])
def test_what_has_changed_since_is_not_fetched(web: Web, here: World, tmp_path: Path, recorded: str) -> None:
    with pytest.raises(ProvError, match="has changed since it was recorded"):
        brought(place(web, recorded), CONTENT, tmp_path / "target", here)
    assert (tmp_path / "target").read_bytes() == b""


def test_what_changes_between_two_connections_is_not_put_together(web: Web, here: World, tmp_path: Path) -> None:
    web.tags["/data.bin"] = 'W/"v1"'
    web.breaks_after = [1_000_000, 0, 0, 0]
    with pytest.raises(ProvError, match="ended too early"):
        brought(place(web, ""), CONTENT, tmp_path / "target", here)
    web.files["/data.bin"] = CONTENT[::-1]
    with pytest.raises(Disagrees):
        brought(place(web, ""), CONTENT, tmp_path / "target", here)
    assert (tmp_path / "target").read_bytes() == b""


def test_other_bytes_under_the_same_tag_are_refused(web: Web, here: World, tmp_path: Path) -> None:
    web.files["/data.bin"] = CONTENT[:-1] + b"x"
    with pytest.raises(Disagrees, match="is not b3:"):
        brought(place(web), CONTENT, tmp_path / "target", here)


def test_more_bytes_than_were_promised_are_refused_at_the_first(web: Web, here: World, tmp_path: Path) -> None:
    web.files["/data.bin"] = CONTENT + b"x" * 10_000_000
    with pytest.raises(Disagrees, match="more than the 5120000 bytes"):
        brought(place(web), CONTENT, tmp_path / "target", here)


def test_a_redirect_to_a_file_of_this_machine_is_not_followed(web: Web, here: World, tmp_path: Path) -> None:
    web.redirects["/data.bin"] = "file:///etc/hostname"
    with pytest.raises(ProvError, match="is not allowed"):
        brought(place(web), CONTENT, tmp_path / "target", here)


def test_a_redirect_that_leads_to_itself_ends(web: Web, here: World, tmp_path: Path) -> None:
    web.redirects["/data.bin"] = "/data.bin"
    with pytest.raises(ProvError, match="infinite loop"):
        brought(place(web), CONTENT, tmp_path / "target", here)


def test_a_target_that_is_a_link_is_not_written_through(web: Web, here: World, tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"mine")
    (tmp_path / "target").symlink_to("precious")
    with pytest.raises(ProvError, match="cannot be written"):
        fetch(place(web), digest_bytes(CONTENT), str(tmp_path / "target"), here)
    assert (tmp_path / "precious").read_bytes() == b"mine"


def test_a_kind_that_is_not_known_is_refused(here: World, tmp_path: Path) -> None:
    with pytest.raises(ProvError, match="no kind of place that is known here"):
        fetch(Location("carrier-pigeon"), digest_bytes(b""), str(tmp_path / "target"), here)
