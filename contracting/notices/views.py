"""The inbox: what waits for this person, and until when."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.urls import reverse

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView
from contracting.notices import permissions, queries
from contracting.notices.models import Notice
from contracting.notices.operations.mark_notice_read import mark_notice_read

PAGE_SIZE = 50


class Inbox(PageView):
    """What needs me now?"""

    template_name = "notices/inbox.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        notices = queries.inbox_for(self.actor)
        shows_all = self.request.GET.get("show") == "all"
        if not shows_all:
            notices = notices.filter(read_at__isnull=True)
        page = Paginator(notices, PAGE_SIZE).get_page(self.request.GET.get("page"))
        zone = ZoneInfo(queries.time_zone_of(self.actor))
        today = clock.now().astimezone(zone).date()
        return {
            "groups": _grouped(list(page.object_list), today),
            "page_obj": page,
            "shows_all": shows_all,
            "unread": queries.unread_count(self.actor),
            "overdue": queries.overdue_count(self.actor, today),
            "zone": str(zone),
        }


class MarkNoticeRead(VerbView):
    """Is this notice done with?"""

    template_name = "notices/mark_notice_read.html"
    submit_label = "Mark as read"
    done_message = "The notice is marked as read."

    def thing(self, **ids: Any) -> Notice:
        return queries.get_notice_for(self.actor, ids["notice"])

    def verdict(self, thing: Notice) -> Verdict:
        return permissions.can_mark_notice_read(self.actor, thing)

    def perform(
        self, *, thing: Notice, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        mark_notice_read(notice_id=thing.pk, by=by, at=at)
        return reverse("notices:inbox")


def _grouped(notices: list[Notice], today: date) -> list[dict[str, Any]]:
    """By deadline, the most pressing first; each row with its one-use form token."""
    names = (
        "Overdue",
        "Due today",
        "Due within a week",
        "Due later",
        "No deadline",
        "Read",
    )
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for notice in notices:
        row = {"notice": notice, "form_token": secrets.token_urlsafe(24)}
        groups[_group_of(notice, today)].append(row)
    return [{"name": name, "rows": rows} for name, rows in groups.items() if rows]


def _group_of(notice: Notice, today: date) -> str:
    if notice.read_at is not None:
        return "Read"
    if notice.due_on is None:
        return "No deadline"
    if notice.due_on < today:
        return "Overdue"
    if notice.due_on == today:
        return "Due today"
    if notice.due_on <= today + timedelta(days=7):
        return "Due within a week"
    return "Due later"
