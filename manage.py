#!/usr/bin/env python
"""Run a command of the site, with the embedded servers where no others are given."""

import gc
import os
import secrets
import sys

from django.core.management import execute_from_command_line

from contracting import embedded
from contracting.core.origin import Origin, coming_from

# These change the schema, so they connect as the role that owns it.
SCHEMA_VERBS = {"migrate"}


def main() -> None:
    """Provide the servers, then hand over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contracting.settings")
    if SCHEMA_VERBS.intersection(sys.argv[1:2]):
        os.environ["DRAWDOWN_AS_OWNER"] = "1"
        # Migrating makes thousands of classes: look for cycles among them rarely.
        gc.set_threshold(500_000)
    embedded.ensure()
    here = Origin(door="command", request_id=f"cmd_{secrets.token_hex(8)}")
    with coming_from(here):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
