"""Which parameters are the run's, out of all that was parsed in its processes."""

from itertools import pairwise
from typing import Any

import pytest

from gitprov.capture.files.touched import Process
from gitprov.capture.told.interpolation import resolved
from gitprov.capture.told.params import params_of
from gitprov.capture.told.programs import program_name, started


def process(*told: dict[str, Any], argv: str = "python train.py", **header: Any) -> Process:  # noqa: ANN401
    whole = {"pid": 1, "ppid": 0, "depth": 0, "argv": argv.split(), "prefixes": ["/usr/lib/python3"], **header}
    return Process(whole, list(told), None)


def parsed(
    source: str = "argparse",
    by: str = "__main__",
    file: str = "/home/ana/train.py",
    **params: Any,  # noqa: ANN401
) -> dict[str, Any]:
    return {"params": params, "from": source, "by": by, "file": file, "own": True}


def test_parameters_of_a_program_that_parses_in_steps_are_put_together() -> None:
    params, missing = params_of([process(parsed(config="a.yaml", lr=1), parsed(lr=2, depth={"a": [1, None]}))])
    assert params == {"config": "a.yaml", "lr": 2, "depth": {"a": [1, None]}}
    assert missing == []


def test_of_programs_one_after_the_other_the_later_counts_and_it_is_said() -> None:
    first, second = process(parsed(lr=1, n=3, same=0)), process(parsed(lr=2, same=0), pid=2)
    params, missing = params_of([first, second])
    assert params == {"lr": 2, "n": 3, "same": 0}
    assert missing == ["params (lr) had several values during the run: recorded is the last of each"]


@pytest.mark.parametrize(
    "told",
    [
        parsed(by="hydra.main", lr=1),
        parsed(by="torch.distributed.run", lr=1),
        parsed(by="traitlets.config.loader", lr=1),
        parsed(by="joblib.externals.loky.backend.popen_loky_posix", lr=1),
        {**parsed(by="nltk.x", file="/venv/lib/python3/site-packages/nltk/x.py", lr=1), "own": False},
        {**parsed(by="cgi", file="/usr/lib/python3/cgi.py", lr=1), "own": False},
    ],
)
def test_helpers_with_arguments_of_their_own_do_not_count(told: dict[str, Any]) -> None:
    assert params_of([process(told)]) == ({}, [])


def test_a_library_that_parses_the_program_s_own_command_line_counts() -> None:
    told = parsed(by="transformers.hf_argparser", file="/venv/site-packages/transformers/hf_argparser.py", lr=1)
    assert params_of([process(told)])[0] == {"lr": 1}


def test_a_program_that_parses_arguments_it_made_up_counts() -> None:
    assert params_of([process({**parsed(lr=1), "own": False})])[0] == {"lr": 1}


def test_a_subcommand_s_parameters_join_its_group_s_but_for_names_that_both_have() -> None:
    group = {**parsed("click", verbose=True, n=1), "command": []}
    command = {**parsed("click", n=2, lr=0.1), "command": ["train"]}
    assert params_of([process(group, command)])[0] == {"verbose": True, "n": 1, "lr": 0.1, "train": {"n": 2}}


def test_each_job_of_a_sweep_in_one_process_counts_and_it_is_said() -> None:
    jobs = [parsed("hydra", lr=lr, name="run-${lr}") for lr in (1, 2)]
    params, missing = params_of([process(*jobs)])
    assert params == {"lr": 2, "name": "run-2"}
    assert missing == ["params (lr, name) had several values during the run: recorded is the last of each"]


def test_names_and_values_are_bounded() -> None:
    deep: dict[str, Any] = {}
    for _ in range(50):
        deep = {"x": deep}
    params, _ = params_of([process(parsed(deep=deep, many=list(range(9999)), text="\x1b" * 9999))])
    assert str(params["deep"]).count("x") == 9
    assert len(params["many"]) == 500
    assert params["text"].startswith(r"\x1b\x1b")
    assert "n" * 200 in params_of([process({**parsed(), "params": {"n" * 999: 1}})])[0]


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        ("python train.py --m x", "train.py"),
        ("python -u -W error -Xdev /venv/bin/torchrun train.py", "torchrun"),
        ("python -m torch.distributed.run train.py", "torch.distributed.run"),
        ("python -um pkg.train", "pkg.train"),
        ("python -c pass", "-c"),
        ("python --check-hash-based-pycs=always a.py", "a.py"),
        ("python", ""),
        ("python -", "-"),
    ],
)
def test_what_an_interpreter_runs(argv: str, name: str) -> None:
    assert program_name(argv.split()) == name


