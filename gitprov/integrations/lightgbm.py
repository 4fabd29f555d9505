"""LightGBM: `lightgbm.train(..., callbacks=[ProvCallback()])`, or `.fit(..., callbacks=[ProvCallback()])`."""

from typing import TYPE_CHECKING

import gitprov

try:
    import lightgbm as _  # noqa: F401
except ImportError as error:
    raise ImportError("gitprov.integrations.lightgbm needs LightGBM: pip install lightgbm") from error
if TYPE_CHECKING:
    from lightgbm.callback import CallbackEnv


class ProvCallback:
    """Tells the run under way the parameters of the training and its evaluations by iteration."""

    order = 10
    """LightGBM calls callbacks in this order; early stopping, which ends the training, is 30."""
    before_iteration = False

    def __call__(self, env: "CallbackEnv") -> None:
        """Tell what the last iteration came to; before the first, what it is trained with."""
        if env.iteration == env.begin_iteration:
            gitprov.log_params({**env.params, "num_boost_round": env.end_iteration - env.begin_iteration})
        found: dict[str, object] = {}
        for data, metric, mean, _, *deviation in env.evaluation_result_list or ():
            name = f"{data}-{metric}"
            found[name] = mean
            found.update({f"{name}-std": one for one in deviation})  # of `lightgbm.cv`
        if found:
            gitprov.log_metrics(found, step=env.iteration)
