"""Which of the gallery's scripts are reproduced, and what a person installs to run each. None of them is changed."""

from typing import NamedTuple

from benchmarks.gallery.entries import ENTRIES, Entry

_SCIKIT = ("scikit-learn", "pandas", "matplotlib")
_STATSMODELS = ("statsmodels", "matplotlib")
_NETWORKX = ("networkx", "scipy", "matplotlib")
_TORCH = ("torch", "numpy", "matplotlib")
_KEDRO = ("kedro", "kedro-datasets[pandas,matplotlib,plotly]", "pyarrow", "openpyxl", "scikit-learn", "seaborn")


class Chosen(NamedTuple):
    """A script, as it is recorded by one person and reproduced by another."""

    entry: Entry
    needs: tuple[str, ...]
    """What is installed for it, from the index; nothing where it needs no Python."""
    printed: str = ""
    """The file that its printed results go to, where it writes no other."""

    @property
    def command(self) -> tuple[str, ...]:
        """What is run where the project's top is."""
        return ("sh", "-c", f"{' '.join(self.entry.command)} > {self.printed}") if self.printed else self.entry.command


def _chosen(name: str, needs: tuple[str, ...] = (), printed: str = "") -> Chosen:
    return Chosen(next(entry for entry in ENTRIES if entry.name == name), needs, printed)


CHOSEN = (
    _chosen("digits classification", _SCIKIT, "report.txt"),
    _chosen("grid search on digits", _SCIKIT, "report.txt"),
    _chosen("k-means on digits", _SCIKIT, "table.txt"),
    _chosen("ordinary least squares (statsmodels)", _STATSMODELS, "ols.txt"),
    _chosen("sine waves written", _TORCH),
    _chosen("polynomial regression", _TORCH, "polynomial.txt"),
    _chosen("chess games, bzip2", _NETWORKX, "games.txt"),
    _chosen("word ladders, gzip", _NETWORKX, "ladders.txt"),
    _chosen("dates in HDF5", ("h5py",)),
    _chosen("virtual data sets in HDF5", ("h5py",)),
    _chosen("an SVG with filters", ("matplotlib",)),
    _chosen("pandas pipeline: CSV and Excel to Parquet", _KEDRO),
    _chosen("linear models in R"),
    _chosen("shell pipeline"),
)
