"""The scripts, where they come from, and what is laid beside each before it runs. None of them is changed."""

from typing import NamedTuple


class Entry(NamedTuple):
    """One script: what is copied out of its project, and the command, run where the copy's top is."""

    name: str
    project: str
    """Its directory below the one that `fetch.sh` filled."""
    files: tuple[str, ...]
    """Files and directories of the project, copied with their paths below `base`."""
    command: tuple[str, ...]
    base: str = ""
    timed: bool = True
    """False for one that mostly sleeps: its ratio would flatter us."""


def _plain(name: str, project: str, script: str, *beside: str) -> Entry:
    """A Python script that is run by its path, with the files it reads `beside` it."""
    directory, _, file = script.rpartition("/")
    return Entry(name, project, (file, *beside), ("python", file), base=directory)


ENTRIES = (
    _plain("digits classification", "scikit-learn", "examples/classification/plot_digits_classification.py"),
    _plain("k-means on digits", "scikit-learn", "examples/cluster/plot_kmeans_digits.py"),
    _plain("forest importances, worker processes", "scikit-learn", "examples/ensemble/plot_forest_importances.py"),
    _plain("ordinary least squares", "scikit-learn", "examples/linear_model/plot_ols_ridge.py"),
    _plain("grid search on digits", "scikit-learn", "examples/model_selection/plot_grid_search_digits.py"),
    _plain(
        "nearest neighbours, cached on disk", "scikit-learn", "examples/neighbors/plot_caching_nearest_neighbors.py"
    ),
    _plain("ordinary least squares (statsmodels)", "statsmodels", "examples/python/ols.py"),
    _plain("generalised linear models", "statsmodels", "examples/python/glm.py"),
    _plain("robust models", "statsmodels", "examples/python/robust_models_0.py"),
    _plain("sine waves written", "pytorch-examples", "time_sequence_prediction/generate_sine_wave.py"),
    Entry(
        "sine waves generated, then learnt",
        "pytorch-examples",
        ("generate_sine_wave.py", "train.py"),
        ("sh", "-c", "python generate_sine_wave.py && python train.py --steps 1"),
        base="time_sequence_prediction",
    ),
    _plain("polynomial regression", "pytorch-examples", "regression/main.py"),
    _plain("graph rewriting", "pytorch-examples", "fx/invert.py"),
    _plain(
        "chess games, bzip2",
        "networkx",
        "examples/drawing/plot_chess_masters.py",
        "chess_masters_WCC.pgn.bz2",
    ),
    _plain("word ladders, gzip", "networkx", "examples/graph/plot_words.py", "words_dat.txt.gz"),
    _plain("betweenness, a pool of processes", "networkx", "examples/algorithms/plot_parallel_betweenness.py"),
    _plain("dates in HDF5", "h5py", "examples/store_datetimes.py"),
    _plain("virtual data sets in HDF5", "h5py", "examples/vds_simple.py"),
    _plain("an SVG with filters", "matplotlib", "galleries/examples/misc/svg_filter_line.py"),
    Entry(
        "pandas pipeline: CSV and Excel to Parquet",
        "rendered",
        (".",),
        ("kedro", "run"),
    ),
    Entry("linear models in R", "r", ("lm.glm.R",), ("Rscript", "lm.glm.R")),
    Entry(
        "shell pipeline",
        "shell-novice",
        ("goostats.sh", "NENE01729A.txt"),
        ("bash", "goostats.sh", "NENE01729A.txt", "stats-NENE01729A.txt"),
        base="shell-lesson-data/north-pacific-gyre",
        timed=False,
    ),
)
