"""Instances of the fake hypervisor."""
