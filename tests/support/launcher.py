"""A launcher as torchrun is one, small: N ranks, all started again when one of them fails.

`python launcher.py [--alone] WORLD RESTARTS COMMAND...`; with `--alone` only the rank that failed is started again, and
nothing tells the ranks how often that was.
"""

import os
import subprocess
import sys


def main(args: list[str]) -> int:
    """Run the ranks until all end well or no restart is left; returns the last attempt's worst status."""
    alone = args[0] == "--alone"
    world, restarts, *command = args[alone:]
    waiting = list(range(int(world)))
    for count in range(int(restarts) + 1):
        counted = {"TORCHELASTIC_RUN_ID": "none", "TORCHELASTIC_RESTART_COUNT": str(count)}
        counted["TORCHELASTIC_MAX_RESTARTS"] = restarts
        shared = {**os.environ, "WORLD_SIZE": world, "LOCAL_WORLD_SIZE": world, "MASTER_ADDR": "127.0.0.1"}
        started = {
            rank: subprocess.Popen(
                command, env={**shared, **({} if alone else counted), "RANK": str(rank), "LOCAL_RANK": str(rank)}
            )
            for rank in waiting
        }
        failed = [rank for rank, process in started.items() if process.wait() != 0]
        if not failed:
            return 0
        waiting = failed if alone else waiting
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
