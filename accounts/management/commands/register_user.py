"""Register a person, such as the first administrator of an organization."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.urls import reverse

from accounts.operations.register_user import register_user
from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.core.errors import Refusal


class Command(BaseCommand):
    """``manage.py register_user ada@agency.gov "Ada Example"``."""

    help = "Register a person, who then sets their own password by e-mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
            user = register_user(
                email=options["email"], name=options["name"], by=SYSTEM, at=clock.now()
            )
        except (Refusal, ValidationError) as refusal:
            words = " ".join(getattr(refusal, "messages", [str(refusal)]))
            raise CommandError(words) from refusal
        where = f"{settings.SITE_URL}{reverse('account_reset_password')}"
        self.stdout.write(
            f"{user.name} is registered and sets a password at {where}. Now give them "
            "a role: manage.py grant_membership."
        )
