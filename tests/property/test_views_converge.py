"""Whatever clones do in whatever order: once all have spoken and listened they hold the same records and views."""

import itertools
import os
import shutil
from pathlib import Path
from typing import Any, Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitprov.api.session import Session
from gitprov.gitrepo.objects import Objects, Signature
from gitprov.records import codec, notes, sync, union, writer
from gitprov.records.change import Change, attempt
from gitprov.records.layout import NOTES, SUMMARY
from gitprov.records.union import Union
from gitprov.records.writer import Addition
from support.records import run_record, session_in
from support.repo import RepoBuilder

pytestmark = pytest.mark.property

CLONES = 3
ACTIONS = ("append", "run", "send", "receive", "commit", "refresh")
slow = settings(
    max_examples=int(os.environ.get("GITPROV_TEST_EXAMPLES", "15")), suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A remote and its clones, to be copied for each example."""
    stage = tmp_path_factory.mktemp("stage")
    first = RepoBuilder.init(stage / "first")
    first.commit("first", {"train.py": "1"})
    first.commit("second", {"train.py": "2"})
    hub = first.bare_remote(stage / "hub.git")
    first.git("push", "-q", "origin", "main")
    for number in range(CLONES):
        hub.clone(stage / f"clone-{number}").git("remote", "set-url", "origin", "../hub.git")
    return stage


class World:
    """A remote and its clones, in which things happen."""

    def __init__(self, stage: Path) -> None:
        shutil.copytree(stage, stage.parent / "world", symlinks=True)
        self.path = stage.parent / "world"
        self.hub = RepoBuilder(self.path / "hub.git")
        self.clones = [RepoBuilder(self.path / f"clone-{number}") for number in range(CLONES)]
        self._numbers = itertools.count()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path)

    def act(self, action: str, clone: RepoBuilder, back: int) -> None:
        """Let one thing happen in a clone; `back` says on which commit of its history, where it matters."""
        session = session_in(clone.path)
        match action:
            case "append":
                writer.append(session.repo, session.state, self._run(clone, back))
            case "run":
                self._store(session, self._run(clone, back))
            case "send":
                sync.send(session.repo, session.state, "origin")
            case "receive":
                sync.receive(session.repo, session.state, "origin")
            case "commit":
                clone.commit("more", {"train.py": str(next(self._numbers) % 3)})
            case "refresh":
                notes.refresh(session.repo, session.state)

    def _run(self, clone: RepoBuilder, back: int) -> Addition:
        commit = clone.git("rev-list", "--max-count=1", f"--skip={back}", "HEAD")
        code = {"commit": commit, "tree": clone.git("rev-parse", f"{commit}^{{tree}}")}
        return Addition(records=[run_record(next(self._numbers), code=code)], code=[commit])

    def _store(self, session: Session, addition: Addition) -> None:
        def both(change: Change) -> None:
            commits = writer.add(change, writer.writer_id(session.state), addition)
            notes.bring_up(change, session.state, fresh=commits)

        attempt(session.repo, session.state, both)

    def settle(self) -> None:
        """Let everybody speak and listen twice."""
        for clone in self.clones * 2:
            session = session_in(clone.path)
            sync.exchange(session.repo, session.state, "origin")


def rows(clone: RepoBuilder) -> list[str]:
    listed = clone.git("ls-tree", "-r", SUMMARY).splitlines() if clone.refs(SUMMARY) else []
    return [row for row in listed if not row.endswith("\tcovered")]


@slow
@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, CLONES - 1), st.integers(0, 1)), max_size=14))
def test_any_interleaving_ends_in_one_union_and_one_view(stage: Path, happenings: list[tuple[str, int, int]]) -> None:
    with World(stage) as world:
        for action, number, back in happenings:
            world.act(action, world.clones[number], back)
        runs = sum(action in ("append", "run") for action, _, _ in happenings)
        world.settle()

        read = [union.read(session_in(clone.path).repo) for clone in world.clones]
        assert [len(found.stored) for found in read] == [runs] * CLONES
        assert len({tuple(stored.raw for stored in found.stored) for found in read}) == 1
        assert {tuple(clone.refs(NOTES).values()) for clone in [*world.clones, world.hub]} == {
            tuple(world.hub.refs(NOTES).values())
        }
        before = world.hub.refs()
        world.settle()
        assert world.hub.refs() == before


@slow
@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, CLONES - 1), st.integers(0, 1)), max_size=14))
def test_views_that_grew_step_by_step_are_those_that_are_built_anew(
    stage: Path, happenings: list[tuple[str, int, int]]
) -> None:
    with World(stage) as world:
        for action, number, back in happenings:
            world.act(action, world.clones[number], back)
        for clone in world.clones:
            session = session_in(clone.path)
            notes.refresh(session.repo, session.state)
            before = [clone.git("rev-parse", f"{NOTES}^{{tree}}") if clone.refs(NOTES) else "", rows(clone)]
            for ref in clone.refs(NOTES, SUMMARY):
                clone.git("update-ref", "-d", ref)
            notes.refresh(session.repo, session.state)
            assert [clone.git("rev-parse", f"{NOTES}^{{tree}}") if clone.refs(NOTES) else "", rows(clone)] == before


# --- the union ---


@pytest.fixture(scope="module")
def commits(stage: Path) -> list[str]:
    """Commits in which some records stand several times, and some ids have several records."""
    repo = session_in(stage / "first").repo
    objects = Objects("sha1")
    made = []
    for number, version, copy in itertools.product(range(4), range(3), range(3)):
        record: dict[str, Any] = run_record(number, message=str(version))
        who = Signature(f"Bo {copy} <bo@example.org>", copy)
        made.append(objects.commit(objects.tree(()), [], who, codec.message(record)))
    made.append(objects.commit(objects.tree(()), [], Signature("Bo <bo@example.org>", 1), "no record\n"))
    objects.store(repo.git)
    return made


def load(stage: Path, commits: list[str], own: frozenset[str]) -> tuple[Union, set[tuple[str, str]]]:
    found = union.load(session_in(stage / "first").repo, commits, own)
    return Union(found.stored, []), {(problem.where, problem.reason) for problem in found.problems}


@slow
@given(st.data())
def test_the_union_commutes_and_is_idempotent(stage: Path, commits: list[str], data: st.DataObject) -> None:
    some = data.draw(st.lists(st.sampled_from(commits), max_size=12))
    own = frozenset(data.draw(st.lists(st.sampled_from(commits), max_size=3)))
    again = data.draw(st.permutations(some + some[: len(some) // 2]))

    assert load(stage, some, own) == load(stage, again, own)


@slow
@given(st.data())
def test_the_union_associates(stage: Path, commits: list[str], data: st.DataObject) -> None:
    one, other, third = (data.draw(st.lists(st.sampled_from(commits), max_size=8)) for _ in range(3))
    whole = load(stage, [*one, *other, *third], frozenset())[0]

    for first, then in ((one + other, third), (other + third, one), (third + one, other)):
        joined = load(stage, first, frozenset())[0]
        standing = [stored.commit for stored in joined.stored]
        assert load(stage, [*standing, *then], frozenset())[0] == whole
