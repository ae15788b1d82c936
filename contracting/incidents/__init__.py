"""Incidents: reported by the vendor within hours, and updated daily until the end."""
