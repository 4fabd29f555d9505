"""The one door to Git: the only room that runs the git program or touches pygit2.

Writes and refs go through git's own plumbing, so every repository format works; bulk reads use libgit2 where
it opens the repository. What a record, a run or a view is, is not known here.
"""
