"""A run as an in-toto statement: what it says, under which names."""

import base64
import json
from typing import Any

from gitprov.exporters import in_toto
from gitprov.exporters.in_toto import EnvelopeSignature, Known
from gitprov.model.records import Run, judge
from support.records import run_record

B3 = "b3:" + "1" * 64
LISTING = "b3:" + "2" * 64
GIT = "git:" + "3" * 40
LOCK = "b3:" + "4" * 64
KNOWN = Known("b3:" + "5" * 64, "1.0", frozenset({LISTING}), {B3: "6" * 64})


def made(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    output = [{"path": "model.bin", "digest": B3, "files": 1}, {"path": "plots", "digest": LISTING, "files": 1}]
    run = judge(run_record(1, **{"output": output, **fields}))
    assert isinstance(run, Run)
    return in_toto.statement(run, KNOWN)


def dependencies(statement: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
    return found


def test_what_the_run_made_is_the_subject() -> None:
    statement = made()

    assert (statement["_type"], statement["predicateType"]) == (in_toto.STATEMENT, in_toto.PREDICATE)
    assert statement["subject"] == [
        {"name": "model.bin", "digest": {"blake3": "1" * 64, "sha256": "6" * 64}},
        {"name": "plots", "digest": {"gitprovListing": "2" * 64}},
    ]


def test_an_output_that_is_not_known_by_its_digest_is_no_subject() -> None:
    assert [one["name"] for one in made(output=[{"path": "gone"}, {"path": "here", "digest": GIT}])["subject"]] == [
        "here"
    ]


def test_code_inputs_and_environment_are_what_it_was_made_from() -> None:
    code = {"commit": "a" * 40, "tree": "b" * 40, "remote": "https://example.org/lab/model"}
    found = dependencies(
        made(code=code, input=[{"path": "data.csv", "digest": GIT}], environment={"digest": LOCK, "python": "3.12"})
    )

    assert found == [
        {
            "name": "code",
            "uri": f"git+https://example.org/lab/model@{'a' * 40}",
            "digest": {"gitCommit": "a" * 40, "gitTree": "b" * 40},
        },
        {"name": "data.csv", "digest": {"gitBlob": "3" * 40}},
        {"name": "pylock.toml", "digest": {"blake3": "4" * 64}, "mediaType": "application/toml"},
    ]


def test_a_snapshot_says_what_it_was_made_on() -> None:
    [code] = dependencies(made(code={"commit": "a" * 40, "base": "c" * 40, "remote": "git@example.org:lab/model"}))

    assert code["annotations"] == {"uncommittedChangesTo": "c" * 40}
    assert "uri" not in code


def test_who_when_and_which_run() -> None:
    details = made(seconds=90.5)["predicate"]["runDetails"]

    assert details["builder"] == {"id": "mailto:ana@example.org", "version": {"git-prov": "1.0"}}
    assert details["metadata"] == {
        "invocationId": run_record(1)["id"],
        "startedOn": "2026-01-02T00:01:00Z",
        "finishedOn": "2026-01-02T00:02:30.500Z",
    }
    assert details["byproducts"][0]["digest"] == {"blake3": "5" * 64}


def test_what_was_chosen_is_apart_from_what_the_machine_brought() -> None:
    fields = {"params": {"lr": 0.1}, "seeds": {"declared": 3, "python": 3}, "hardware": {"cores": 2}}
    build = made(**fields, environment={"python": "3.12", "interpreter": "venv /home/ana/venv"})["predicate"][
        "buildDefinition"
    ]

    assert build["externalParameters"] == {"command": ["python", "train.py"], "params": {"lr": 0.1}, "seed": 3}
    assert build["internalParameters"]["environment"] == {"python": "3.12"}, "paths of a machine stay there"
    assert build["internalParameters"]["hardware"] == {"cores": 2}


def test_an_envelope_holds_the_very_bytes_that_are_signed() -> None:
    content = in_toto.payload(made(message="ä"))
    envelope = in_toto.envelope(content, [EnvelopeSignature("k", b"\x00\xff", {"more": 1})])

    assert base64.b64decode(envelope["payload"]) == content
    assert envelope["signatures"] == [{"keyid": "k", "sig": "AP8=", "more": 1}]
    # the example of the DSSE specification's protocol, with our type
    assert in_toto.to_sign(b"hello world") == b"DSSEv1 28 application/vnd.in-toto+json 11 hello world"
    json.dumps(envelope)
