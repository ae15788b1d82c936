"""Public addresses of released solicitations."""

from django.urls import path

from contracting.opportunities import views

_ONE = "opportunities/<public_id:solicitation>"

urlpatterns = [
    path("opportunities", views.Opportunities.as_view(), name="opportunities"),
    path("opportunities/feed.atom", views.Feed.as_view(), name="feed"),
    path("opportunities/calendar.ics", views.Calendar.as_view(), name="calendar"),
    path(
        f"{_ONE}/calendar.ics",
        views.OpportunityCalendar.as_view(),
        name="opportunity_calendar",
    ),
    path(_ONE, views.Opportunity.as_view(), name="opportunity"),
]
