"""What the program itself has written into a repository, judged on the way."""

import json
from typing import Any

from gitprov.model.records import Unread, dump, parse
from support.repo import RepoBuilder


def written(repo: RepoBuilder) -> list[dict[str, Any]]:
    """Return the records of the repository's own log, oldest first. Fails where the models would change one."""
    logs = repo.refs("refs/prov/log")
    messages = repo.git_bytes("log", "--reverse", "--format=%B%x00", *logs).split(b"\0") if logs else []
    lines = [message.strip(b"\n").split(b"\n")[-1] for message in messages if message.strip()]
    records = []
    for line in lines:
        judged, fields = parse(line), json.loads(line)
        kept = {} if isinstance(judged, Unread) else dump(judged)
        if kept != fields:  # nobody explains an assert in a module that is no test
            changed = {name: (value, kept.get(name)) for name, value in fields.items() if kept.get(name) != value}
            raise AssertionError(f"written and not accepted as it was: {changed}")
        records.append(fields)
    return records


def attachment(repo: RepoBuilder, digest: str) -> bytes:
    """Return the bytes of the attachment with this digest."""
    (ref,) = repo.refs("refs/prov/data")
    names = repo.git("ls-tree", "-r", "--name-only", ref).splitlines()
    (path,) = [name for name in names if digest.removeprefix("b3:").endswith(name.replace("/", "")[-56:])]
    return repo.git_bytes("cat-file", "blob", f"{ref}:{path}")
