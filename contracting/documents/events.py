"""What can happen to a paper after it was requested."""

from contracting.audit.events import event_type

DOCUMENT_RENDERED = event_type(
    "documents.document.rendered", "The paper was printed and stored with its hash."
)
DOCUMENT_SIGNED = event_type(
    "documents.document.signed",
    "A further signature was added to the file of a paper, behind all that was there.",
)
SIGNED_COPY_UPLOADED = event_type(
    "documents.signed_copy.uploaded",
    "A party handed in a copy that it has signed itself.",
)
SIGNED_COPY_CHECKED = event_type(
    "documents.signed_copy.checked", "A signed copy was checked, and taken or refused."
)
DOCUMENT_FAILED = event_type(
    "documents.document.failed", "The paper could not be printed and was put aside."
)
DOCUMENT_RETRIED = event_type(
    "documents.document.retried", "A paper that had failed was requested again."
)
OPERATION_STARTED = event_type(
    "documents.operation.started", "Work that takes a while was asked for."
)
OPERATION_ENDED = event_type(
    "documents.operation.ended", "Work that takes a while is done, or has failed."
)
OPERATION_CANCELLED = event_type(
    "documents.operation.cancelled", "Somebody has stopped work that takes a while."
)
