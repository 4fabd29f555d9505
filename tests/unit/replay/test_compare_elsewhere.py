"""In another clone nobody knows where the recorded run stood: what it wrote tells."""

import pytest

from gitprov.replay.compare import files
from gitprov.replay.compare.outcome import DIFFERS, NOISE, Outcome
from gitprov.replay.compare.places import ENVIRONMENT, HOME, REPOSITORY, Normaliser, prefix_of
from gitprov.replay.compare.source import from_bytes
from gitprov.replay.compare.tally import Terms
from gitprov.replay.tolerance import Tolerances

HERE = (("/srv/bo/wine", REPOSITORY), ("/srv/bo", HOME))


def compared(before: str, after: str, name: str = "log.txt") -> Outcome:
    terms = Terms(Tolerances(), (name,), Normaliser(HERE), Normaliser(HERE))
    return files.compare(from_bytes(before.encode(), name), from_bytes(after.encode(), name), terms)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("wrote /home/ana/wine/out.csv", "wrote /srv/bo/wine/out.csv"),
        ("in /data/my wine.", "in /srv/bo/wine."),
        ("/a/w/x and /a/w/y", "/srv/bo/wine/x and /srv/bo/wine/y"),
        ("/a/w/x\n/a/w/y", "/srv/bo/wine/x\n/srv/bo/wine/y"),
        ("/tmp/pytest-1/ana/wine/x", "/srv/bo/wine/x"),
    ],
)
def test_another_path_in_the_place_of_our_own_means_nothing(before: str, after: str) -> None:
    outcome = compared(before, after)
    assert (outcome.grade, "path of the repository" in outcome.noise) == (NOISE, True)
    assert compared(f'{{"log": {before.splitlines()!r}}}'.replace("'", '"'), "{}", "m.json").grade == DIFFERS


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("wrote /home/ana/wine/a.csv", "wrote /srv/bo/wine/b.csv"),  # another file
        ("/a/w/x and /b/w/y", "/srv/bo/wine/x and /srv/bo/wine/y"),  # not the same throughout
        ("/a/w/x\n/b/w/y", "/srv/bo/wine/x\n/srv/bo/wine/y"),
        ("wrote nothing/out.csv", "wrote /srv/bo/wine/out.csv"),  # no path
        ("wrote //out.csv", "wrote /srv/bo/wine/out.csv"),
    ],
)
def test_what_is_no_such_path_is_a_result(before: str, after: str) -> None:
    assert compared(before, after).grade == DIFFERS


def test_texts_in_json_are_evened_out_as_well() -> None:
    before, after = '{"path": "/home/ana/wine/x", "n": 1}', '{"path": "/srv/bo/wine/x", "n": 1}'
    assert compared(before, after, "m.json").grade == NOISE


ENVIRONMENTS = (
    (("/opt/ana/env", ENVIRONMENT), *HERE),
    (("/srv/bo/.cache/git-prov/environments/ab", ENVIRONMENT), *HERE),
)


@pytest.mark.parametrize("recorded", ["/opt/ana/env", "/home/ana/wine/.venv", "/srv/bo/.venv"])
def test_where_the_software_stood_means_nothing(recorded: str) -> None:
    before, after = (Normaliser(places) for places in ENVIRONMENTS)
    texts = (
        f"{place}/lib/python3.11/site-packages/x.py:3: UserWarning: old\n"
        for place in (recorded, "/srv/bo/.cache/git-prov/environments/ab")
    )
    mine, its = (from_bytes(text.encode(), "run.log") for text in texts)
    outcome = files.compare(mine, its, Terms(Tolerances(), ("run.log",), before, after))
    assert (outcome.grade, "path of the environment" in outcome.noise) == (NOISE, True)


@pytest.mark.parametrize(
    ("interpreter", "prefix"),
    [
        ("venv ~/env/bin/python", "/home/ana/env"),
        ("venv /tmp/my env/bin/python3 (first on PATH)", "/tmp/my env"),
        ("/opt/conda/bin/python3.11", "/opt/conda"),
        ("venv .venv/bin/python", ""),
        ("~bo/bin/python", ""),
        ("", ""),
    ],
)
def test_the_place_of_an_environment_is_that_of_its_interpreter(interpreter: str, prefix: str) -> None:
    assert prefix_of(interpreter, "/home/ana") == prefix
