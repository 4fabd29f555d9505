"""What people do with data: keep it by content, compare, share and fetch it.

Joins `artifacts` (files, store, remotes), `records` (pointers and listings in refs) and git; each verb of
`git prov data` is one function here, which returns an answer of `model.data`.
"""
