"""Published ports: the proxy that leads from the container's addresses to the nodes'."""
