"""Addresses of letters and terminations."""

from django.urls import URLPattern, path

from contracting.terminations import views

_ORDER = "orders/<public_id:public_id>"
_CONTRACT = "contracts/<public_id:public_id>"
_LETTER = "letters/<public_id:public_id>"
_TERMINATION = "terminations/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path(f"{_ORDER}/ending", views.OrderEndingPage.as_view(), name="order_ending"),
    path(f"{_CONTRACT}/ending", views.EndingPage.as_view(), name="contract_ending"),
    path(f"{_ORDER}/stop_work", views.StopWork.as_view(), name="stop_work"),
    path(f"{_ORDER}/resume_work", views.ResumeWork.as_view(), name="resume_work"),
    path(
        f"{_ORDER}/issue_cure_notice",
        views.IssueCureNotice.as_view(is_order=True),
        name="issue_cure_notice",
    ),
    path(
        f"{_CONTRACT}/issue_cure_notice",
        views.IssueCureNotice.as_view(),
        name="issue_contract_cure_notice",
    ),
    path(
        f"{_ORDER}/issue_show_cause_notice",
        views.IssueShowCauseNotice.as_view(is_order=True),
        name="issue_show_cause_notice",
    ),
    path(
        f"{_CONTRACT}/issue_show_cause_notice",
        views.IssueShowCauseNotice.as_view(),
        name="issue_contract_show_cause_notice",
    ),
    path(
        f"{_ORDER}/draft_termination",
        views.DraftTermination.as_view(is_order=True),
        name="draft_termination",
    ),
    path(
        f"{_CONTRACT}/draft_termination",
        views.DraftTermination.as_view(),
        name="draft_contract_termination",
    ),
    path("letters/", views.LettersPage.as_view(), name="letters"),
    path(_LETTER, views.LetterPage.as_view(), name="letter"),
    path(
        f"{_LETTER}/receive_letter",
        views.ReceiveLetter.as_view(),
        name="receive_letter",
    ),
    path(
        f"{_LETTER}/answer_letter", views.AnswerLetter.as_view(), name="answer_letter"
    ),
    path(_TERMINATION, views.TerminationPage.as_view(), name="termination"),
    path(
        f"{_TERMINATION}/convert_termination",
        views.ConvertTermination.as_view(),
        name="convert_termination",
    ),
    path(
        f"{_TERMINATION}/sign_termination",
        views.SignTermination.as_view(),
        name="sign_termination",
    ),
    path(
        f"{_TERMINATION}/discard_termination",
        views.DiscardTermination.as_view(),
        name="discard_termination",
    ),
    path(
        f"{_TERMINATION}/propose_settlement",
        views.ProposeSettlement.as_view(),
        name="propose_settlement",
    ),
    path(
        f"{_TERMINATION}/decide_settlement",
        views.DecideSettlement.as_view(),
        name="decide_settlement",
    ),
]

api_urlpatterns: list[URLPattern] = []
