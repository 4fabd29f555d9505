"""Running a recorded run again: its code, data and environment restored, the outcome compared, a verdict given.

What compares (`compare`, `tolerance`, `verdict`) works on what it is handed and changes nothing.
"""
