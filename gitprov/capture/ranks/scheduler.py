"""What the scheduler says of a job: whether one that was interrupted will be run again."""

import os
import subprocess
from collections.abc import Mapping

_SECONDS = 5.0
_WILL_RUN = ("PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "REQUEUE", "SPECIAL_EXIT")
"""How the states begin (https://slurm.schedmd.com/job_state_codes.html) in which a job is not over."""


def runs_again(job: str, environ: Mapping[str, str]) -> bool:
    """Whether Slurm knows the job as one that goes on; false where there is no Slurm, or it knows nothing."""
    number = job.partition(".")[0]
    if not number.isdecimal():
        return False
    command = ["scontrol", "--oneliner", "show", "job", number]
    path = environ.get("PATH", os.defpath)
    try:
        asked = subprocess.run(
            command, env={**environ, "PATH": path}, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return False
    words = asked.stdout.decode("utf-8", "replace").split()
    states = [word.removeprefix("JobState=") for word in words if word.startswith("JobState=")]
    return any(state.startswith(_WILL_RUN) for state in states)
