"""Registers the app with Django."""

from django.apps import AppConfig


class MeteringConfig(AppConfig):
    name = "contracting.metering"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what counts files that were taken in, and rates usage anew."""
        from contracting.documents.queries import know_work
        from contracting.metering.operations import rerate
        from contracting.metering.operations.ingest_upload import ingest_upload
        from contracting.metering.operations.prepare_rerating import prepare_rerating
        from contracting.metering.operations.upload_usage import WORK

        know_work(
            WORK,
            lambda operation, by, at: ingest_upload(
                operation_id=operation.pk, by=by, at=at
            ),
        )
        know_work(
            rerate.WORK,
            lambda operation, by, at: prepare_rerating(
                operation=operation, by=by, at=at
            ),
        )
