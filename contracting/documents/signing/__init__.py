"""Seal and signatures on a printed paper: PAdES. pyHanko lives in this folder only."""
