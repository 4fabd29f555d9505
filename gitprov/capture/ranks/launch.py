"""Which launch a process is a rank of, from the variables that launchers give their processes.

A launcher (torchrun, mpirun, srun, or one's own) starts the same program several times. Its processes differ by rank
and, where the launcher starts them again, by attempt.
"""

from collections.abc import Mapping
from typing import NamedTuple

NEVER, LEFT, UNKNOWN, REQUEUE = "never", "left", "unknown", "requeue"

_NO_STEP = 0xFFFFFFF0
"""From here on Slurm's step numbers are no steps: the batch script (`SLURM_BATCH_SCRIPT`), an interactive shell."""


class Attempt(NamedTuple):
    """How often a rank was started before: with its whole job by the scheduler, within the job by the launcher."""

    requeued: int = 0
    restarted: int = 0


class Launch(NamedTuple):
    """What one process's environment says of its launch."""

    kind: str
    """`torchrun`, `mpi`, `slurm`, `ray`, or `ranks` where `RANK` and `WORLD_SIZE` are all there is."""
    variable: str
    """The variable that only ranks have."""
    rank: int
    world: int
    shared: str = ""
    """What all nodes of the launch have in common; empty where all its ranks descend from one launcher."""
    restarts: str = NEVER
    """Whether a failed rank may be started again: `never`, `left` some times, `unknown`, or by a `requeue`."""
    counted: bool = False
    """Whether the launcher counts its restarts."""
    attempt: Attempt = Attempt()
    job: str = ""
    """The scheduler's own name of it."""

    @property
    def is_several(self) -> bool:
        """Whether more than one process can belong to it: other ranks, or later attempts."""
        return self.world > 1 or self.restarts != NEVER or any(self.attempt)


def read(environ: Mapping[str, str]) -> Launch | None:
    """The launch that an environment tells of, `None` where it tells of none; the innermost launcher is meant."""
    for reader in (_torchrun, _open_mpi, _slurm_step, _pmi, _plain, _slurm_batch):
        found = reader(environ)
        if found and found.rank < found.world:
            requeued = _number(environ, "SLURM_RESTART_COUNT") or 0
            job = found.job or environ.get("SLURM_JOB_ID", "")
            return found._replace(attempt=found.attempt._replace(requeued=requeued), job=job)
    return None


def _torchrun(environ: Mapping[str, str]) -> Launch | None:
    """https://docs.pytorch.org/docs/stable/elastic/run.html#environment-variables."""
    name, rank, world = environ.get("TORCHELASTIC_RUN_ID", ""), _number(environ, "RANK"), _number(environ, "WORLD_SIZE")
    if not name or rank is None or world is None:
        return None
    done = _number(environ, "TORCHELASTIC_RESTART_COUNT") or 0
    most = _number(environ, "TORCHELASTIC_MAX_RESTARTS")
    return Launch(
        *("torchrun", "RANK", rank, world),
        shared=_between_nodes(environ, name if name != "none" else _master(environ)),  # `none`: nobody named it
        restarts=UNKNOWN if most is None else LEFT if done < most else NEVER,
        counted=True,
        attempt=Attempt(restarted=done),
    )


def _open_mpi(environ: Mapping[str, str]) -> Launch | None:
    """https://docs.open-mpi.org/en/main/tuning-apps/environment-var.html."""
    rank, world = _number(environ, "OMPI_COMM_WORLD_RANK"), _number(environ, "OMPI_COMM_WORLD_SIZE")
    if rank is None or world is None:
        return None
    name = environ.get("OMPI_MCA_orte_hnp_uri") or environ.get("PMIX_NAMESPACE", "")
    one_node = _number(environ, "OMPI_COMM_WORLD_LOCAL_SIZE") == world
    return Launch("mpi", "OMPI_COMM_WORLD_RANK", rank, world, shared="" if one_node else name)


def _slurm_step(environ: Mapping[str, str]) -> Launch | None:
    """A task that `srun` started. A shell from `salloc` or `sbatch` has the job's variables, and no step."""
    job, step = environ.get("SLURM_JOB_ID", ""), _number(environ, "SLURM_STEP_ID")
    rank = _number(environ, "SLURM_PROCID")
    world = _number(environ, "SLURM_STEP_NUM_TASKS") or _number(environ, "SLURM_NTASKS")
    if not job or step is None or step >= _NO_STEP or rank is None or world is None:
        return None
    name = f"{job}.{step}"
    return Launch("slurm", "SLURM_STEP_ID", rank, world, shared=name, restarts=REQUEUE, job=name)


def _pmi(environ: Mapping[str, str]) -> Launch | None:
    """MPICH, Intel MPI and their relatives."""
    rank, world = _number(environ, "PMI_RANK"), _number(environ, "PMI_SIZE")
    if rank is None or world is None:
        return None
    one_node = _number(environ, "MPI_LOCALNRANKS") in (world, None)
    return Launch("mpi", "PMI_RANK", rank, world, shared="" if one_node else environ.get("SLURM_JOB_ID", ""))


def _plain(environ: Mapping[str, str]) -> Launch | None:
    """`RANK` and `WORLD_SIZE`, which PyTorch's `env://` asks of any launcher."""
    rank, world = _number(environ, "RANK"), _number(environ, "WORLD_SIZE")
    if rank is None or world is None:
        return None
    done = _number(environ, "TORCHELASTIC_RESTART_COUNT")
    return Launch(
        *("ray" if "RAY_JOB_ID" in environ else "ranks", "RANK", rank, world),
        shared=_between_nodes(environ, _master(environ)) if "LOCAL_WORLD_SIZE" in environ else "",
        restarts=UNKNOWN if world > 1 else NEVER,
        counted=done is not None,
        attempt=Attempt(restarted=done or 0),
    )


def _slurm_batch(environ: Mapping[str, str]) -> Launch | None:
    """A batch script: one process, which the scheduler may start again with the whole job."""
    job = environ.get("SLURM_JOB_ID", "")
    if not job or environ.get("ENVIRONMENT") != "BATCH":
        return None
    return Launch("slurm", "SLURM_JOB_ID", 0, 1, shared=job, restarts=REQUEUE, job=job)


def _between_nodes(environ: Mapping[str, str], name: str) -> str:
    return "" if _number(environ, "LOCAL_WORLD_SIZE") == _number(environ, "WORLD_SIZE") else name


def _master(environ: Mapping[str, str]) -> str:
    return f"{environ.get('MASTER_ADDR', '')}:{environ.get('MASTER_PORT', '')}"


def _number(environ: Mapping[str, str], name: str) -> int | None:
    value = environ.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None
