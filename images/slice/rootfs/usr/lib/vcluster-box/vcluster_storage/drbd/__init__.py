"""DRBD 8.4: pairs of disks of which each is a copy of the other.

Each node has a file with its minors (`minors`), which a real node's kernel would know and forget when it loses its
power.  What must survive that is in the metadata volume of each disk (`metadata`).  `pair` decides what happens between
the two sides, `settle` looks at both and makes it happen, in the same slice.
"""