def pids(*processes: Process) -> list[int]:
    return [one.header["pid"] for one in started(processes)]


def test_programs_of_a_script_are_started_and_what_they_start_themselves_is_not() -> None:
    assert pids(process(pid=1), process(pid=2), process(pid=3, ppid=2, depth=1)) == [1, 2]


def test_a_launcher_is_looked_through_and_its_first_rank_speaks() -> None:
    launcher = process(argv="python -m torch.distributed.run train.py", pid=1)
    ranks = [process(pid=2 + rank, ppid=1, depth=1, launch={"RANK": str(rank)}) for rank in (1, 0)]
    worker = process(pid=9, ppid=2, depth=2, launch={"RANK": "0"})
    assert pids(launcher, *ranks, worker) == [2]


def test_a_launcher_behind_a_shell_is_looked_through() -> None:
    launcher = process(argv="python /opt/conda/bin/conda run python train.py", pid=1)
    assert pids(launcher, process(pid=7, ppid=6, depth=1)) == [7]


def test_ranks_that_mpi_started_speak_through_the_first() -> None:
    ranks = [process(pid=1 + rank, launch={"OMPI_COMM_WORLD_RANK": str(rank)}) for rank in range(3)]
    assert pids(*ranks) == [1]


def test_a_program_that_another_became_is_the_program() -> None:
    assert pids(process(pid=1, ppid=5), process(pid=1, ppid=5, depth=1)) == [1, 1]


def test_a_tool_behind_a_shell_is_not_the_program() -> None:
    assert pids(process(pid=1), process(pid=7, ppid=6, depth=1)) == [1]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"lr": 1, "twice": "${lr}"}, {"lr": 1, "twice": 1}),
        ({"a": {"b": [5, 6]}, "c": "x-${a.b[1]}-${a.b.0}"}, {"a": {"b": [5, 6]}, "c": "x-6-5"}),
        ({"a": {"b": 1, "c": "${.b}", "d": {"e": "${..b}"}}}, {"a": {"b": 1, "c": 1, "d": {"e": 1}}}),
        ({"a": "${b}", "b": "${c}", "c": 3}, {"a": 3, "b": 3, "c": 3}),
        ({"whole": "${a}", "a": {"b": "${c}"}, "c": 1}, {"whole": {"b": 1}, "a": {"b": 1}, "c": 1}),
    ],
)
def test_references_are_followed(config: dict[str, Any], expected: dict[str, Any]) -> None:
    assert resolved(config) == expected


@pytest.mark.parametrize(
    "config",
    [
        {"a": "${oc.env:TOKEN}", "b": "${now:%Y}"},
        {"a": "${nowhere}"},
        {"a": "x${nowhere}y", "b": "${c.d}", "c": 3},
        {"a": {"b": "${a}"}},
        {"a": "${..b}", "b": 1},
        {"a": "x-${b}", "b": {"c": 1}},
    ],
)
def test_what_leads_nowhere_or_runs_code_stays_as_written(config: dict[str, Any]) -> None:
    assert resolved(config) == config


def test_references_in_a_circle_end() -> None:
    circle = {"a": "${b}", "b": "${a}", "c": {"d": "x-${c.d}"}}
    assert resolved(circle) == {"a": "${a}", "b": "${b}", "c": {"d": "x-${c.d}"}}


def test_a_few_lines_that_stand_for_endless_text_end() -> None:
    names = "abcdefghijklmnop"
    config = {name: f"${{{below}}}" * 300 for name, below in pairwise(names)} | {"p": "x" * 100}
    assert all(len(str(value)) <= 2000 for value in resolved(config).values())
