"""Ganeti of the user instead of Debian's: whether it fits this image, and how it is installed in another one."""
