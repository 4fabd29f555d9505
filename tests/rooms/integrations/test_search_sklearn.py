from pathlib import Path

import pytest

from support.told import needs, told

SCRIPT = """
import numpy
from sklearn.experimental import enable_halving_search_cv
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from sklearn.tree import DecisionTreeClassifier
from gitprov.integrations.sklearn import log_search

x = numpy.arange(120.0).reshape(60, 2)
y = numpy.arange(60) % 2
tree = DecisionTreeClassifier(random_state=0)
grid = {"max_depth": [1, 2, 3]}
"""
SEARCHES = {
    "GridSearchCV": "GridSearchCV(tree, grid, cv=3)",
    "RandomizedSearchCV": "RandomizedSearchCV(tree, grid, n_iter=3, cv=3, random_state=0)",
    "HalvingGridSearchCV": "HalvingGridSearchCV(tree, grid, cv=3, random_state=0)",
}
pytestmark = [pytest.mark.slow, needs("sklearn")]


@pytest.mark.parametrize("name", SEARCHES)
def test_what_a_search_tried_and_found_is_told(tmp_path: Path, name: str) -> None:
    found = told(f"{SCRIPT}\nlog_search({SEARCHES[name]}.fit(x, y))", tmp_path)
    assert found.params["search"] == name
    assert found.params["n_splits"] == 3
    tried = found.params["candidates"]
    assert len(tried) == found.params["n_candidates"] >= 3
    assert found.params["best_params"] in tried
    [(step, best)] = found.metrics["best_score"]
    assert step is None
    scores = found.metrics["mean_test_score"]
    assert [step for step, _ in scores] == list(range(len(tried)))
    assert best in [score for _, score in scores]
    assert "std_test_score" in found.metrics


def test_a_search_by_several_scores_that_chooses_none_is_told_without_a_best(tmp_path: Path) -> None:
    search = "GridSearchCV(tree, grid, cv=3, scoring=['accuracy', 'f1'], refit=False)"
    found = told(f"{SCRIPT}\nlog_search({search}.fit(x, y))", tmp_path)
    assert {"mean_test_accuracy", "mean_test_f1"} <= found.metrics.keys()
    assert "best_score" not in found.metrics
    assert "best_params" not in found.params


def test_a_search_that_has_not_been_fitted_is_the_callers_mistake(tmp_path: Path) -> None:
    said = "try: log_search(GridSearchCV(tree, grid))\nexcept Exception as error: print(type(error), file=sys.stderr)"
    found = told(f"import sys\n{SCRIPT}\n{said}", tmp_path)
    assert "NotFittedError" in found.words
