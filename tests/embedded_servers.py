"""Pytest plugin: provide the servers before the settings are read (see pyproject)."""

from contracting import embedded

embedded.ensure()
