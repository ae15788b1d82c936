"""Printers of each source's format, from known disjoint counts.

Written apart from the adapters and without their code: what is printed here from the
counts must be read there as the same counts.
"""
