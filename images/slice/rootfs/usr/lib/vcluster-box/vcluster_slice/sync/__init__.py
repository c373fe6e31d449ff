"""Brings files of a source tree of Ganeti into the slice, and takes them back: `vcluster-box sync`."""
