"""Set up an agency or a vendor on this installation."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.operations.create_organization import create_organization
from accounts.states import OrganizationKind
from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.core.errors import Refusal

PARTICULARS = {
    "aac": "activity address code of an agency, with which its PIIDs begin",
    "uei": "unique entity identifier of a vendor",
    "cage": "CAGE code of a vendor",
    "time_zone": "such as America/New_York, which it is when left out",
    "address": "as printed on paper",
    "remit_to": "where a vendor is paid",
}


class Command(BaseCommand):
    """``manage.py create_organization agency "Name" --aac 75C401``."""

    help = "Set up an agency or a vendor; its first administrator comes next."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[k.lower() for k in OrganizationKind])
        parser.add_argument("name")
        for name, words in PARTICULARS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", default="", help=words)

    def handle(self, *args: Any, **options: Any) -> None:
        given = {name: options[name] for name in PARTICULARS if options[name]}
        try:
            made = create_organization(
                kind=options["kind"].upper(),
                name=options["name"],
                by=SYSTEM,
                at=clock.now(),
                **given,
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{made} is set up as {made.public_id}.")
