"""Finding records: the query language of `git prov ls` and the fields it speaks of.

Holds no record of its own: what stands here is worked out from the log and may be thrown away at any time.
"""
