"""Parameters that Hydra composed: the configuration each job's task function is given."""

import sys

from .callers import described_function
from .plain import plain
from .reports import Reports
from .wrapping import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable


def watch(utils: "ModuleType", reports: Reports) -> None:
    """Tell the configuration of each job, as written: `${oc.env:TOKEN}` stays what it is."""

    def make(original: "Callable[..., Any]") -> "Callable[..., Any]":
        def ours(*args: "Any", **kwargs: "Any") -> "Any":
            try:
                function = kwargs["task_function"] if "task_function" in kwargs else args[0]
                config = kwargs["config"] if "config" in kwargs else args[1 if "task_function" not in kwargs else 0]
                _tell(reports, function, config)
            except Exception:
                pass
            return original(*args, **kwargs)

        return ours

    replace(utils, "run_job", make)


def _tell(reports: Reports, function: object, config: "Any") -> None:
    # The module is there: Hydra's own configuration is made of it.
    omega = sys.modules["omegaconf"].OmegaConf
    values = omega.to_container(config, resolve=False, throw_on_missing=False)
    values.pop("hydra", None)
    reports.params({"params": plain(values), "from": "hydra", "own": True, **described_function(function)})
