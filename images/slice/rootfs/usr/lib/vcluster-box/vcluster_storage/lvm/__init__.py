"""LVM: `state` is what a node has, `allocation` and `report` compute from it, the other files are the programs.

`state.json` of a node says which volumes exist.  Files and links in the node's directory follow it (`devices`).
"""
