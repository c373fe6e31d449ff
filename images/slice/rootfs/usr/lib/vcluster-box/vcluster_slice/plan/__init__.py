"""The plan: its types, reading it, and changing it while the slice runs."""
