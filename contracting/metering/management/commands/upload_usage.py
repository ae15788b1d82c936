"""``manage.py upload_usage``: a file of any length and of any format of calls."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from contracting.core import clock
from contracting.core.errors import Refusal
from contracting.documents.operations.work_operation import work_operation
from contracting.metering.adapters.files import read_file
from contracting.metering.adapters.reading import format_called, reading_of
from contracting.metering.adapters.registry import OWN, of_calls
from contracting.metering.adapters.unpacking import UPLOAD, pieces
from contracting.metering.management.commands.import_usage import source_and_importer
from contracting.metering.models import UsageUpload
from contracting.metering.operations.upload_usage import upload_usage
from contracting.metering.queries.uploads import (
    counts_of_upload,
    rejected_rows_of_upload,
)

_PACKED = {".gz": "gzip", ".zst": "zstd"}


class Command(BaseCommand):
    """Uploads a file, counts it here and now, and prints what came of it."""

    help = "Upload a file of usage of any length (.gz and .zst are unpacked)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="code of the source")
        parser.add_argument(
            "--by", required=True, help="e-mail of the representative who imports it"
        )
        parser.add_argument(
            "--format", default=OWN.name, choices=[each.name for each in of_calls()]
        )
        parser.add_argument("--order", default="", help="of rows that name none")
        parser.add_argument("--boundary", default="", help="of rows that name none")
        parser.add_argument(
            "--in-background",
            action="store_true",
            help="leave the counting to the workers of the site",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as stream:
                upload = self._uploaded(stream, options)
        except (Refusal, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{upload.public_id}: {upload.rows:,} rows")
        if not options["in_background"]:
            work_operation(operation_id=upload.operation_id)
            self._tell(upload)

    def _uploaded(self, stream: IO[bytes], options: dict[str, Any]) -> UsageUpload:
        source, by = source_and_importer(options["source"], options["by"])
        said = {"order": options["order"], "boundary": options["boundary"]}
        reading = reading_of(format_called(options["format"]), source, said)
        encoding = _PACKED.get(options["file"].suffix, "identity")
        body = pieces(stream, encoding, UPLOAD)
        return upload_usage(
            source_id=source.pk,
            file=read_file(body, reading.adapter, reading.read),
            reading=reading,
            by=by,
            at=clock.now(),
        )

    def _tell(self, upload: UsageUpload) -> None:
        """The counts, and each rejected row by its line.

        :raises CommandError: if the file was not counted whole
        """
        counts = counts_of_upload(upload)
        self.stdout.write(", ".join(f"{n:,} {kind}" for kind, n in counts.items()))
        for row in rejected_rows_of_upload(upload):
            self.stdout.write(
                f"line {row.line}: {row.verdict}, {row.code} {row.pointer}: {row.words}"
            )
        operation = upload.operation
        operation.refresh_from_db()
        if sum(counts.values()) != upload.rows:
            message = operation.last_error or "Workers of the site go on with it."
            raise CommandError(message)
