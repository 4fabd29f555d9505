"""What the project talks about: records, ids, the text forms of names, and results. No I/O, no clock.

Nothing is imported here: `git prov run` uses `model.text`, `model.ids` and `model.stamp` without paying for pydantic.
"""
