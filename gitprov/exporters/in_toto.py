"""A run as an in-toto Statement v1 with SLSA Provenance v1, and the DSSE envelope that verifiers of it read.

https://github.com/in-toto/attestation/tree/main/spec/v1, https://slsa.dev/spec/v1.0/provenance,
https://github.com/secure-systems-lab/dsse. Names of digests are those of in-toto's DigestSet; it has none for BLAKE3,
and lets others be used: `blake3` is the hash of a file's bytes, `gitprovListing` that of a directory's listing, both in
lower-case hex.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from gitprov.model.run import Artifact, Code, Run
from gitprov.model.stamp import stamp

STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://slsa.dev/provenance/v1"
BUILD_TYPE: Final = "urn:x-gitprov:run:v1"
"""What the predicate's parameters mean: a run as `docs/spec/attestations.md` states it. A name, and no address."""
PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"

_ENVIRONMENT: Final = ("python", "platform", "container", "used", "variables")
_HARDWARE: Final = ("cpu", "cores", "memory", "gpus")


class Known(NamedTuple):
    """What is known besides the record."""

    raw_digest: str
    """`b3:` digest of the record's own bytes."""
    version: str
    """Of git prov, now."""
    listings: frozenset[str] = frozenset()
    """Digests that are of directories."""
    sha256: Mapping[str, str] = {}
    """SHA-256 in hex by recorded digest, for outputs whose bytes are at hand."""


class EnvelopeSignature(NamedTuple):
    """One signature of an envelope."""

    keyid: str
    sig: bytes
    more: Mapping[str, Any] = {}
    """Further fields that a kind of key has."""


def subjects(run: Run) -> list[Artifact]:
    """Return the outputs that are known by a digest: what a statement can be about."""
    return [one for one in run.output if one.digest]


def statement(run: Run, known: Known) -> dict[str, Any]:
    """Return the statement that this run made its outputs; it needs one output with a digest."""
    return {
        "_type": STATEMENT,
        "subject": [{"name": one.path, "digest": _digests(one, known) | _sha256(one, known)} for one in subjects(run)],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": _external(run),
                "internalParameters": _internal(run),
                "resolvedDependencies": list(_dependencies(run, known)),
            },
            "runDetails": {
                "builder": {"id": _builder(run), "version": {"git-prov": known.version}},
                "metadata": _metadata(run),
                "byproducts": [
                    {
                        "name": f"run {run.id}",
                        "digest": {"blake3": known.raw_digest.removeprefix("b3:")},
                        "mediaType": "application/json",
                    }
                ],
            },
        },
    }


def payload(made: Mapping[str, Any]) -> bytes:
    """Return the bytes of a statement: what is signed."""
    return json.dumps(made, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def to_sign(content: bytes) -> bytes:
    """Return what a signature of an envelope is made over: DSSE's pre-authentication encoding."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(content), content)


def envelope(content: bytes, signatures: Iterable[EnvelopeSignature]) -> dict[str, Any]:
    """Return the DSSE envelope of a statement's bytes."""
    return {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(content).decode(),
        "signatures": [
            {"keyid": one.keyid, "sig": base64.b64encode(one.sig).decode(), **one.more} for one in signatures
        ],
    }


def _digests(one: Artifact, known: Known) -> dict[str, str]:
    scheme, _, digits = (one.digest or "").partition(":")
    if scheme == "git":
        return {"gitBlob": digits}
    is_directory = one.digest in known.listings or one.files not in (None, 1)
    return {"gitprovListing" if is_directory else "blake3": digits}


def _sha256(one: Artifact, known: Known) -> dict[str, str]:
    found = known.sha256.get(one.digest or "")
    return {"sha256": found} if found else {}


def _external(run: Run) -> dict[str, Any]:
    """What whoever ran it chose."""
    fields = run.plain()
    chosen: dict[str, Any] = {name: fields[name] for name in ("command", "cwd", "params") if name in fields}
    declared = run.seeds.get("declared")
    return chosen if declared is None else {**chosen, "seed": declared}


def _internal(run: Run) -> dict[str, Any]:
    """What the machine and the program came with, and how it ended; paths of the machine are nobody's business."""
    fields = run.plain()
    names = ("status", "exit", "seeds", "determinism", "capture")
    told: dict[str, Any] = {name: fields[name] for name in names if name in fields}
    for name, wanted in (("environment", _ENVIRONMENT), ("hardware", _HARDWARE)):
        table = fields.get(name, {})
        if chosen := {key: table[key] for key in wanted if key in table}:
            told[name] = chosen
    return told


def _dependencies(run: Run, known: Known) -> Iterator[dict[str, Any]]:
    if run.code is not None and run.code.commit:
        yield _source(run.code)
    for one in run.input:
        if one.digest:
            yield {"name": one.path, "digest": _digests(one, known)}
    if run.environment is not None and run.environment.digest:
        digest = run.environment.digest.removeprefix("b3:")
        yield {"name": "pylock.toml", "digest": {"blake3": digest}, "mediaType": "application/toml"}


def _source(code: Code) -> dict[str, Any]:
    """The exact commit; where it is a snapshot, what it was made on is told beside it."""
    address = {"uri": f"git+{code.remote}@{code.commit}"} if code.remote and "://" in code.remote else {}
    digest = {"gitCommit": code.commit, **({"gitTree": code.tree} if code.tree else {})}
    base = {"annotations": {"uncommittedChangesTo": code.base}} if code.base else {}
    return {"name": "code", **address, "digest": digest, **base}


def _builder(run: Run) -> str:
    """Who stands for the record: the person, because `git prov` runs on their machine and with their rights."""
    address = run.by.rpartition("<")[2].removesuffix(">")
    return f"mailto:{address.replace('%', '%25').replace(' ', '%20')}"


def _metadata(run: Run) -> dict[str, str]:
    times = {"startedOn": run.at}
    if run.seconds is not None:
        times["finishedOn"] = stamp(run.moment + timedelta(seconds=float(run.seconds)))
    return {"invocationId": run.id, **times}
