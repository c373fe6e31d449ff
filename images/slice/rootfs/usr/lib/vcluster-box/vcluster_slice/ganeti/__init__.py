"""Ganeti's own files and protocols: configuration, ssconf, certificates, LUXI, node daemons' RPC, RAPI."""
