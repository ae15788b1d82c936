"""Django's PostgreSQL, on a connection that knows what its transaction has read."""
