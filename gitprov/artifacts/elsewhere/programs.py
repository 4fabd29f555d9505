"""Other tools' programs: found before they are called, and called only for what a person asked to be fetched."""

import shutil
import subprocess
from tempfile import TemporaryFile

from gitprov.artifacts.elsewhere.delivery import PIECE, Delivery
from gitprov.artifacts.elsewhere.location import World
from gitprov.errors import NotFound
from gitprov.gitrepo.process import failure


def demand(program: str, what: str, world: World) -> None:
    """Make sure that a program is there that can fetch `what`. Raises `NotFound`."""
    if shutil.which(program, path=world.environ.get("PATH")) is None:
        raise NotFound(f"{what} is not in this repository, and {program} is not installed", hint=f"install {program}")


def deliver(args: tuple[str, ...], data: bytes, delivery: Delivery, world: World, env: dict[str, str]) -> None:
    """Deliver what a git command prints when it is given `data`, at most a few kilobytes. Raises `GitFailed`."""
    delivery.restart()
    with TemporaryFile() as words:
        process = world.repo.git.popen(args, stdin=subprocess.PIPE, stderr=words.fileno(), env=env)
        assert process.stdin is not None
        assert process.stdout is not None
        with process:
            try:
                process.stdin.write(data)
                process.stdin.close()
                while piece := process.stdout.read(PIECE):
                    delivery.write(piece)
            except BaseException:
                process.kill()
                raise
        if process.returncode != 0:
            delivery.restart()
            words.seek(0)
            raise failure(args, process.returncode, words.read(PIECE))
