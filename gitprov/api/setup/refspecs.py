"""Fetch refspecs: what makes a plain `git fetch` bring the records of others. `remote.*.push` is never touched."""

import re
from typing import NamedTuple

from gitprov.api.setup.configfile import ConfigFile
from gitprov.gitrepo.repo import Repo
from gitprov.records.layout import REMOTES, fetch_refspecs

_OURS = re.compile(
    r"\+refs/(?:prov/(?:log|code|data)/|notes/prov)\*:" + re.escape(REMOTES) + r"(?P<remote>.+)/\w+/(?:prov)?\*"
)


class Plan(NamedTuple):
    """What a remote's `fetch` lacks, and what in it is left from a name the remote had before."""

    missing: list[str]
    stale: list[str]
    skipped: str
    """Why this remote is left alone; "" when it is not."""


def plan(repo: Repo, remote: str) -> Plan:
    """Compare what is configured for a remote with what should be."""
    wanted = fetch_refspecs(remote, code=not repo.shallow)
    now = repo.config.all(f"remote.{remote}.fetch")
    if not repo.git.succeeds("check-ref-format", wanted[0].partition(":")[2].replace("*", "x")):
        return Plan([], [], "its name cannot be part of a ref's name")
    if any(_brings_all(spec) for spec in now):
        return Plan([], [], "it mirrors every ref, records included")
    stale = [spec for spec in now if (found := _OURS.fullmatch(spec)) and found["remote"] != remote]
    missing = [spec for spec in wanted if spec not in now]
    if not now:
        missing.insert(0, "HEAD")  # what git fetches from a remote without refspecs, and no more once there is one
    return Plan(missing, stale, "")


def apply(config: ConfigFile, remote: str, plan: Plan) -> bool:
    """Add what is missing and remove what is stale; whether there was anything to do."""
    key = f"remote.{remote}.fetch"
    for spec in set(plan.stale) & set(config.values(key)):
        config.drop(key, spec)
    added = [spec for spec in plan.missing if config.add(key, spec)]
    return bool(added)


def _brings_all(spec: str) -> bool:
    """A mirror's refspec: the records come under their own names."""
    return spec.removeprefix("+").partition(":")[2] == "refs/*"
