"""Reads of disputes, evidence, recounts, claims and service levels."""
