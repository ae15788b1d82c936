"""What can happen to a draft.

The events stand in the stream of the vendor and say nothing of the solicitation, of
what was written or of how much: that there is a draft is nobody else's business. That
it was submitted stands beside the offer, under the offer's pseudonym. That a file was
begun to be sent stands under it too, in a stream of its own: in the vendor's, the
instant would tell whose offer it is of which the first byte came then.
"""

from contracting.audit.events import event_type

DRAFT_BEGUN = event_type("proposals.draft.begun", "A draft of an offer was begun.")
DRAFT_SAVED = event_type("proposals.draft.saved", "A draft of an offer was saved.")
DRAFT_FILES_ATTACHED = event_type(
    "proposals.draft.attached", "Files were attached to a draft of an offer."
)
DRAFT_FILE_DETACHED = event_type(
    "proposals.draft.detached", "A file was taken out of a draft of an offer."
)
DRAFT_DISCARDED = event_type(
    "proposals.draft.discarded", "A draft of an offer was deleted with all its parts."
)
DRAFT_EXPIRED = event_type(
    "proposals.draft.expired", "A draft was deleted, thirty days after its deadline."
)
DRAFT_SUBMITTED = event_type(
    "proposals.draft.submitted", "A draft was submitted as an offer."
)
UPLOAD_BEGUN = event_type(
    "proposals.upload.begun",
    "A file of a draft, or a sealed offer, was begun to be sent in pieces.",
)
UPLOAD_ABANDONED = event_type(
    "proposals.upload.abandoned",
    "What had come of a file, or of a sealed offer, was deleted by its vendor.",
)
UPLOAD_EXPIRED = event_type(
    "proposals.upload.expired",
    "What had come of a file, or of an offer, was deleted a day after it was begun.",
)
