"""What can happen to an offer.

Until the opening, who has submitted is nobody else's business (FAR 3.104): the events
of a submission stand in the stream of its vendor, and only the opening writes into the
stream of the solicitation, which the agency reads.
"""

from contracting.audit.events import event_type

OPENER_ENROLLED = event_type(
    "submissions.opener.enrolled", "A person enrolled to open offers."
)
VERSION_RECEIVED = event_type(
    "submissions.version.received", "An offer was received, sealed and receipted."
)
SUBMISSION_SUBMITTED = event_type(
    "submissions.submission.submitted", "The offer was submitted."
)
SUBMISSION_LATE = event_type(
    "submissions.submission.late",
    "An offer arrived after the deadline and was put into quarantine.",
)
SUBMISSION_REPLACED = event_type(
    "submissions.submission.replaced", "The offer was replaced by a later version."
)
SUBMISSION_WITHDRAWN = event_type(
    "submissions.submission.withdrawn", "The offer was withdrawn."
)
OPENING_CONSENTED = event_type(
    "submissions.opening.consented",
    "The first of two people consented to the opening of the offers.",
)
SUBMISSIONS_OPENED = event_type(
    "submissions.opening.opened", "Two people opened the offers."
)
