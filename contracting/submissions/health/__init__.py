"""The health log: what the system writes of itself, and the outages it shows."""
