"""What can happen to a notice after it was posted."""

from contracting.audit.events import event_type

NOTICE_READ = event_type("notices.notice.read", "A notice was marked as read.")
