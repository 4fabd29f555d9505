"""Advice on names that will be regretted and on paths that are on one machine only: `git prov lint`.

`tree` looks at what is tracked, `names` judges names, `absolute` finds paths in a text, `recorded` looks at runs.
"""
