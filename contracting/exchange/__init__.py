"""Open doors to other systems: what is sent to them without being asked."""
