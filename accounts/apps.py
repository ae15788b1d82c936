"""Registers the app with Django, and with the doors that need it."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import queries, views
        from accounts.operations import claim_key
        from contracting.core import doors

        doors.register_actor_resolver(queries.actor_of_request)
        doors.register_idempotency(claim_key.STORE)
        doors.register_proof(views.PasswordProof())
