from pathlib import Path

import pytest

from gitprov.api.data.configfile import add_remote, parse_options, remove_remote, set_url
from gitprov.api.data.settings import DataRemote, load_data, location_of
from gitprov.api.settings import load
from gitprov.errors import ConfigError, NotFound, ProvError
from support.records import session_in
from support.repo import RepoBuilder
from support.templates import RepoMaker


def config(repo: RepoBuilder) -> Path:
    return repo.path / ".gitprov.toml"


def test_without_settings_there_is_no_remote(repo: RepoBuilder) -> None:
    known = load_data(session_in(repo.path))

    assert (dict(known.remotes), known.default) == ({}, "")
    with pytest.raises(NotFound, match="no data remote yet"):
        known.remote()


def test_the_only_remote_is_the_default_and_of_several_the_one_that_is_said(repo: RepoBuilder) -> None:
    repo.write(".gitprov.toml", '[data.remotes.a]\nurl = "/srv/a"\n')
    assert load_data(session_in(repo.path)).remote().url == "/srv/a"
    repo.write(".gitprov.toml", '[data.remotes.a]\nurl = "/srv/a"\n[data.remotes.b]\nurl = "/srv/b"\n')
    with pytest.raises(NotFound, match="several data remotes: a, b"):
        load_data(session_in(repo.path)).remote()
    repo.write(".gitprov.toml", '[data]\nremote = "b"\n' + config(repo).read_text())
    assert load_data(session_in(repo.path)).remote().name == "b"


def test_options_are_read_as_they_are(repo: RepoBuilder) -> None:
    repo.write(
        ".gitprov.toml",
        '[data.remotes.s]\nurl = "s3://b/p"\nendpoint_url = "https://x.org"\nanonymous = true\nworkers = 8\n',
    )
    remote = load_data(session_in(repo.path)).remote("s")

    assert remote.options == {"endpoint_url": "https://x.org", "anonymous": True, "workers": 8}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[data]\nkep = true\n", r"unknown key 'kep' in \[data\] in .gitprov.toml"),
        ('[data]\nremote = "x"\n', "names no remote"),
        ("[data.remotes]\nx = 1\n", "has no url"),
        ('[data.remotes.x]\nurl = "s3://b"\nregoin = "eu"\n', "has no option 'regoin'"),
        ('[data.remotes.x]\nurl = "s3://b"\nsecret = "x"\n', "does not belong into the settings"),
        ('[data.remotes."a b"]\nurl = "/x"\n', "letters, digits"),
        ('[data.remotes.x]\nurl = "gopher://h/x"\n', r"\[data.remotes.x\] in .gitprov.toml: nothing is reached by"),
        ("data = 1\n", "is not a table"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(repo: RepoBuilder, text: str, words: str) -> None:
    repo.write(".gitprov.toml", text)

    with pytest.raises(ConfigError, match=words):
        load_data(session_in(repo.path))


@pytest.mark.parametrize(("said", "keep"), [("true", "all"), ("false", ""), ('"outputs"', "outputs")])
def test_what_runs_keep_is_read(repo: RepoBuilder, said: str, keep: str) -> None:
    repo.write(".gitprov.toml", f"[data]\nkeep = {said}\n")

    assert load(session_in(repo.path).repo).keep == keep


def test_keeping_something_else_is_refused(repo: RepoBuilder) -> None:
    repo.write(".gitprov.toml", '[data]\nkeep = "inputs"\n')

    with pytest.raises(ConfigError, match="keep of"):
        load(session_in(repo.path).repo)


def test_a_bare_repository_has_the_settings_of_its_head(make_repo: RepoMaker, tmp_path: Path) -> None:
    repo = make_repo()
    repo.commit("remote", {".gitprov.toml": '[data.remotes.a]\nurl = "/srv/a"\n'})
    bare = repo.clone(tmp_path / "bare.git", "--bare")

    assert load_data(session_in(bare.path)).remote().url == "/srv/a"
    with pytest.raises(ProvError, match="no working tree"):
        add_remote(session_in(bare.path), DataRemote("b", "/x", {}), default=False)


def test_a_remote_is_added_used_moved_and_taken_out_again(repo: RepoBuilder) -> None:
    before = "# ours\n[capture]\nredact = []  # nothing\n"
    repo.write(".gitprov.toml", before)
    session = session_in(repo.path)

    assert add_remote(session, DataRemote("store", "/srv/a", {"workers": 2}), default=True) == ".gitprov.toml"
    known = load_data(session)
    assert (known.default, known.remote().options) == ("store", {"workers": 2})
    set_url(session, "store", "/srv/b")
    assert load_data(session).remote().url == "/srv/b"
    with pytest.raises(ProvError, match="already: /srv/b"):
        add_remote(session, DataRemote("store", "/x", {}), default=False)
    remove_remote(session, "store")
    assert not load_data(session).remotes
    assert config(repo).read_text().startswith(before)


def test_a_remote_that_is_not_there_cannot_be_taken_out(repo: RepoBuilder) -> None:
    session = session_in(repo.path)
    add_remote(session, DataRemote("store", "/srv/a", {}), default=False)

    with pytest.raises(NotFound) as caught:
        remove_remote(session, "stroe")
    assert "did you mean 'store'" in caught.value.hint


def test_settings_in_pyproject_are_changed_there(repo: RepoBuilder) -> None:
    repo.write("pyproject.toml", '[project]\nname = "x"\n\n[tool.gitprov.capture]\nredact = []\n')
    session = session_in(repo.path)

    assert add_remote(session, DataRemote("store", "/srv/a", {}), default=False) == "pyproject.toml"
    assert load_data(session).remote().url == "/srv/a"
    assert not config(repo).exists()


def test_the_mode_of_the_file_and_a_link_to_it_stay(repo: RepoBuilder) -> None:
    real = repo.write("shared.toml", "[capture]\nredact = []\n")
    real.chmod(0o640)
    config(repo).symlink_to("shared.toml")
    add_remote(session_in(repo.path), DataRemote("store", "/srv/a", {}), default=False)

    assert config(repo).is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "[data.remotes.store]" in real.read_text()


def test_a_file_that_is_written_inline_is_left_to_a_person(repo: RepoBuilder) -> None:
    repo.write(".gitprov.toml", 'data = { remotes = { store = { url = "/srv/a" } } }\n')

    with pytest.raises(ProvError, match="not edited here"):
        remove_remote(session_in(repo.path), "store")
    with pytest.raises(ProvError, match="not edited here"):
        add_remote(session_in(repo.path), DataRemote("b", "/x", {}), default=False)


def test_options_are_texts_numbers_and_truths() -> None:
    assert parse_options({"a": "true", "b": "12", "c": "x", "d": "false"}) == {"a": True, "b": 12, "c": "x", "d": False}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("/srv/da ta", "file:///srv/da%20ta"),
        ("~/store", None),
        ("s3://b/p", "s3://b/p"),
        ("ana@host:data/x", "sftp://ana@host/data/x"),
        ("sftp://host:2222/data", "sftp://host:2222/data"),
    ],
)
def test_a_remote_is_stated_as_an_address_that_anybody_may_read(url: str, said: str | None) -> None:
    location = location_of(DataRemote("store", url, {}))

    assert location == {"kind": "remote", "remote": "store"} | ({"url": said} if said else {})
