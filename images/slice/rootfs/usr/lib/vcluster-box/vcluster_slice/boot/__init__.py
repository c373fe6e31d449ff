"""What happens from the start of the container to its end: the boot's steps, then the main loop."""
