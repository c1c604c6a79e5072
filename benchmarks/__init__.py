"""Ratios, each measured in one run as alternating rounds of ours and something else: ``python -m benchmarks``."""
