"""Rows about an opened offer and its vendor."""
