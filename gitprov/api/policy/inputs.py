"""What a run read, beside what a tree holds: code and data that are no longer what they were then.

Code is known by the listing of tracked files that the run read, data by its digest: in the tree where Git has it, else
by what was said last of the same path (`git prov data add`).
"""

from collections.abc import Iterator

from gitprov.api.grades import files_read
from gitprov.api.policy.facts import Facts
from gitprov.artifacts.hashing import digest_bytes
from gitprov.gitrepo.blobs import parse_listing
from gitprov.gitrepo.process import text
from gitprov.model.records import Run
from gitprov.model.run import Artifact
from gitprov.model.stamp import order
from gitprov.model.text import single_line, unquote
from gitprov.records import attachments


def moved(run: Run, facts: Facts) -> list[str]:
    """Say of each thing that a run read what became of it, as far as that is known; nothing for what is the same."""
    own = {item.path for item in run.output}
    code = {path: oid for path, oid in _code(run, facts).items() if path not in {unquote(one) for one in own}}
    found = [_code_moved(text(path), oid, facts) for path, oid in sorted(code.items())]
    found += [_data_moved(item, run, facts) for item in run.input if _is_judged(item, own, code)]
    return [words for words in found if words]


def untold(run: Run, facts: Facts) -> str:
    """Say why it cannot be told what a run read, as a clause that stands after its name; "" where it can."""
    if run.capture is None or run.capture.tracer in (None, "off"):
        return "" if run.input or _code(run, facts) else "was not watched, and says nothing of what it read"
    if run.code and run.code.files and not _code(run, facts):
        facts.cannot_tell()
        return "read code of which the list is not here"
    return ""


def _is_judged(item: Artifact, own: set[str], code: dict[bytes, str]) -> bool:
    return bool(item.digest) and not item.absolute and item.path not in own and unquote(item.path) not in code


def _code(run: Run, facts: Facts) -> dict[bytes, str]:
    """The blobs of the tracked files that a run read, by path; none where nobody knows them here."""
    files = run.code.files if run.code else None
    if not files:
        return {}
    if named := files_read(run):
        return named
    content = attachments.read(facts.session.repo, [files]).get(files, b"")
    return parse_listing(content) if digest_bytes(content) == files else {}


def _code_moved(path: str, oid: str, facts: Facts) -> str:
    now = facts.entry(path)
    if now == oid:
        return ""
    return f"{single_line(path, 100)} {'has changed since' if now else 'is there no more'}"


def _data_moved(item: Artifact, run: Run, facts: Facts) -> str:
    """Compare with the tree, else with what was said of the path since the run began."""
    path, shown = text(unquote(item.path)), single_line(item.path, 100)
    now = facts.entry(path)
    if item.digest and item.digest.startswith("git:"):
        return _code_moved(path, item.digest.removeprefix("git:"), facts)
    if now:
        digests = list(_until(facts.digests(path, now), item.digest))
        is_known = len(digests) > 1  # else the blob is not here, or is a pointer that nobody can follow
        return "" if item.digest in digests or not is_known else f"{shown} has changed since"
    said = facts.known.added.get(item.path)
    is_newer = said is not None and order(said.at, "") > order(run.at, "")
    return f"{shown} was added anew since" if said and is_newer and said.digest != item.digest else ""


def _until(digests: Iterator[str], wanted: str | None) -> Iterator[str]:
    for digest in digests:
        yield digest
        if digest == wanted:
            return
