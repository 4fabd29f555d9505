"""Data checks: what a run's tables are like, how that moved since the last run, who is in which split.

Nothing here is imported by a run that asks for none of it.
"""
