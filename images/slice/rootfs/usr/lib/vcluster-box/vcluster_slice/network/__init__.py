"""The slice's network: addresses, the overlay between slices, and the probes that measure it."""
