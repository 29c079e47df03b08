"""Figures of the product, each against the raw part it is made of: `make bench`, `python -m benchmarks`."""
