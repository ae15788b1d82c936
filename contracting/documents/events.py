"""What can happen to a paper after it was requested."""

from contracting.audit.events import event_type

DOCUMENT_RENDERED = event_type(
    "documents.document.rendered", "The paper was printed and stored with its hash."
)
DOCUMENT_FAILED = event_type(
    "documents.document.failed", "The paper could not be printed and was put aside."
)
DOCUMENT_RETRIED = event_type(
    "documents.document.retried", "A paper that had failed was requested again."
)
