"""scikit-learn's searches (`GridSearchCV`, `RandomizedSearchCV`, `HalvingGridSearchCV`): `log_search(search)`."""

from typing import Any, Final

import gitprov

try:
    from sklearn.utils.validation import check_is_fitted
except ImportError as error:
    raise ImportError("gitprov.integrations.sklearn needs scikit-learn: pip install scikit-learn") from error

_SERIES: Final = ("mean_", "std_", "n_resources")
_ASKED: Final = frozenset(
    {"param_grid", "param_distributions", "scoring", "n_iter", "random_state", "factor", "resource"}
)
_MOST_CANDIDATES: Final = 500  # so many are listed; of more, the grid or the distributions tell the rest


def log_search(search: Any) -> None:  # noqa: ANN401
    """Tell the run under way what a fitted search tried and found.

    As params: the best ones, the grid, how many splits there were, and the candidates. As metrics: the best score, and
    the columns `mean_...` and `std_...` of `cv_results_` as series, by the candidate's number. Raises
    `sklearn.exceptions.NotFittedError` where there is nothing to tell yet.
    """
    check_is_fitted(search, "cv_results_")
    results = search.cv_results_
    candidates = results["params"]
    given = {name: value for name, value in search.get_params(deep=False).items() if name in _ASKED}
    gitprov.log_params(
        {
            "search": type(search).__name__,
            **given,
            "n_splits": search.n_splits_,
            "n_candidates": len(candidates),
            "candidates": candidates[:_MOST_CANDIDATES],
        }
    )
    if hasattr(search, "best_params_"):  # not where several scores are not refitted on one
        gitprov.log_params(best_params=search.best_params_)
    if hasattr(search, "best_score_"):
        gitprov.log_metrics(best_score=search.best_score_)
    columns = {name: values for name, values in results.items() if name.startswith(_SERIES)}
    for number in range(len(candidates)):
        gitprov.log_metrics({name: values[number] for name, values in columns.items()}, step=number)
