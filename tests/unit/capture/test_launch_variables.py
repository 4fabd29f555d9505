"""What the variables of launchers say, and what they do not."""

import pytest

from gitprov.capture.ranks.alike import alike, shape
from gitprov.capture.ranks.launch import LEFT, NEVER, REQUEUE, UNKNOWN, Attempt, read

TORCHRUN = {
    "TORCHELASTIC_RUN_ID": "none",
    "TORCHELASTIC_RESTART_COUNT": "1",
    "TORCHELASTIC_MAX_RESTARTS": "3",
    "RANK": "2",
    "WORLD_SIZE": "4",
    "LOCAL_WORLD_SIZE": "4",
    "MASTER_ADDR": "localhost",
    "MASTER_PORT": "29500",
}
STEP = {"SLURM_JOB_ID": "77", "SLURM_STEP_ID": "3", "SLURM_PROCID": "1", "SLURM_NTASKS": "2"}


def test_torchrun_on_one_node_is_known_by_its_launcher_alone() -> None:
    found = read(TORCHRUN)

    assert found is not None
    assert (found.kind, found.rank, found.world, found.shared) == ("torchrun", 2, 4, "")
    assert (found.attempt, found.counted, found.restarts) == (Attempt(0, 1), True, LEFT)


@pytest.mark.parametrize(("name", "shared"), [("none", "localhost:29500"), ("mine", "mine")])
def test_torchrun_on_several_nodes_is_known_by_its_name_or_where_it_meets(name: str, shared: str) -> None:
    found = read({**TORCHRUN, "TORCHELASTIC_RUN_ID": name, "LOCAL_WORLD_SIZE": "2"})

    assert found is not None
    assert found.shared == shared


def test_the_last_restart_is_the_last() -> None:
    found = read({**TORCHRUN, "TORCHELASTIC_RESTART_COUNT": "3"})

    assert found is not None
    assert found.restarts == NEVER


def test_torchrun_within_a_slurm_step_is_torchrun_and_knows_the_job() -> None:
    found = read({**STEP, "SLURM_RESTART_COUNT": "2", **TORCHRUN})

    assert found is not None
    assert (found.kind, found.job, found.attempt) == ("torchrun", "77", Attempt(2, 1))


def test_tasks_of_a_slurm_step_share_the_step() -> None:
    found = read(STEP)

    assert found is not None
    assert (found.kind, found.rank, found.world, found.shared, found.restarts) == ("slurm", 1, 2, "77.3", REQUEUE)


@pytest.mark.parametrize(
    "left",
    [
        {"SLURM_JOB_ID": "77", "SLURM_NTASKS": "4"},
        {"SLURM_JOB_ID": "77", "SLURM_NTASKS": "4", "SLURM_PROCID": "0"},
        {"SLURM_JOB_ID": "77", "SLURM_NTASKS": "4", "SLURM_PROCID": "0", "SLURM_STEP_ID": "4294967290"},
        {"RANK": "0"},
        {"RANK": "4", "WORLD_SIZE": "4"},
        {"RANK": "-1", "WORLD_SIZE": "4"},
        {"RANK": "one", "WORLD_SIZE": "4"},
        {"OMPI_COMM_WORLD_RANK": "0"},
        {},
    ],
)
def test_variables_that_do_not_make_a_rank(left: dict[str, str]) -> None:
    assert read(left) is None


def test_a_batch_script_is_one_process_that_may_be_requeued() -> None:
    found = read({"SLURM_JOB_ID": "77", "ENVIRONMENT": "BATCH", "SLURM_PROCID": "0", "SLURM_NTASKS": "8"})

    assert found is not None
    assert (found.world, found.shared, found.is_several) == (1, "77", True)


def test_open_mpi_on_several_nodes_is_known_by_what_they_all_talk_to() -> None:
    one = {"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4", "OMPI_MCA_orte_hnp_uri": "12.0;tcp://a:1"}
    found, alone = read(one), read({**one, "OMPI_COMM_WORLD_LOCAL_SIZE": "4"})

    assert found is not None
    assert alone is not None
    assert (found.kind, found.shared, found.restarts) == ("mpi", "12.0;tcp://a:1", NEVER)
    assert alone.shared == ""


def test_mpich_is_known_by_its_launcher() -> None:
    found = read({"PMI_RANK": "0", "PMI_SIZE": "2"})

    assert found is not None
    assert (found.kind, found.shared) == ("mpi", "")


def test_a_launcher_of_ones_own_may_start_a_rank_again() -> None:
    found = read({"RANK": "0", "WORLD_SIZE": "2"})

    assert found is not None
    assert (found.kind, found.restarts, found.counted) == ("ranks", UNKNOWN, False)


def test_a_single_rank_that_is_never_started_again_is_no_launch() -> None:
    found = read({"RANK": "0", "WORLD_SIZE": "1"})

    assert found is not None
    assert not found.is_several


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (["python", "train.py"], ["python", "train.py"], True),
        (["python", "train.py", "--local_rank=0"], ["python", "train.py", "--local_rank=1"], True),
        (["python", "train.py", "--fold", "0"], ["python", "train.py", "--fold", "0"], True),
        (["python", "train.py", "--fold", "0"], ["python", "train.py", "--fold", "2"], False),
        (["python", "train.py"], ["python", "prepare.py"], False),
        (["python", "train.py"], ["python", "train.py", "1"], False),
    ],
)
def test_only_a_rank_number_may_differ_between_the_commands_of_ranks(
    one: list[str], other: list[str], *, same: bool
) -> None:
    assert alike(shape(one), ["0"], shape(other), ["1"]) is same


def test_no_word_of_a_command_is_kept_to_compare_it() -> None:
    assert "hunter" not in str(shape(["curl", "--token=hunter2hunter"]))
