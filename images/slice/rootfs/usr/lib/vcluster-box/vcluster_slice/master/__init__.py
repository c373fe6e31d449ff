"""Which node is the master, and what the master alone has: the cluster's address, its daemons."""
