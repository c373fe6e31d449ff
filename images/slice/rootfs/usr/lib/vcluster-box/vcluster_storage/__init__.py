"""Simulated storage: the programs that administer it, and what they keep below a node's directory.

An unprivileged container has no device mapper, so volumes are sparse files.  Ganeti and people call the programs by the
names that they have on real machines (`programs.PROGRAMS`).  Each kind of storage is a package of its own.

Nothing here imports Ganeti: the node daemon runs the programs inside its own process
(`vcluster_node/storage_programs.py`), everybody else as processes (`/usr/sbin/lvs` and so on), with the same code on
the same files.
"""
