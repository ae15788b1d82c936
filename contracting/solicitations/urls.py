"""Addresses of solicitations, and of what the public reads of them."""

from django.urls import path

from contracting.solicitations import api, views
from contracting.solicitations.views import (
    amending,
    limits,
    options,
    previews,
    questions,
    starting,
)

_ONE = "solicitations/<public_id:solicitation>"
_TEMPLATE = "solicitations/templates/<public_id:template>"
_PUBLIC = "opportunities/<public_id:solicitation>"

urlpatterns = [
    path("solicitations", views.SolicitationList.as_view(), name="solicitations"),
    path(
        "solicitations/draft/<public_id:requisition>",
        views.DraftSolicitation.as_view(),
        name="draft_solicitation",
    ),
    path(
        "solicitations/draft/<public_id:requisition>/from/<public_id:solicitation>/copy",
        starting.CopySolicitation.as_view(),
        name="copy_solicitation",
    ),
    path(
        "solicitations/draft/<public_id:requisition>/from/<public_id:template>/use",
        starting.UseTemplate.as_view(),
        name="use_template",
    ),
    path("solicitations/templates", starting.TemplateList.as_view(), name="templates"),
    path(_TEMPLATE, starting.TemplatePage.as_view(), name="template"),
    path(
        f"{_TEMPLATE}/retire", starting.RetireTemplate.as_view(), name="retire_template"
    ),
    path(_ONE, views.SolicitationPage.as_view(), name="solicitation"),
    path(f"{_ONE}/needs", starting.NeedsForCopy.as_view(), name="needs_for_copy"),
    path(f"{_ONE}/keep", starting.KeepTemplate.as_view(), name="keep_template"),
    path(f"{_ONE}/terms", views.EditTerms.as_view(), name="edit_terms"),
    path(
        f"{_ONE}/publication",
        views.EditPublication.as_view(),
        name="edit_publication",
    ),
    path(
        f"{_ONE}/preview",
        previews.PreviewSolicitation.as_view(),
        name="preview_solicitation",
    ),
    path(f"{_ONE}/lines", views.EditLines.as_view(), name="edit_lines"),
    path(f"{_ONE}/factors", views.EditFactors.as_view(), name="edit_factors"),
    path(f"{_ONE}/clauses", views.EditClauses.as_view(), name="edit_clauses"),
    path(f"{_ONE}/options", options.EditOptions.as_view(), name="edit_options"),
    path(f"{_ONE}/limits", limits.EditLimits.as_view(), name="edit_limits"),
    path(
        f"{_ONE}/submit",
        views.SubmitSolicitation.as_view(),
        name="submit_solicitation",
    ),
    path(
        f"{_ONE}/review",
        views.ReviewSolicitation.as_view(),
        name="review_solicitation",
    ),
    path(
        f"{_ONE}/release",
        views.ReleaseSolicitation.as_view(),
        name="release_solicitation",
    ),
    path(f"{_ONE}/questions", views.QuestionsPage.as_view(), name="questions"),
    path(
        f"{_ONE}/questions/release",
        views.ReleaseAnswers.as_view(),
        name="release_answers",
    ),
    path(
        f"{_ONE}/questions/<public_id:question>",
        views.AnswerQuestion.as_view(),
        name="answer_question",
    ),
    path(
        f"{_ONE}/questions/<public_id:question>/assign",
        questions.AssignQuestion.as_view(),
        name="assign_question",
    ),
    path(
        f"{_ONE}/amend", amending.AmendSolicitation.as_view(), name="amend_solicitation"
    ),
    path(
        f"{_ONE}/cancel",
        views.CancelSolicitation.as_view(),
        name="cancel_solicitation",
    ),
    path(
        f"{_ONE}/discard",
        views.DiscardSolicitation.as_view(),
        name="discard_solicitation",
    ),
    path(f"{_PUBLIC}/ask", views.AskQuestion.as_view(), name="ask_question"),
]

api_urlpatterns = [
    path("solicitations", api.ListSolicitations.as_view(), name="list_solicitations"),
    path(_ONE, api.ReadSolicitation.as_view(), name="read_solicitation"),
    path(
        f"{_ONE}/release",
        api.ReleaseSolicitation.as_view(),
        name="release_solicitation",
    ),
]
