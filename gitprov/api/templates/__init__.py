"""Templates: files that a repository, or an experiment, begins with.

A template is a directory: what is in `repository/` goes to the top of the working tree with `git prov init --template`,
what is in `experiment/` becomes an experiment with `git prov new`. `finding` reads one, `rendering` fills names in,
`laying` writes files and overwrites none, `ignoring` adds lines to `.gitignore`, `messages` offers a commit template,
`beginning` puts all that together for a repository; `naming` says what templates and experiments can be called. Ours
stand in `gitprov/templates/`.
"""
