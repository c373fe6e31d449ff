"""DRBD 8.4: pairs of disks of which each is a copy of the other.

Each node has a file with its minors (`minors`), which a real node's kernel would know and forget when it loses its
power.  What must survive that is in the metadata volume of each disk (`metadata`).

`pairs` finds both sides of each pair, `settle` makes happen what happens between them, and `pair` decides what that is.
A side is reached in the node's own files (`near`), or, if it is in another slice, by asking that slice (`far`, `serve`,
`wire`, `slices`).  `copying` and `blocks` bring data from slice to slice.
"""
