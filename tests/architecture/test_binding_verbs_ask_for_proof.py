"""Every verb that binds asks who is there: its page, its form, its words."""

import re

from contracting.core.views import (
    ALSO_BINDING,
    NOT_BINDING,
    VerbView,
    is_binding,
)
from tests.architecture.routes import routes
from tests.architecture.tree import ROOT

PAGES = {
    route.name: route.view.view_class
    for route in routes()
    if not route.is_api
    and hasattr(route.view, "view_class")
    and is_binding(route.name.rpartition(":")[2])
}
INCLUDED = re.compile(r"""\{% (?:include|extends) ["']([a-z_/.]+)["']""")


NAMED = {
    *("award_contract", "accept_award", "decide_selection"),
    *("issue_task_order", "issue_modification", "sign_modification"),
    *("certify_contract_funds", "certify_task_order_funds", "certify_payment"),
    *("open_submissions", "open_late_submission"),
    *("submit_submission", "replace_submission", "submit_draft"),
    *("release_solicitation", "release_claims"),
    *("decide_settlement", "stop_work", "select_holder"),
}


def test_award_signature_certification_opening_handing_in_and_release_bind():
    assert NAMED - {name.rpartition(":")[2] for name in PAGES} == set()


def test_each_of_them_is_a_verb_whose_form_can_ask():
    unable = {
        name
        for name, view in PAGES.items()
        if not issubclass(view, VerbView)
        or "components/proof.html" not in templates_of(view.template_name)
    }

    assert unable == set()


def test_what_is_named_apart_is_a_verb_of_the_site():
    verbs = {route.name.rpartition(":")[2] for route in routes()}

    assert (ALSO_BINDING | NOT_BINDING) - verbs == set()


def templates_of(name: str) -> set[str]:
    """The template and all that it is made of."""
    text = (ROOT / "templates" / name).read_text()
    found = {name}
    for part in INCLUDED.findall(text):
        found |= templates_of(part)
    return found
