"""XGBoost: `xgboost.train(..., callbacks=[ProvCallback()])`, or `XGBClassifier(callbacks=[ProvCallback()])`."""

import json
from collections.abc import Mapping
from typing import Any

import gitprov
from gitprov.capture.assignments import parse_assignments

try:
    from xgboost import collective
    from xgboost.callback import TrainingCallback
except ImportError as error:
    raise ImportError("gitprov.integrations.xgboost needs XGBoost: pip install xgboost") from error


class ProvCallback(TrainingCallback):
    """Tells the run under way the parameters in effect and the evaluations by iteration; on rank zero alone."""

    def before_training(self, model: Any) -> Any:  # noqa: ANN401
        """Tell what the booster will train with, defaults included."""
        if collective.get_rank() == 0 and hasattr(model, "save_config"):  # in `xgboost.cv` it is several boosters
            gitprov.log_params(_params(json.loads(model.save_config()).get("learner", {})))
        return model

    def after_iteration(self, model: object, epoch: int, evals_log: Mapping[str, Mapping[str, Any]]) -> bool:
        """Tell the evaluations, of `xgboost.cv` the mean and the deviation; never stop the training."""
        if collective.get_rank() == 0:
            found: dict[str, object] = {}
            for data, metrics in evals_log.items():
                for name, values in metrics.items():
                    mean, *deviation = values[-1] if isinstance(values[-1], tuple) else (values[-1],)
                    found[f"{data}-{name}"] = mean
                    found.update({f"{data}-{name}-std": one for one in deviation})
            gitprov.log_metrics(found, step=epoch)
        return False


def _params(learner: Mapping[str, Any]) -> dict[str, object]:
    """Return the parameters of a configuration that belong to the training; XGBoost writes all of them as text."""
    booster = learner.get("gradient_booster", {})
    trees = booster.get("gbtree", booster).get("tree_train_param", {})  # DART's trees are those of a booster inside it
    named = {"booster": booster.get("name"), "objective": learner.get("objective", {}).get("name")}
    texts = {**named, **learner.get("generic_param", {}), **trees}
    found = parse_assignments([f"{name}={text}" for name, text in texts.items()])
    return {name: _short(value) for name, value in found.items()}


def _short(value: object) -> object:
    """Return 0.2 for what XGBoost holds in 32 bits and writes as 0.200000003."""
    return float(f"{value:.7g}") if isinstance(value, float) else value
