"""What a run reads by hand and what the models say of the same tables: two readers, one answer."""

from typing import Any

import pytest
import tomli_w

from gitprov.api.checks.policy import read_policy
from gitprov.api.data.settings import load_data
from gitprov.api.policy.loading import PolicyError, load
from gitprov.api.settings import FILE, Settings
from gitprov.api.settings import load as by_hand
from gitprov.capture.secrets.redactor import Redactor
from gitprov.errors import ConfigError
from gitprov.replay.tolerance import from_table
from support.records import session_in
from support.repo import RepoBuilder

GOOD: list[dict[str, Any]] = [
    {},
    {"capture": {}},
    {"capture": {"metrics": ["a.json", ""], "trace": "off", "redact": ["A[0-9]+"], "secrets": "detect-secrets"}},
    {"capture": {"snapshot_max_file": 0, "snapshot_max_total": "1.5 GiB"}},
    {"capture": {"snapshot_max_file": " 10kB ", "snapshot_max_total": "7"}},
    {"data": {"keep": True}},
    {"data": {"keep": "outputs", "profile": ["data/*.csv"], "profile_values": True}},
    {"data": {"drift": {"rows": 1, "missing": 0.0, "mean": float("inf")}}},
    {"data": {"remotes": {"a": {"url": "/srv/a", "workers": 2}, "b": {"url": "s3://b/p"}}, "remote": "b"}},
    {"tolerance": {"default": {"rel": 1e-9}, "auc": "2%", "loss": 0.1, "x": "any"}},
    {"rules": {}, "retention": {}, "people": {}},
    {"experiments": {"template": "course"}, "lint": {"ignore": ["vendor/"]}},
]
BAD: list[dict[str, Any]] = [
    {"capture": 5},
    {"capture": {"metric": ["a"]}},
    {"capture": {"metrics": "a"}},
    {"capture": {"metrics": [1]}},
    {"capture": {"trace": "no"}},
    {"capture": {"trace": True}},
    {"capture": {"secrets": "none"}},
    {"capture": {"redact": ["("]}},
    {"capture": {"redact": ["x*"]}},
    {"capture": {"snapshot_max_file": True}},
    {"capture": {"snapshot_max_file": -1}},
    {"capture": {"snapshot_max_file": 1.5}},
    {"capture": {"snapshot_max_file": "10 megs"}},
    {"capture": {"snapshot_max_file": "9" * 400 + " GiB"}},
    {"data": []},
    {"data": {"keeps": True}},
    {"data": {"keep": "all"}},
    {"data": {"keep": 1}},
    {"data": {"profile": "x"}},
    {"data": {"profile_values": 1}},
    {"data": {"drift": 5}},
    {"data": {"drift": {"row": 1}}},
    {"data": {"drift": {"rows": -0.1}}},
    {"data": {"drift": {"rows": True}}},
    {"data": {"remotes": 5}},
    {"data": {"remotes": {"a": 5}}},
    {"data": {"remotes": {"a": {}}}},
    {"data": {"remotes": {"a": {"url": ""}}}},
    {"data": {"remotes": {"a": {"url": 5}}}},
    {"data": {"remotes": {"a": {"url": "gopher://x/y"}}}},
    {"data": {"remotes": {"a": {"url": "/srv", "workers": 1.5}}}},
    {"data": {"remotes": {"a b": {"url": "/srv"}}}},
    {"data": {"remote": "a"}},
    {"data": {"remote": 5}},
    {"tolerance": 5},
    {"tolerance": {"a": {}}},
    {"tolerance": {"a": True}},
    {"tolerance": {"a": {"abs": float("nan")}}},
    {"ruls": {}},
]


def read_by_hand(repo: RepoBuilder, table: dict[str, Any]) -> Settings:
    """Read all that is read without the models, as runs, replications and the verbs of data do."""
    session = session_in(repo.path)
    settings = by_hand(session.repo)
    load_data(session)
    read_policy(settings.data, settings.data_where)
    Redactor(settings.redact)
    from_table(table.get("tolerance", {}), FILE)
    return settings


@pytest.mark.parametrize("table", GOOD, ids=str)
def test_what_is_good_is_good_to_both_and_means_the_same(repo: RepoBuilder, table: dict[str, Any]) -> None:
    repo.write(FILE, tomli_w.dumps(table))

    settings = read_by_hand(repo, table)
    shared = load(session_in(repo.path).repo).shared

    assert {name: getattr(settings, name) for name in type(shared.capture).model_fields} == dict(shared.capture)
    checks = read_policy(settings.data, "")
    assert (checks.patterns, checks.values) == (shared.data.profile, shared.data.profile_values)
    assert checks.limits._asdict() == shared.data.drift.model_dump()
    assert settings.keep == {True: "all", False: "", "outputs": "outputs"}[shared.data.keep]
    assert set(load_data(session_in(repo.path)).remotes) == set(shared.data.remotes)


@pytest.mark.parametrize("table", BAD, ids=lambda table: str(table)[:60])
def test_what_is_bad_is_bad_to_both(repo: RepoBuilder, table: dict[str, Any]) -> None:
    repo.write(FILE, tomli_w.dumps(table))

    with pytest.raises(ConfigError):
        read_by_hand(repo, table)
    with pytest.raises(PolicyError):
        load(session_in(repo.path).repo)


@pytest.mark.parametrize("text", ["a = ", "\ufeff[data]\n", "a = " + "[" * 5000, "a = " + "9" * 5000, b"# \xff\n"])
def test_what_is_no_toml_is_none_to_both(repo: RepoBuilder, text: str | bytes) -> None:
    repo.write(FILE, text)

    with pytest.raises(ConfigError):
        by_hand(session_in(repo.path).repo)
    with pytest.raises(PolicyError):
        load(session_in(repo.path).repo)
