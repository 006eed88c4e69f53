"""Figures for Prometheus: of requests, and of the gateway's parts, queues, loops, disk, clock and certificates."""
