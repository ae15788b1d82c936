"""Addresses of the inbox."""

from django.urls import path

from contracting.notices import views

app_name = "notices"

urlpatterns = [
    path("inbox", views.Inbox.as_view(), name="inbox"),
    path(
        "inbox/<public_id:notice>/read",
        views.MarkNoticeRead.as_view(),
        name="mark_notice_read",
    ),
]
