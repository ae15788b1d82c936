"""Bans: one switch that stops a vendor, a model or a family of models everywhere."""
