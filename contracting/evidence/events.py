"""What can happen to an archive."""

from contracting.audit.events import event_type

BUNDLE_ASKED = event_type(
    "evidence.bundle.asked", "Somebody asked for papers as one file."
)
COPY_RELEASED = event_type(
    "evidence.copy.released",
    "A copy of a paper was made for everybody, with what is withheld left out.",
)
PACK_ASKED = event_type(
    "evidence.pack.asked", "Somebody asked for the evidence of a contract."
)
ARCHIVE_GATHERED = event_type(
    "evidence.archive.gathered", "The file was made, whole, and kept with its hash."
)
ARCHIVE_HANDED_OVER = event_type(
    "evidence.archive.handed_over", "Somebody downloaded the file."
)
