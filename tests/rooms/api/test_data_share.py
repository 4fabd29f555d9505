"""Bytes from one clone into another: push, get, verify, relocate."""

import os
import shutil
from pathlib import Path

import pytest

from gitprov.api.data.add import AddOptions, add
from gitprov.api.data.configfile import add_remote
from gitprov.api.data.du import du
from gitprov.api.data.get import GetOptions, get
from gitprov.api.data.ls import ls
from gitprov.api.data.push import push
from gitprov.api.data.relocate import relocate
from gitprov.api.data.settings import DataRemote, load_data
from gitprov.api.data.verify import verify
from gitprov.artifacts.hashing import digest_bytes
from gitprov.errors import NotFound, ProvError, UsageError
from gitprov.model.data import FETCHED, MISSING, SAME, Wrong
from gitprov.records import pointers, writer
from gitprov.records.deposit import depositing
from gitprov.records.writer import Addition
from support.data import Clones, clones, contents
from support.records import append, record_id, run_record, session_in
from support.templates import RepoMaker

DIGEST = digest_bytes(b"1")
LINK = digest_bytes(b"/etc")


@pytest.fixture
def shared(make_repo: RepoMaker, tmp_path: Path) -> Clones:
    """Ana has added `data`, with names of all kinds, and pushed it."""
    made = clones(make_repo, tmp_path)
    made.ana.write("data/a.csv", "x\n1\n")
    made.ana.write("data/sub dir/big.bin", b"b" * 200_000)
    made.ana.write("data/tool", "#!/bin/sh\n", executable=True)
    made.ana.write("data/new\nline", "2")
    with open(os.path.join(os.fsencode(made.ana.path), b"data/caf\xe9"), "wb") as file:
        file.write(b"3")
    (made.ana.path / "data/link").symlink_to("sub dir")
    session = session_in(made.ana.path)
    add(session, AddOptions(["data"]))
    push(session, [])
    made.publish()
    return made


def test_another_clone_gets_the_same_bytes_modes_and_links(shared: Clones, tmp_path: Path) -> None:
    ben = shared.another(tmp_path / "ben")
    (one,) = get(session_in(ben.path), GetOptions(["data"])).items

    assert (one.state, one.files, one.sources) == (FETCHED, 6, ("remote store",))
    assert contents(ben.path / "data") == contents(shared.ana.path / "data")
    assert os.readlink(ben.path / "data/link") == "sub dir"
    assert os.access(ben.path / "data/tool", os.X_OK)
    assert not os.access(ben.path / "data/a.csv", os.X_OK)
    (again,) = get(session_in(ben.path), GetOptions(["data"])).items
    assert again.state == SAME


def test_one_file_of_a_directory_an_abbreviated_digest_and_a_directory_to_put_it(
    shared: Clones, tmp_path: Path
) -> None:
    ben = session_in(shared.another(tmp_path / "ben").path)
    get(ben, GetOptions(["data/sub dir/big.bin"]))
    assert set(contents(tmp_path / "ben/data")) == {"sub dir/big.bin"}
    digest = digest_bytes(b"x\n1\n")
    get(ben, GetOptions([digest], to=str(tmp_path / "out")))
    assert list(contents(tmp_path / "out").values()) == [b"x\n1\n"]
    (known,) = ls(ben, []).items
    get(ben, GetOptions([known.digest[:10]], to=str(tmp_path / "whole")))
    assert contents(tmp_path / "whole/data") == contents(shared.ana.path / "data")
    get(ben, GetOptions([digest]))
    assert set(contents(tmp_path / "ben/data")) == {"a.csv", "sub dir/big.bin"}
    with pytest.raises(UsageError, match="has no path"):
        get(ben, GetOptions([f"git:{shared.ana.git('rev-parse', 'HEAD:.gitignore')}"]))
    with pytest.raises(NotFound, match="not the beginning"):
        get(ben, GetOptions(["b3:0000"]))


