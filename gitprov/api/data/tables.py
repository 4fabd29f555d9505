"""Profiles of tables that are added: attached to the statement about their bytes."""

import os
from collections.abc import Iterator

from gitprov.api.checks.policy import read_policy
from gitprov.api.checks.profiles import profile_of
from gitprov.api.data.paths import Found
from gitprov.api.data.place import Place
from gitprov.api.data.saying import said_now
from gitprov.api.draft import redactor
from gitprov.api.settings import load
from gitprov.artifacts import listing
from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.profile.profiling import render
from gitprov.artifacts.profile.tables import kind_of
from gitprov.errors import ProvError, UsageError
from gitprov.model.results import Problem
from gitprov.model.text import quote
from gitprov.records.deposit import Deposit


def attach_profiles(place: Place, deposit: Deposit, found: Found, digest: str, read: listing.Read) -> bool:
    """Profile a table, or all tables in a directory; tell whether anything was stated.

    Raises `UsageError` for a file that is no table. A table that cannot be read is named among the problems.
    """
    settings = load(place.session.repo)
    values = read_policy(settings.data, settings.data_where).values
    hidden = redactor(place.session, settings)
    if found.kind == "file" and not kind_of(os.fsdecode(found.file)):
        raise UsageError(f"{found.path} is no table", hint="leave --profile out")
    said = False
    for file, content in _tables(found, digest, read):
        name = os.fsdecode(file)
        try:
            data = render(profile_of(name, hidden, values=values))
        except (OSError, ProvError) as error:
            place.problems.append(Problem(quote(file), f"is not profiled: {error}", ""))
            continue
        made = digest_bytes(data)
        deposit.attachment(made, data)
        said |= said_now(place, deposit, content, {"profile": made})
    return said


def _tables(found: Found, digest: str, read: listing.Read) -> Iterator[tuple[bytes, str]]:
    """Yield each table and the digest of its bytes."""
    if found.kind == "file":
        yield found.file, digest
        return
    for path, entry in listing.walk(digest, read):
        if entry.mode != "link" and kind_of(os.fsdecode(path)):
            yield os.path.join(found.file, path), entry.digest
