"""Beyond one machine: reading, checking and sending data on a Dask cluster, with the result of one machine.

`engine` is Dask, `cluster` the connection to one, `window` the work on its way, `sight` whether a worker sees what we
see, `task` what runs on a worker. `reading`, `keeping`, `checking` and `sending` are the kinds of work. The walk and
the listings stay here; the workers read the bytes, from the same paths. Dask is imported when a cluster is asked for.
"""

from gitprov.artifacts.beyond.cluster import PATIENCE, Cluster, connect

__all__ = ("PATIENCE", "Cluster", "connect")