def test_what_is_there_and_differs_is_kept_unless_it_may_go(shared: Clones, tmp_path: Path) -> None:
    ben = shared.another(tmp_path / "ben")
    ben.write("data/a.csv", "my own")
    session = session_in(ben.path)

    with pytest.raises(ProvError, match="would be overwritten"):
        get(session, GetOptions(["data"]))
    assert contents(ben.path / "data") == {"a.csv": b"my own"}
    get(session, GetOptions(["data"], force=True))
    assert contents(ben.path / "data") == contents(shared.ana.path / "data")


def test_what_is_missing_is_named_with_where_it_was_seen_and_nothing_of_it_is_written(
    shared: Clones, tmp_path: Path
) -> None:
    shutil.rmtree(shared.remote)
    shared.remote.mkdir()
    ben = session_in(shared.another(tmp_path / "ben").path)
    answer = get(ben, GetOptions(["data"]))

    (one,) = answer.items
    assert one.state == MISSING
    assert one.reason.startswith("no copy was found of 5 of 5 files; last seen in remote store on ")
    assert not (tmp_path / "ben/data").exists()


def test_what_was_never_pushed_is_missing_with_the_name_of_who_has_it(make_repo: RepoMaker, tmp_path: Path) -> None:
    made = clones(make_repo, tmp_path)
    made.ana.write("data/a", "1")
    add(session_in(made.ana.path), AddOptions(["data/a"]))
    made.publish()
    (one,) = get(session_in(made.another(tmp_path / "ben").path), GetOptions(["data/a"])).items

    assert "added it on" in one.reason
    assert "git prov data push" in one.reason


def test_copies_in_the_working_tree_serve_and_need_no_remote(shared: Clones) -> None:
    session = session_in(shared.ana.path)
    shutil.rmtree(shared.remote)
    shutil.rmtree(shared.ana.path / ".git/prov/store")
    (one,) = get(session, GetOptions(["data"], to="copy")).items

    assert one.sources == ("the working tree",)
    assert contents(shared.ana.path / "copy/data") == contents(shared.ana.path / "data")


@pytest.mark.parametrize("force", [False, True])
def test_what_is_where_it_belongs_is_not_copied_into_the_store(shared: Clones, force: bool) -> None:
    session = session_in(shared.ana.path)
    shutil.rmtree(shared.ana.path / ".git/prov/store")
    (shared.ana.path / "data/a.csv").unlink()
    (one,) = get(session, GetOptions(["data"], force=force)).items

    assert (one.state, one.sources) == (FETCHED, ("remote store",))
    assert contents(shared.ana.path / "data")["a.csv"] == b"x\n1\n"
    assert {one.place: one.files for one in du(session).items}["store"] == 1


def test_tracked_files_of_a_run_come_from_git(shared: Clones, tmp_path: Path) -> None:
    ana = shared.ana
    ana.commit("table", {"t.csv": "old\n"})
    blob = ana.git("rev-parse", "HEAD:t.csv")
    append(ana.path, run_record(1, input=[{"path": "t.csv", "digest": f"git:{blob}"}]))
    ana.commit("newer", {"t.csv": "new\n"})
    session = session_in(ana.path)

    with pytest.raises(ProvError, match=r"t\.csv would be overwritten"):
        get(session, GetOptions(["@"]))
    (one,) = get(session, GetOptions(["@"], to=str(tmp_path / "then"))).items
    assert one.sources == ("git",)
    assert (tmp_path / "then/t.csv").read_text() == "old\n"


