"""Saving a figure, whichever library drew it."""

import os
from collections.abc import Mapping


def saved(figure: object, path: str | os.PathLike[str] | None, options: Mapping[str, object]) -> str | os.PathLike[str]:
    """Save `figure` at `path` and return the path. Raises `TypeError` for what is no figure, and what its library does.

    A figure is what has `savefig` (matplotlib, seaborn's grids), stands in such a thing (`Axes.figure`), or has `save`
    (Pillow, Altair); plotly's are written as HTML, or, where the name says otherwise, as an image.
    """
    if isinstance(figure, str | os.PathLike):
        return figure
    if path is None:
        raise TypeError("log_figure needs a path to save the figure at")
    whole = figure if hasattr(figure, "savefig") else getattr(figure, "figure", None)
    if hasattr(whole, "savefig"):
        whole.savefig(path, **options)
    elif hasattr(figure, "write_html"):
        is_page = os.fsdecode(path).endswith((".html", ".htm"))
        (figure.write_html if is_page else figure.write_image)(path, **options)  # type: ignore[attr-defined]
    elif hasattr(figure, "save"):
        figure.save(path, **options)
    else:
        raise TypeError(f"log_figure cannot save a {type(figure).__name__}: save it, and give its path")
    return path
