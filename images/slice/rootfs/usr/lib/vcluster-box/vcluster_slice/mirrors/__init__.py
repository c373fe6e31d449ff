"""Mirrored disks between slices: connections to the others, answers to them, and copies every few seconds."""
