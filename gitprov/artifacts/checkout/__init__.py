"""Writing what a listing says to disk: all of it is judged before anything is written.

`planning` is the face: a plan refuses the whole, or is carried out by `writing`. `contents` judges the listings,
`judging` where they go, `names` and `links` what stands in them, `standing` what is on the disk already, `folding` what
its file system takes for one name, `directories` walks down without following a link.
"""

from gitprov.artifacts.checkout.folding import nearest
from gitprov.artifacts.checkout.planning import Plan, plan, plan_all
from gitprov.artifacts.checkout.writing import Done, Fetch, StandIn, always, never

__all__ = ("Done", "Fetch", "Plan", "StandIn", "always", "nearest", "never", "plan", "plan_all")
