"""Addresses of options."""

from django.urls import URLPattern, path

from contracting.options import views

_CONTRACT = "contracts/<public_id:public_id>"
_OPTION = "options/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path(f"{_CONTRACT}/options", views.OptionsPage.as_view(), name="options"),
    path(
        f"{_CONTRACT}/draft_options",
        views.DraftOptions.as_view(),
        name="draft_options",
    ),
    path(
        f"{_CONTRACT}/represent_size",
        views.RepresentSize.as_view(),
        name="represent_size",
    ),
    path(
        f"{_CONTRACT}/record_size_change",
        views.RecordSizeChange.as_view(),
        name="record_size_change",
    ),
    path(_OPTION, views.OptionPage.as_view(), name="option"),
    path(
        f"{_OPTION}/give_option_intent",
        views.GiveOptionIntent.as_view(),
        name="give_option_intent",
    ),
    path(
        f"{_OPTION}/receive_option_intent",
        views.ReceiveOptionIntent.as_view(),
        name="receive_option_intent",
    ),
    path(
        f"{_OPTION}/determine_option",
        views.DetermineOption.as_view(),
        name="determine_option",
    ),
    path(
        f"{_OPTION}/draft_option_exercise",
        views.DraftOptionExercise.as_view(),
        name="draft_option_exercise",
    ),
]
