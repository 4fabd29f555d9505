from pathlib import Path

import pytest

from support.told import needs, told

DATA = """
import numpy, xgboost
from gitprov.integrations.xgboost import ProvCallback

x = numpy.arange(40.0).reshape(20, 2)
y = (x.sum(1) > 40).astype(int)
data = xgboost.DMatrix(x, y)
given = {"max_depth": 2, "eta": 0.2, "objective": "binary:logistic", "eval_metric": ["logloss", "error"]}
"""
TRAIN = "xgboost.train(given, data, 3, evals=[(data, 'train')], callbacks=[ProvCallback()], verbose_eval=False)"
CLASSIFIER = """
model = xgboost.XGBClassifier(n_estimators=3, max_depth=2, learning_rate=0.2, callbacks=[ProvCallback()])
model.fit(x, y, eval_set=[(x, y)], verbose=False)
"""
CV = "xgboost.cv(given, data, 3, nfold=2, callbacks=[ProvCallback()])"
pytestmark = [pytest.mark.slow, needs("xgboost", "numpy")]


@pytest.mark.parametrize(
    ("work", "metrics"),
    [(TRAIN, {"train-logloss", "train-error"}), (CLASSIFIER, {"validation_0-logloss"})],
    ids=["train", "XGBClassifier"],
)
def test_parameters_in_effect_and_evaluations_by_iteration_are_told(
    tmp_path: Path, work: str, metrics: set[str]
) -> None:
    found = told(DATA + work, tmp_path)
    expected = {"booster": "gbtree", "objective": "binary:logistic", "max_depth": 2, "eta": 0.2, "lambda": 1}
    assert {name: found.params[name] for name in expected} == expected
    assert {name: [step for step, _ in points] for name, points in found.metrics.items()} == {
        name: [0, 1, 2] for name in metrics
    }


def test_of_cross_validation_the_mean_and_the_deviation_are_told(tmp_path: Path) -> None:
    found = told(DATA + CV, tmp_path)
    assert {"train-logloss", "train-logloss-std", "test-error", "test-error-std"} <= found.metrics.keys()
    assert [step for step, _ in found.metrics["test-logloss"]] == [0, 1, 2]
