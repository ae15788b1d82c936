"""What can happen to an offer.

Until the opening, who has submitted is nobody else's business (FAR 3.104): the events
of a submission stand in a stream of its own and name a pseudonym, and only the opening
writes into the stream of the solicitation, which the agency reads.
"""

from contracting.audit.events import event_type

OPENER_ENROLLED = event_type(
    "submissions.opener.enrolled", "A person enrolled to open offers."
)
OPENERS_NAMED = event_type(
    "submissions.openers.named", "The people who open the offers were named."
)
BOX_MADE = event_type(
    "submissions.box.made", "A box was made and its key cut into shares."
)
BOX_SEALED = event_type(
    "submissions.box.sealed", "The box that the offers are sealed to was published."
)
OPENERS_REPLACED = event_type(
    "submissions.openers.replaced",
    "Other people open the offers: a new key came with an amendment.",
)
VERSION_RESEALED = event_type(
    "submissions.version.resealed",
    "The vendor sealed its offer anew, to the key that came with an amendment.",
)
LOSSES_WARNED = event_type(
    "submissions.box.warned", "Nobody of the openers of a box can be spared any more."
)
SHARE_GIVEN = event_type(
    "submissions.share.given", "An opener consented to an opening and gave a share."
)
REHEARSAL_OPENED = event_type(
    "submissions.rehearsal.opened", "The openers opened the rehearsal offer."
)
OPENING_REFUSED = event_type(
    "submissions.opening.refused", "An attempt to open a box was refused."
)
RECEIPTS_CLOSED = event_type(
    "submissions.receipts.closed",
    "Receiving ended, and the root over every receipt in time was published.",
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
LATE_SUBMISSION_ADMITTED = event_type(
    "submissions.late.admitted",
    "A late offer was admitted under a coded exception.",
)
LATE_SUBMISSION_OPENED = event_type(
    "submissions.late.opened", "A quorum opened an admitted late offer."
)
SUBMISSION_ATTRIBUTED = event_type(
    "submissions.submission.attributed",
    "Who had handed in the offer was named, as its sealed part says.",
)
SUBMISSION_OPENED = event_type(
    "submissions.submission.opened", "The offer was opened and matched its receipt."
)
QUOTATION_TAKEN = event_type(
    "submissions.quotation.taken",
    "The quotation of one vendor was written down, in the open.",
)
SUBMISSIONS_OPENED = event_type(
    "submissions.opening.opened", "A quorum of the openers opened the offers."
)
OUTAGE_RESOLVED = event_type(
    "submissions.outage.resolved",
    "The contracting officer confirmed or dismissed an outage at the deadline.",
)
SUBMISSION_RELIEVED = event_type(
    "submissions.submission.relieved",
    "An offer that had come late is in time: an outage has moved the deadline.",
)
OFFER_KEY_MADE = event_type(
    "submissions.offer_key.made", "A key was made to read one's own offers again."
)
OFFER_KEY_HELD = event_type(
    "submissions.offer_key.held", "A person chose a passphrase for the offer key."
)
OFFER_KEY_SHARED = event_type(
    "submissions.offer_key.shared", "A holder shared the offer key with a colleague."
)
VERSION_REREAD = event_type(
    "submissions.version.reread", "The vendor read its own sealed offer again."
)
OFFER_KEY_ROTATED = event_type(
    "submissions.offer_key.rotated",
    "The offer key was replaced, and who left holds none of them any more.",
)
