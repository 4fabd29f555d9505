"""The record of one execution: what ran, on which code and data, where, and what came of it."""

from typing import Literal, Self

from pydantic import Field, model_validator

from gitprov.model.base import Part, Record
from gitprov.model.fields import (
    Count,
    Digest,
    Flag,
    Id,
    Int,
    Line,
    Measure,
    Oid,
    OsText,
    RepoPath,
    Seconds,
    Signal,
    Stamp,
    Table,
    Text,
    refused,
)
from gitprov.model.text import unsafe_absolute, unsafe_path


class Omitted(Part):
    """A file that was left out of the snapshot."""

    path: RepoPath
    """Where it was."""
    why: Line
    """Why it was left out: too large, holds a private key."""
    size: Count | None = None
    """Its size in bytes."""


class Submodule(Part):
    """A submodule as it stood when the run started."""

    path: RepoPath
    """Where it is mounted."""
    commit: Oid | None = None
    """The commit checked out in it."""
    dirty: Flag | None = None
    """Whether it held changes of its own, which are not in the snapshot."""


class Code(Part):
    """The exact code that ran."""

    commit: Oid | None = None
    """HEAD, or the snapshot commit when the working tree was dirty."""
    tree: Oid | None = None
    """That commit's tree."""
    base: Oid | None = None
    """HEAD, where `commit` is a snapshot."""
    patch_id: Oid | None = None
    """`git patch-id --stable` of the commit, where it has one parent."""
    remote: Line | None = None
    """Where the repository is at home, credentials stripped."""
    files: Digest | None = None
    """Digest of the sorted (path, blob) set of the tracked files the run read."""
    omitted: tuple[Omitted, ...] = ()
    """What the snapshot left out."""
    submodules: tuple[Submodule, ...] = ()
    """The submodules and their state."""


class Artifact(Part):
    """A file or directory that went into a run or came out of it."""

    path: Text
    """Repository-relative, or absolute and marked so."""
    absolute: Flag | None = None
    """True for a path outside the repository."""
    digest: Digest | None = None
    """Of its bytes, or of its listing for a directory; absent when it was not there."""
    size: Count | None = None
    """Its bytes, all files together."""
    files: Count | None = None
    """How many files it is."""
    how: Literal["traced", "declared", "api"] | None = None
    """How it is known."""
    profile: Digest | None = None
    """Of what its tables are like, kept with the data."""

    @model_validator(mode="after")
    def _safe(self) -> Self:
        reason = unsafe_absolute(self.path) if self.absolute else unsafe_path(self.path)
        if reason:
            raise refused(f"path {reason}", shown=self.path)
        return self


class Split(Part):
    """A part of the data by its members: `train`, `test`."""

    name: Line
    """Its name."""
    path: tuple[Text, ...] = ()
    """The files, directories and patterns it was read from, from the repository's root where they lie in it."""
    rows: Count | None = None
    """How many rows it has; absent where its members are files."""
    files: Count | None = None
    """How many files it was read from."""
    digest: Digest | None = None
    """Of the members, whatever their order."""
    shared: dict[Text, Count] = Field(default_factory=dict)
    """How many of its members are in other splits as well, by their names."""
    estimated: Flag | None = None
    """True where `shared` is an estimate."""
    how: Literal["declared", "api"] | None = None
    """How it is known."""


class Splits(Part):
    """All splits of a run together."""

    digest: Digest | None = None
    """Of the members of all of them: the same where they are only divided otherwise."""


class Launch(Part):
    """What started the several processes of one run."""

    kind: Line | None = None
    """`torchrun`, `mpi`, `slurm`, `ray`, or `ranks` where only their numbers say so."""
    world: Count | None = None
    """How many ranks the last attempt had."""
    job: Line | None = None
    """The scheduler's own name of it."""


class Rank(Part):
    """One process of a launch, or several that differ in nothing but their number."""

    rank: Count
    """Its number."""
    attempt: Count | None = None
    """The attempt it belongs to."""
    status: Literal["ok", "failed", "killed", "lost", "ended", "abrupt"] | None = None
    """How it ended; `ended` and `abrupt` where only its process was observed."""
    host: Line | None = None
    """The machine it ran on."""
    exit: Int | None = None
    """Its exit status."""
    signal: Signal | None = None
    """The signal that killed it."""
    count: Count | None = None
    """How many ranks from this one on are the same in everything else."""


class Attempt(Part):
    """One start of all ranks."""

    n: Count
    """From 1."""
    at: Stamp | None = None
    """When it started."""
    seconds: Seconds | None = None
    """How long it took."""
    status: Literal["ok", "failed", "killed", "lost", "ended", "abrupt"] | None = None
    """How it ended."""
    reason: Line | None = None
    """Why it did not end well."""


class Notebook(Part):
    """A notebook, without its outputs."""

    path: Text
    """Where it stands: repository-relative, or absolute."""
    code: Digest | None = None
    """Of its code cells."""


class LockFile(Part):
    """A lock file of the project's own."""

    path: RepoPath
    """Where it stands."""
    digest: Digest | None = None
    """Of its bytes."""


