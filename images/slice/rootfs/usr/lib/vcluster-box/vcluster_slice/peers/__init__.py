"""The other slices of the cluster: calling them, verifying the network to them, and keeping track of them."""
