"""Running a command in the recorded image, where a container engine has it. No image is ever fetched."""

import os
import re
import subprocess
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gitprov.model.environments import Deviation
from gitprov.model.text import single_line
from gitprov.replay.environment.installers import locate
from gitprov.replay.environment.plan import CONTAINER, EnvironmentPlan
from gitprov.replay.environment.world import World

_ENGINES: Final = ("podman", "docker")
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_PATIENCE: Final = 20.0  # seconds
_OTHERWISE: Final = "rebuild it from the lock: --env restore; or take what is here: --env current"

_INSTALL: Final = f"install podman; or {_OTHERWISE}"


class _Image(NamedTuple):
    engine: str
    """The program."""
    image: str
    """What it knows the image by."""


def plan(record: Mapping[str, Any], world: World) -> EnvironmentPlan:
    """Return the plan to run in the recorded image. Engines are asked whether they have it, and for nothing more."""
    environment = record.get("environment")
    told = environment.get("container") if isinstance(environment, Mapping) else None
    if not told:
        return _refused("the run was in no container, or none that said which image it was")
    if not isinstance(told, str) or not _DIGEST.fullmatch(told):
        return _refused(f"no engine finds an image by {single_line(str(told), 60)}")
    engines = [program for name in _ENGINES if (program := locate(name, world))]
    if not engines:
        why = f"image {told[:19]} needs podman or docker to run, and neither is on PATH"
        return _refused(why)._replace(hint=_INSTALL)
    silent = []
    for engine in engines:
        answer = _find(engine, told, world)
        if isinstance(answer, _Image):
            return _found(answer, told)
        silent += [answer] if answer else []
    why = "; ".join(silent) or f"{' and '.join(map(os.path.basename, engines))} do not have it"
    hint = f"pull it yourself, by its name and @{told}; or {_OTHERWISE}"
    return _refused(f"image {told[:19]} is not here: {why}")._replace(hint=hint)


def _found(image: _Image, told: str) -> EnvironmentPlan:
    name = os.path.basename(image.engine)
    user = ("--userns=keep-id",) if name == "podman" else ("--user", f"{os.getuid()}:{os.getgid()}")
    return EnvironmentPlan(
        CONTAINER,
        steps=(f"run in image {told[:19]} with {name}, with the restored code as the only directory of this machine",),
        deviations=(Deviation("what happens inside of the container is not observed", "container"),),
        command=(image.engine, "run", "--rm", "--init", "--pull=never", *user, image.image),
    )


def _find(engine: str, digest: str, world: World) -> _Image | str:
    """Return the image; or why the engine gave no answer, empty where it has none such."""
    by_id = _ask([engine, "image", "inspect", "--format", "{{.Id}}", digest], world)
    if by_id.returncode == 0:
        return _Image(engine, digest)
    listed = _ask([engine, "images", "--no-trunc", "--digests", "--format", "{{.Digest}} {{.ID}}"], world)
    if listed.returncode:
        said = (listed.stderr.strip().splitlines() or ["no answer"])[-1]
        return f"{os.path.basename(engine)}: {single_line(said, 120)}"
    for line in listed.stdout.splitlines():
        its, _, image = line.partition(" ")
        if its == digest and image:
            return _Image(engine, image)
    return ""


def _ask(command: list[str], world: World) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            command,
            env=dict(world.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", f"gave no answer: {error}")


def _refused(why: str) -> EnvironmentPlan:
    return EnvironmentPlan(CONTAINER, refused=why, hint=_OTHERWISE)
