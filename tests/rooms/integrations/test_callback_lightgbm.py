from pathlib import Path

import pytest

from support.told import needs, told

DATA = """
import lightgbm, numpy
from gitprov.integrations.lightgbm import ProvCallback

x = numpy.arange(200.0).reshape(100, 2)
y = (x.sum(1) > 200).astype(int)
data = lightgbm.Dataset(x, y)
given = {"max_depth": 2, "objective": "binary", "metric": "binary_logloss", "verbose": -1}
"""
TRAIN = "lightgbm.train(given, data, 3, valid_sets=[data], callbacks=[ProvCallback()])"
CV = "lightgbm.cv(given, data, 3, nfold=2, callbacks=[ProvCallback()])"
pytestmark = [pytest.mark.slow, needs("lightgbm", "numpy")]


def test_parameters_and_evaluations_by_iteration_are_told(tmp_path: Path) -> None:
    found = told(DATA + TRAIN, tmp_path)
    assert found.params["max_depth"] == 2
    assert found.params["num_boost_round"] == 3
    [(name, points)] = found.metrics.items()
    assert name == "training-binary_logloss"
    assert [step for step, _ in points] == [0, 1, 2]
    assert points[0][1] > points[-1][1] > 0


def test_of_cross_validation_the_mean_and_the_deviation_are_told(tmp_path: Path) -> None:
    found = told(DATA + CV, tmp_path)
    assert found.metrics.keys() == {"valid-binary_logloss", "valid-binary_logloss-std"}


def test_outside_a_run_the_training_goes_on_and_is_warned_once(tmp_path: Path) -> None:
    found = told(DATA + TRAIN, tmp_path, inside=False)
    assert found.words.count("no run is under way") == 1
    assert found.metrics == {}
