"""Files of usage as the doors read them, for the tests of uploads."""

from contracting.core import clock
from contracting.documents.operations.work_operation import work_operation
from contracting.metering.adapters.files import read_file
from contracting.metering.adapters.reading import format_called, reading_of
from contracting.metering.models import UsageUpload
from contracting.metering.operations.upload_usage import upload_usage
from tests.cast import machine


def uploaded(source, content, format_="cloudevents", *, by=None, **said) -> UsageUpload:
    """The file, taken in and not yet counted."""
    reading = reading_of(format_called(format_), source, said)
    pieces = [content[at : at + 1_000] for at in range(0, len(content), 1_000)]
    return upload_usage(
        source_id=source.pk,
        file=read_file(pieces, reading.adapter, reading.read),
        reading=reading,
        by=by or machine("gateway"),
        at=clock.now(),
    )


def counted(upload: UsageUpload) -> UsageUpload:
    """The same, once a worker has done its work."""
    work_operation(operation_id=upload.operation_id)
    upload.operation.refresh_from_db()
    return upload