def test_of_a_run_inputs_or_outputs_alone_may_be_asked_for(shared: Clones) -> None:
    (known,) = ls(session_in(shared.ana.path), []).items
    item = {"path": "data", "digest": known.digest, "size": known.size, "files": known.files}
    gone = {"path": "out/m", "digest": "b3:" + "0" * 64, "size": 1}
    append(shared.ana.path, run_record(1, input=[item], output=[gone]))
    session = session_in(shared.ana.path)

    assert [one.path for one in get(session, GetOptions(["@"], which="input")).items] == ["data"]
    assert [one.state for one in get(session, GetOptions(["@"], which="output")).items] == [MISSING]
    assert [one.path for one in get(session, GetOptions([record_id(1)[:8]])).items] == ["data", "out/m"]


def test_data_outside_of_the_repository_go_where_one_says_alone(shared: Clones, tmp_path: Path) -> None:
    digest = digest_bytes(b"x\n1\n")
    item = {"path": "/elsewhere/a.csv", "absolute": True, "digest": digest, "size": 4}
    append(shared.ana.path, run_record(1, input=[item]))
    session = session_in(shared.ana.path)

    with pytest.raises(ProvError, match="outside of the repository"):
        get(session, GetOptions(["@"]))
    get(session, GetOptions(["@"], to=str(tmp_path / "to")))
    assert (tmp_path / "to/elsewhere/a.csv").read_bytes() == b"x\n1\n"


def test_a_second_push_sends_nothing_and_states_nothing(shared: Clones) -> None:
    refs = shared.ana.refs("refs/prov")
    (one,) = push(session_in(shared.ana.path), []).items

    assert (one.sent, one.had) == (0, 5)
    assert shared.ana.refs("refs/prov") == refs


def test_what_is_not_kept_is_pushed_from_the_working_tree(make_repo: RepoMaker, tmp_path: Path) -> None:
    made = clones(make_repo, tmp_path)
    made.ana.write("data/a", "1")
    made.ana.write("data/b", "2")
    session = session_in(made.ana.path)
    add(session, AddOptions(["data"], keep=False))
    assert push(session, []).items[0].sent == 0
    assert push(session, ["data", "store"]).items[0].sent == 2
    made.ana.write("data/a", "changed since")
    shutil.rmtree(made.ana.path / ".git/prov/store")
    shutil.rmtree(made.remote)
    made.remote.mkdir()
    (one,) = push(session, ["data"]).items
    assert [missing.path for missing in one.missing] == ["data"]


def test_only_the_bytes_of_files_count_as_sent(shared: Clones) -> None:
    shared.ana.write("data/new", "6 byte")
    session = session_in(shared.ana.path)
    add(session, AddOptions(["data"]))

    assert [(one.sent, one.size) for one in push(session, ["data"]).items] == [(1, 6)]


def test_a_file_pushed_out_of_a_directory_is_no_data_by_itself(make_repo: RepoMaker, tmp_path: Path) -> None:
    made = clones(make_repo, tmp_path)
    made.ana.write("data/a", "1")
    made.ana.write("data/b", "2")
    session = session_in(made.ana.path)
    add(session, AddOptions(["data"]))
    before = [(one.digest, one.paths) for one in ls(session, []).items]

    assert push(session, ["data/b"]).items[0].sent == 1
    assert [(one.digest, one.paths) for one in ls(session, [], everything=True).items] == before


def test_a_remote_inside_the_repositorys_own_directory_is_refused(shared: Clones) -> None:
    session = session_in(shared.ana.path)
    inside = shared.ana.path / ".git/prov/store"

    with pytest.raises(ProvError, match="inside this repository's own"):
        add_remote(session, DataRemote("inside", str(inside), {}), default=False)
    shared.ana.write(".gitprov.toml", f'[data.remotes.store]\nurl = "{inside}"\n')
    with pytest.raises(ProvError, match="inside this repository's own"):
        push(session_in(shared.ana.path), [])


def test_a_remote_that_is_not_there_is_named(shared: Clones, tmp_path: Path) -> None:
    shutil.rmtree(shared.remote)
    with pytest.raises(ProvError, match="store"):
        push(session_in(shared.ana.path), [])
    with pytest.raises(NotFound, match="no data remote 'nix'"):
        get(session_in(shared.another(tmp_path / "ben").path), GetOptions(["data"], remote="nix"))


