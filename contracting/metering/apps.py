"""Registers the app with Django."""

from django.apps import AppConfig


class MeteringConfig(AppConfig):
    name = "contracting.metering"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what counts the files that were taken in."""
        from contracting.documents.queries import know_work
        from contracting.metering.operations.ingest_upload import ingest_upload
        from contracting.metering.operations.upload_usage import WORK

        know_work(
            WORK,
            lambda operation, by, at: ingest_upload(
                operation_id=operation.pk, by=by, at=at
            ),
        )
