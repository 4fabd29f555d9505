"""Comparing what two runs wrote and reported, and what was different to begin with. Nothing is run, loaded or changed.

Outputs are `outputs`, numbers are `metrics`, circumstances are `differences`. Files come from elsewhere: each kind has
its limits, and whatever a parser makes of them is an outcome in words.
"""
