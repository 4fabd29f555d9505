"""Experiments: directories with a file that says beforehand what a run is to show.

`making` makes one from a template, `reading` reads its file, `asked` lets a run go by it.
"""