def flip(file: Path) -> None:
    """Change one bit in the middle of a file."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(bytes(data))


def largest(root: Path) -> Path:
    return max((path for path in root.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)


def test_a_flipped_bit_in_the_store_is_found_named_and_never_delivered(shared: Clones, tmp_path: Path) -> None:
    session = session_in(shared.ana.path)
    flip(largest(shared.ana.path / ".git/prov/store/objects"))
    store, git = verify(session, []).items
    assert [digest for digest, *_ in store.damages] == [digest_bytes(b"b" * 200_000)]
    assert not git.damages
    (one,) = get(session, GetOptions(["data"], to=str(tmp_path / "to"))).items
    assert one.state == FETCHED
    assert contents(tmp_path / "to/data") == contents(shared.ana.path / "data")


def test_a_flipped_bit_on_the_remote_is_found_named_and_never_delivered(shared: Clones, tmp_path: Path) -> None:
    flip(largest(shared.remote / "objects"))
    session = session_in(shared.ana.path)
    (place,) = verify(session, [], remote="store").items
    assert [digest for digest, *_ in place.damages] == [digest_bytes(b"b" * 200_000)]
    answer = get(session_in(shared.another(tmp_path / "ben").path), GetOptions(["data"]))
    assert [one.state for one in answer.items] == [MISSING]
    assert any(digest_bytes(b"b" * 200_000) in problem.reason for problem in answer.problems)
    assert not (tmp_path / "ben/data").exists()


def test_a_flipped_bit_in_a_listing_or_a_pointer_is_found_named_and_never_delivered(
    shared: Clones, tmp_path: Path
) -> None:
    session = session_in(shared.ana.path)
    (known,) = ls(session, []).items
    wrong = f"644 1 {DIGEST}\ta\n".encode()
    right = digest_bytes(wrong.replace(b"644 1", b"644 2"))
    made = pointers.stating({"digest": DIGEST, "at": "2026-01-01T00:00:00Z", "by": "Eve <e@v.e>", "kind": "file"})
    with depositing(session.repo, session.state) as deposit:
        deposit.attachment(right, wrong)
        deposit.statement(made._replace(data=made.data.replace(b"Eve", b"Eva")))
        about = {"digest": right, "at": "2099-01-01T00:00:00Z", "by": "Eve <e@v.e>", "path": "bad"}
        deposit.statement(pointers.stating({**about, "kind": "directory", "size": 1, "files": 1}))
    writer.append(session.repo, session.state, Addition(stored=deposit.stored))

    git = verify(session, []).items[1]
    assert {digest for digest, *_ in git.damages} == {"", right}
    assert any("is damaged" in reason for _, _, reason, _ in git.damages)
    with pytest.raises(ProvError, match="missing or damaged"):
        get(session, GetOptions(["bad"], to=str(tmp_path / "to")))
    assert not (tmp_path / "to").exists()
    assert [one.digest for one in ls(session, ["data"]).items] == [known.digest]


def test_the_working_tree_is_read_again_too(shared: Clones) -> None:
    session = session_in(shared.ana.path)
    sound = verify(session, ["data"]).items
    assert [(place.where, place.damages, place.missing) for place in sound] == [
        ("working tree", (), ()),
        ("store", (), ()),
    ]
    shared.ana.write("data/a.csv", "x\n2\n")
    (shared.ana.path / "data/tool").unlink()
    tree = verify(session, ["data"]).items[0]
    assert [(place, reason) for _, place, reason, _ in tree.damages] == [("data/a.csv", "is not what is recorded")]
    assert [path for _, path in tree.missing] == ["data/tool"]


def test_moved_copies_are_found_at_the_new_address_and_not_at_the_old(shared: Clones, tmp_path: Path) -> None:
    session = session_in(shared.ana.path)
    new = tmp_path / "moved"
    with pytest.raises(NotFound, match="no copy is known at"):
        relocate(session, "s3://nowhere", "s3://there")
    assert relocate(session, str(shared.remote), str(new), dry_run=True).items
    assert load_data(session).remote().url == str(shared.remote)
    shared.remote.rename(new)
    moves = relocate(session, str(shared.remote), str(new)).items

    assert [(move.remote, move.digests) for move in moves] == [("store", 0), ("", 1)]
    assert load_data(session).remote().url == str(new)
    (known,) = ls(session, []).items
    assert [place["url"] for place in known.location] == [new.as_uri()]
    shared.ana.commit("moved", {})
    shared.publish()
    ben = session_in(shared.another(tmp_path / "ben").path)
    assert [one.state for one in get(ben, GetOptions(["data"])).items] == [FETCHED]


def test_a_new_address_with_a_secret_is_written_nowhere(make_repo: RepoMaker, tmp_path: Path) -> None:
    made = clones(make_repo, tmp_path)
    session = session_in(made.ana.path)
    before = (made.ana.path / ".gitprov.toml").read_text()

    with pytest.raises(ProvError) as caught:
        relocate(session, str(made.remote), "webdavs://ana:hunter2@example.org/data")
    assert "hunter2" not in caught.value.message + caught.value.hint
    assert (made.ana.path / ".gitprov.toml").read_text() == before


def test_room_is_told_by_place(shared: Clones) -> None:
    places = {one.place: one for one in du(session_in(shared.ana.path)).items}

    assert (places["store"].files, places["store"].size) == (5, 200_016)
    assert places["remote store"].files == 5
    assert places["git data"].size > 0


def test_a_shared_store_serves_other_clones_without_a_remote(make_repo: RepoMaker, tmp_path: Path) -> None:
    made = clones(make_repo, tmp_path)
    store = tmp_path / "store"
    made.ana.write("data/a", "1")
    made.ana.git("config", "prov.store", store)
    add(session_in(made.ana.path), AddOptions(["data"]))
    made.publish()
    ben = made.another(tmp_path / "ben")
    ben.git("config", "prov.store", store)

    (one,) = get(session_in(ben.path), GetOptions(["data"])).items
    assert (one.state, one.sources) == (FETCHED, ("the store",))
    assert not (ben.path / ".git/prov/store").exists()


@pytest.mark.parametrize(("key", "value"), [("prov.storeLink", "symlink"), ("prov.store", "relative/path")])
def test_settings_of_the_store_that_cannot_be_are_refused(make_repo: RepoMaker, key: str, value: str) -> None:
    repo = make_repo()
    repo.write("a", "1")
    repo.git("config", key, value)

    with pytest.raises(ProvError, match=key):
        add(session_in(repo.path), AddOptions(["a"]))


def test_a_bare_clone_puts_data_where_one_says(shared: Clones, tmp_path: Path) -> None:
    bare = shared.hub.clone(tmp_path / "bare.git", "--bare")
    bare.git("fetch", "-q", shared.hub.path, "refs/prov/data/*:refs/prov/remotes/origin/data/*")
    session = session_in(bare.path)

    with pytest.raises(ProvError, match="no working tree"):
        get(session, GetOptions(["data"]))
    get(session, GetOptions(["data"], to=str(tmp_path / "to")))
    assert contents(tmp_path / "to/data") == contents(shared.ana.path / "data")


@pytest.mark.parametrize(
    "lines",
    [
        [f"644 1 {DIGEST}\t../x"],
        [f"644 1 {DIGEST}\t/x"],
        [f"644 1 {DIGEST}\t.."],
        [f"644 1 {DIGEST}\t.git"],
        [f"644 1 {DIGEST}\t.GIT"],
        [f"644 1 {DIGEST}\tCON"],
        [f"644 1 {DIGEST}\ta", f"644 1 {DIGEST}\ta"],
        [f"644 1 {DIGEST}\ta", f"link 4 {LINK}\tlink"],
    ],
)
def test_a_hostile_listing_is_refused_whole_before_anything_is_written(
    shared: Clones, tmp_path: Path, lines: list[str]
) -> None:
    session = session_in(shared.ana.path)
    data = "".join(f"{line}\n" for line in lines).encode()
    said = {"digest": digest_bytes(data), "at": "2099-01-01T00:00:00Z", "by": "Eve <e@v.e>"}
    with depositing(session.repo, session.state) as deposit:
        deposit.attachment(said["digest"], data)
        deposit.attachment(LINK, b"/etc")
        deposit.attachment(DIGEST, b"1")
        deposit.statement(pointers.stating({**said, "path": "evil", "kind": "directory", "size": 1, "files": 1}))
    writer.append(session.repo, session.state, Addition(stored=deposit.stored))
    shared.ana.write("a file", "1")
    add(session, AddOptions(["a file"]))

    with pytest.raises(ProvError, match="nothing was written"):
        get(session, GetOptions(["evil", "a file"], to=str(tmp_path / "to")))
    assert not (tmp_path / "to").exists()
    assert not (tmp_path / "x").exists()


def test_what_is_damaged_is_not_counted_as_sound_and_is_spoken_of_until_it_is_removed(shared: Clones) -> None:
    session = session_in(shared.ana.path)
    flip(largest(shared.ana.path / ".git/prov/store/objects"))
    first, second = verify(session, []), verify(session, [])

    assert [(one.items[0].files, one.items[0].size) for one in (first, second)] == [(4, 16), (4, 16)]
    assert [one.path for one in first.items[0].damages] == ["data/sub dir/big.bin"]
    assert second.items[0].damages == ()
    (note,) = second.notes
    assert "1 damaged file lies in" in note
    shutil.rmtree(shared.ana.path / ".git/prov/store/quarantine")
    assert not verify(session, []).notes


def test_damage_on_a_remote_is_not_counted_as_sound_and_has_its_path(shared: Clones) -> None:
    flip(largest(shared.remote / "objects"))
    session = session_in(shared.ana.path)
    (place,) = verify(session, [], remote="store").items

    assert (place.size, [one.path for one in place.damages]) == (16, ["data/sub dir/big.bin"])


def test_what_was_sent_to_a_remote_and_is_gone_is_damage(shared: Clones) -> None:
    session = session_in(shared.ana.path)
    assert not verify(session, [], remote="store").items[0].damages
    largest(shared.remote / "objects").unlink()
    (place,) = verify(session, [], remote="store").items

    assert place.damages == (
        Wrong(digest_bytes(b"b" * 200_000), "remote store", "is missing, and was sent there", "data/sub dir/big.bin"),
    )


def test_a_damaged_statement_is_named_once(shared: Clones) -> None:
    session = session_in(shared.ana.path)
    made = pointers.stating({"digest": DIGEST, "at": "2026-01-01T00:00:00Z", "by": "Eve <e@v.e>", "kind": "file"})
    with depositing(session.repo, session.state) as deposit:
        deposit.statement(made._replace(data=made.data.replace(b"Eve", b"Eva")))
    writer.append(session.repo, session.state, Addition(stored=deposit.stored))
    answer = verify(session, [])

    assert len(answer.items[1].damages) == 1
    assert not answer.problems
    assert len(ls(session, []).problems) == 1


def test_files_that_two_pushes_sent_count_once(shared: Clones) -> None:
    session = session_in(shared.ana.path)
    add(session, AddOptions(["data/sub dir/big.bin"]))
    push(session, ["data/sub dir/big.bin"])
    places = {one.place: one for one in du(session).items}

    assert (places["remote store"].files, places["remote store"].size) == (5, 200_016)