class Environment(Part):
    """The software around the code."""

    digest: Digest | None = None
    """Of the lock, a PEP 751 `pylock.toml`, kept with the data."""
    python: Line | None = None
    """The interpreter's version."""
    platform: Line | None = None
    """System, machine and C library."""
    container: Line | None = None
    """The image's digest, where the run was inside one."""
    used: tuple[Line, ...] = ()
    """The distributions that the run imported, by the names in the lock."""
    locks: tuple[LockFile, ...] = ()
    """The project's own lock files."""
    variables: dict[Text, Text] = Field(default_factory=dict)
    """Environment variables that bear on results, from a list of allowed names."""


class Hardware(Part):
    """The machine."""

    cpu: Line | None = None
    """The processor's model."""
    cores: Count | None = None
    """Logical cores."""
    memory: Count | None = None
    """Bytes of memory."""
    gpus: tuple[Line, ...] = ()
    """Each GPU, with its driver."""
    flags: tuple[Line, ...] = ()
    """Instruction sets of the processor that numerical libraries choose by."""


class Usage(Part):
    """What the run used of the machine."""

    cpu_seconds: Seconds | None = None
    """Processor time, all processes together."""
    peak_memory: Count | None = None
    """Bytes of memory of its largest process at its largest."""
    read: Count | None = None
    """Bytes read from disks."""
    written: Count | None = None
    """Bytes written to disks."""
    gpu_memory_peak: Count | None = None
    """Bytes of GPU memory at the peak, as the framework in use counted them."""


class Series(Part):
    """A metric over time; the points themselves are kept with the data."""

    name: Line
    """The metric's name."""
    digest: Digest | None = None
    """Of the points."""
    count: Count | None = None
    """How many points."""
    last: Measure | None = None
    """The last value."""
    best: Measure | None = None
    """The best value, in the sense of `goal`."""
    goal: Literal["min", "max"] | None = None
    """Whether less or more is better."""


class Intent(Part):
    """What the run was for, said before it started."""

    experiment: Line | None = None
    """The experiment that it is part of, by its directory in `experiments/`."""
    hypothesis: Text | None = None
    """What was thought to be so."""
    expect: tuple[Line, ...] = ()
    """Conditions on metrics: `accuracy >= 0.9`."""
    verdict: Literal["met", "missed", "unknown"] | None = None
    """Whether all of them were met."""


class Capture(Part):
    """How much of the run was seen."""

    tracer: Line | None = None
    """What watched it."""
    complete: Flag | None = None
    """Whether nothing is known to be missing."""
    missing: tuple[Line, ...] = ()
    """What is known to be missing."""


class Run(Record):
    """One execution of one command."""

    kind: Literal["run"] = "run"
    """`run`."""
    status: Literal["ok", "failed", "killed", "lost"]
    """How it ended; `lost` when nobody saw it end."""
    exit: Int | None = None
    """The command's exit status."""
    signal: Signal | None = None
    """The signal that killed it."""
    error: Line | None = None
    """The exception that ended it, as its type and words, where the run's own process told."""
    origin: Literal["stated", "claimed", "notes"] | None = None
    """Absent for a run that was observed; else where the word of it comes from."""
    command: tuple[OsText, ...] = ()
    """The command and its arguments."""
    cwd: RepoPath | None = None
    """Where it ran, from the repository's root."""
    seconds: Seconds | None = None
    """How long it took."""
    message: Text | None = None
    """What the person says about it."""
    tags: tuple[Line, ...] = ()
    """Names to find it by."""
    parents: tuple[Id, ...] = ()
    """The runs it ran inside of."""
    reproduces: Id | None = None
    """The run that it was made to reproduce: it is part of that one's replication, and no run of anybody's own."""
    launch: Launch | None = None
    """What started its processes, where it had ranks."""
    attempt: tuple[Attempt, ...] = ()
    """The starts of a launch."""
    rank: tuple[Rank, ...] = ()
    """The ranks of a launch."""
    code: Code | None = None
    """The code."""
    input: tuple[Artifact, ...] = ()
    """What it read."""
    output: tuple[Artifact, ...] = ()
    """What it wrote."""
    split: tuple[Split, ...] = ()
    """The parts that its data were divided into."""
    splits: Splits | None = None
    """All of them together."""
    notebooks: tuple[Notebook, ...] = ()
    """The notebooks it executed, by their code alone."""
    environment: Environment | None = None
    """The software."""
    hardware: Hardware | None = None
    """The machine."""
    usage: Usage | None = None
    """What it used of the machine."""
    seeds: Table = Field(default_factory=dict)
    """`declared`, `hash`, and by library what was really set."""
    determinism: Table = Field(default_factory=dict)
    """Flags and numbers of threads that bear on whether it can be repeated, by flat names."""
    params: Table = Field(default_factory=dict)
    """Parameters, nested as the program has them."""
    metrics: dict[Text, Measure] = Field(default_factory=dict)
    """Results by name, flat."""
    series: tuple[Series, ...] = ()
    """Metrics over time."""
    intent: Intent | None = None
    """What it was for."""
    capture: Capture | None = None
    """How much was seen."""
