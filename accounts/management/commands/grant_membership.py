"""Give a registered person a role, such as the first administrator's."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization
from accounts.operations.grant_membership import grant_membership
from accounts.queries import find_person
from accounts.states import ReviewField, Role
from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.core.errors import Refusal


class Command(BaseCommand):
    """``manage.py grant_membership ada@agency.gov "Name" administrator``."""

    help = "Give a person a role; an administrator gives the further ones on the site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("organization", help="its name")
        parser.add_argument("role", choices=[role.lower() for role in Role])
        parser.add_argument(
            "--field",
            default="",
            choices=["", *(field.lower() for field in ReviewField)],
            help="of a reviewer",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = find_person(options["email"])
        if person is None:
            message = f"Nobody is registered as {options['email']}."
            raise CommandError(message)
        organization = Organization.objects.filter(name=options["organization"]).first()
        if organization is None:
            message = f"No organization is called {options['organization']}."
            raise CommandError(message)
        try:
            made = grant_membership(
                organization_id=organization.pk,
                user_id=person.pk,
                role=options["role"].upper(),
                review_field=options["field"].upper(),
                by=SYSTEM,
                at=clock.now(),
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{person.name} is {made.role_label} of {organization}.")
