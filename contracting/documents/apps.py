"""Registers the app with Django."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "contracting.documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what binding acts state, and what checks signed copies."""
        from contracting.core import doors
        from contracting.documents.operations.check import check_signed_copy
        from contracting.documents.operations.upload import WORK
        from contracting.documents.queries import know_work
        from contracting.documents.signing.orders import statement

        doors.register_statements(statement)
        know_work(
            WORK,
            lambda operation, by, at: check_signed_copy(
                operation_id=operation.pk, at=at
            ),
        )
