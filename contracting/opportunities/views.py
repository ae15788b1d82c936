"""What everybody reads of released solicitations, without a login."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from contracting.core import clock
from contracting.core.views import PageView
from contracting.determinations.calculations import for_everybody
from contracting.documents.queries import documents_of_stream
from contracting.opportunities.calculations import Looks, looks_of
from contracting.opportunities.paperwork import calendar, changed_at
from contracting.opportunities.queries import (
    news_of,
    past_opportunities,
    public_events_of,
)
from contracting.solicitations import permissions, queries
from contracting.solicitations.models import Solicitation
from contracting.solicitations.publishing.asked import together

PER_PAGE = 50
LOOKED: Final = "looked"
"""The cookie, one for each solicitation, in which a browser keeps when it looked."""


class Opportunities(PageView):
    """What can be bid on now?"""

    template_name = "opportunities/opportunities.html"
    public = True

    def context(self, **ids: Any) -> dict[str, Any]:
        at = clock.now()
        past = Paginator(past_opportunities(at), PER_PAGE)
        return {
            "open": queries.open_opportunities(at),
            "page_obj": past.get_page(self.request.GET.get("page")),
        }


class Opportunity(PageView):
    """Should we bid?"""

    looks: Looks | None = None
    template_name = "opportunities/opportunity.html"
    public = True

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        page = super().get(request, **ids)
        if self.actor.is_vendor and self.looks is not None:
            value = signing.dumps(
                self.looks.kept_for(self.actor.own_user_id), salt=LOOKED
            )
            page.set_cookie(
                LOOKED,
                value,
                max_age=timedelta(days=365),
                path=request.path,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return page

    def context(self, **ids: Any) -> dict[str, Any]:
        found = queries.get_opportunity(ids["solicitation"])
        at = clock.now()
        self.looks = self._looks(at)
        before = self.looks.before if self.looks else None
        return {
            "news": news_of(found, before) if before else None,
            **queries.package_of(found),
            "is_open": queries.open_opportunities(at).filter(pk=found.pk).exists(),
            "answers": together(
                queries.released_answers(found),
                lambda each: (each.released_at, each.answer),
            ),
            "amendments": queries.amendments_shown(found),
            "documents": documents_of_stream(found.stream)
            .visible_to(self.actor)
            .filter(is_public=True),
            "justifications": [
                (each, for_everybody(each))
                for each in queries.public_justifications(found)
            ],
            "history": public_events_of(found),
            "is_closed_for_questions": (until := found.questions_until) is not None
            and at > until,
            "may_ask": permissions.can_ask_question(self.actor, found),
        }

    def _looks(self, now: datetime) -> Looks | None:
        """The looks of a vendor's person with this one; their browser keeps them."""
        if not self.actor.is_vendor or self.actor.user_id is None:
            return None
        try:
            kept = signing.loads(self.request.COOKIES.get(LOOKED, ""), salt=LOOKED)
        except signing.BadSignature:
            kept = None
        known = looks_of(kept, self.actor.user_id)
        return known.and_now(now) if known else Looks(last=now)


class Feed(PageView):
    """What can be bid on now, for whoever follows it."""

    public = True

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        listed = f"{settings.SITE_URL}{reverse('opportunities:opportunities')}"
        feed = Atom1Feed(
            title="Opportunities",
            link=listed,
            description="Solicitations that are open for offers.",
            feed_url=f"{settings.SITE_URL}{request.path}",
            language="en",
        )
        for each in queries.open_opportunities(clock.now()):
            feed.add_item(
                title=f"{each.piid} {each.title}",
                link=f"{settings.SITE_URL}{each.public_path}",
                description=(
                    f"{each.agency.name}. Offers due {each.deadline:%Y-%m-%d %H:%M} "
                    f"UTC. {each.get_set_aside_display()}."
                ),
                unique_id=f"{settings.SITE_URL}{each.public_path}",
                author_name=each.agency.name,
                pubdate=each.released_at,
                updateddate=changed_at(each),
            )
        words = feed.writeString("utf-8")
        return HttpResponse(words, content_type="application/atom+xml; charset=utf-8")


class Calendar(PageView):
    """When are offers due, of everything that is open?"""

    public = True

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        return _calendar(queries.open_opportunities(clock.now()), "opportunities")


class OpportunityCalendar(PageView):
    """When are offers due on this one?"""

    public = True

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        found = queries.get_opportunity(ids["solicitation"])
        return _calendar([found], found.name)


def _calendar(solicitations: Iterable[Solicitation], name: str) -> HttpResponse:
    return HttpResponse(
        calendar(solicitations, site=settings.SITE_URL),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.ics"'},
    )
