"""The nodes of this slice: their directories, daemons, state and power; adding and removing nodes."""
