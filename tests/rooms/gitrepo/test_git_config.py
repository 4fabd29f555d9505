"""A snapshot of git's configuration says what git says."""

import os

import pytest

from gitprov.errors import ConfigError
from gitprov.gitrepo.config import Config
from gitprov.gitrepo.repo import Repo
from support.repo import RepoBuilder


def config(repo: RepoBuilder, **environ: str) -> Config:
    return Repo.open(str(repo.path), {**os.environ, **environ}).config


def test_the_last_of_several_values_holds_and_all_are_known(repo: RepoBuilder) -> None:
    repo.git("config", "--add", "prov.redact", "one")
    repo.git("config", "--add", "prov.redact", "two")

    assert config(repo).get("prov.redact") == "two"
    assert config(repo).all("prov.redact") == ["one", "two"]
    assert config(repo).get("prov.other", "none") == "none"
    assert config(repo).all("prov.other") == []


def test_every_file_and_include_is_merged_in_gits_order(repo: RepoBuilder) -> None:
    repo.git("config", "--global", "prov.snapshots", "share")
    repo.write("more.config", '[prov]\n\tsnapshots = local\n[remote "up"]\n\turl = u\n')
    repo.git("config", "include.path", repo.path / "more.config")

    assert config(repo).all("prov.snapshots") == ["share", "local"]
    assert config(repo).subsections("remote", "url") == ["up"]


def test_a_setting_of_one_command_beats_the_files(repo: RepoBuilder) -> None:
    repo.git("config", "prov.snapshots", "share")

    assert config(repo, GIT_CONFIG_PARAMETERS="'prov.snapshots=local'").get("prov.snapshots") == "local"


@pytest.mark.parametrize("value", ["two\nlines", "a=b", "", " spaces ", "é", "caf\udce9", "key\nlike=this"])
def test_a_value_may_hold_anything(repo: RepoBuilder, value: str) -> None:
    repo.git("config", "prov.note", value)

    assert config(repo).get("prov.note", "unset") == value


def test_names_are_in_lower_case_and_subsections_as_they_were_written(repo: RepoBuilder) -> None:
    repo.git("config", "Branch.Some.Thing.pushRemote", "up")

    assert config(repo).get("branch.Some.Thing.pushremote") == "up"


def test_remotes_are_those_with_an_address_in_gits_order(repo: RepoBuilder) -> None:
    for name in ("zeta", "alpha", "with.dot"):
        repo.git("remote", "add", name, "u")
    repo.git("config", "remote.pushDefault", "zeta")
    repo.git("config", "remote.half.fetch", "+refs/heads/*:refs/remotes/half/*")

    assert Repo.open(str(repo.path), os.environ).remotes() == ["zeta", "alpha", "with.dot"]


@pytest.mark.parametrize(
    "value", ["true", "TRUE", "yes", "on", "1", "-1", "2", "false", "False", "no", "off", "0", "00", ""]
)
def test_a_boolean_is_read_as_git_reads_it(repo: RepoBuilder, value: str) -> None:
    repo.git("config", "prov.push", value)
    as_git_reads_it = repo.git("config", "--type=bool", "prov.push") == "true"

    assert config(repo).flag("prov.push", default=not as_git_reads_it) is as_git_reads_it


def test_a_name_without_a_value_is_true(repo: RepoBuilder) -> None:
    with (repo.path / ".git/config").open("a") as file:
        file.write("[prov]\n\tpush\n")

    assert config(repo).flag("prov.push", default=False) is True
    assert config(repo).get("prov.push", "unset") == ""


def test_a_boolean_that_is_none_is_an_error_that_names_it(repo: RepoBuilder) -> None:
    repo.git("config", "prov.push", "maybe")

    with pytest.raises(ConfigError, match=r"prov\.push = 'maybe'"):
        config(repo).flag("prov.push", default=True)


def test_a_boolean_that_is_not_set_has_its_default(repo: RepoBuilder) -> None:
    assert config(repo).flag("prov.push", default=True) is True
    assert config(repo).flag("prov.push", default=False) is False
