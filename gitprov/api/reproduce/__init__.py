"""`git prov reproduce`: one run, run again from its record, compared, and the verdict recorded.

`proposing` says what would be done, `performing` does it: `data` brings inputs, `running` runs and observes,
`comparing` judges, `recording` writes both records at once.
"""
