"""Every page that a role reaches: no barrier, no complaint, an answer, no overflow."""

import pytest

from tests.architecture.routes import routes
from tests.browser.pages import NOT_PAGES, look, walk

DEMO = (
    "contracting_officer",
    "cor",
    "payment_certifier",
    "auditor",
    "northlight_signer",
)
CAST = (
    "contracting_officer",
    "contract_specialist",
    "program_manager",
    "technical_reviewer",
    "evaluator",
    "source_selection_authority",
    "cor",
    "funds_certifier",
    "payment_certifier",
    "auditor",
    "administrator",
    "vendor_a_member",
    "vendor_a_signer",
    "vendor_a_administrator",
)
FEWEST_KINDS = 8
"""Of pages: a walk that finds fewer has lost its way."""


REACHED_OTHERWISE = {
    "account_change_password": "people ask for a link by e-mail instead",
    "account_confirm_email": "by a link in an e-mail",
    "account_confirm_login_code": "not in use",
    "account_email": "an administrator keeps addresses",
    "account_email_verification_sent": "not in use",
    "account_inactive": "shown to whoever may no longer log in",
    "account_reauthenticate": "not in use",
    "account_reset_password_done": "after asking for a link",
    "account_reset_password_from_key": "by a link in an e-mail",
    "account_reset_password_from_key_done": "by a link in an e-mail",
    "account_set_password": "not in use",
    "account_signup": "closed",
    "billing:revoke_signing_key": "only once a vendor has registered a key",
    "billing:usage_report_changes": "only of a report that restates another one",
    "charges:change_quantity": "only once an order buys seats or capacity",
    "charges:record_receipt": "only once an order buys a service",
    "charges:reverse_receipt": "only once a service is received",
    "closeout:release_legal_hold": "only while a legal hold stands",
    "closeout:release_minimum": "only while a minimum is owed at the very end",
    "contracts:accept_award": "only while an award on a quotation is offered",
    "contracts:decline_award": "only while an award on a quotation is offered",
    "contracts:forgo_award": "only where several offers are selected",
    "contracts:hold_debriefing": "only once a debriefing is asked for",
    "contracts:lift_protest": "only while a protest suspends",
    "contracts:offer_award": "only for an award on a quotation",
    "contracts:record_gratuitous_service": "only for a legal reviewer",
    "contracts:review_agreement": "only for a blanket purchase agreement",
    "contracts:request_debriefing": "only in the days after a notice",
    "desk:live": "read by machines",
    "desk:ready": "read by machines",
    "desk:search": "looked at below",
    "desk:problems": "looked at below",
    "determinations:adopt_justification_ladder": "once in the life of a site",
    "determinations:determination": "only once something is determined",
    "determinations:post_determination": "only once a justification is approved",
    "determinations:review_determination": "only while a justification is reviewed",
    "documents:retry_document": "only when a paper could not be printed",
    "evaluations:accept_prices": "only while lower prices that came late wait",
    "evaluations:clarify_price": "only while an offer leaves a price open",
    "evaluations:confirm_price": "only while an offer leaves a price open",
    "evaluations:discussion": "only in discussions",
    "evaluations:normalise_price": "only while an offer leaves a price open",
    "evaluations:open_discussions": "only in discussions",
    "evaluations:open_revisions": "only in discussions",
    "evaluations:request_revisions": "only in discussions",
    "evaluations:revise_submission": "only in discussions",
    "evaluations:revision": "only in discussions",
    "evaluations:note_dissent": "only while a factor's ratings await one voice",
    "evaluations:record_certificate": "only once a small business is referred",
    "evaluations:refer_nonresponsibility": "only after a finding on a vendor",
    "evaluations:reject_offer": "only after a finding on a vendor",
    "evaluations:resolve_conflict": "only while a declared conflict waits",
    "evaluations:waive_acknowledgement": "only while an offer stands on earlier terms",
    "exchange:disable_webhook": "only once a webhook is registered",
    "exchange:enable_webhook": "only once a webhook is disabled",
    "exchange:probe_webhook": "only once a webhook is registered",
    "exchange:replay_webhook": "only once a webhook is registered",
    "exchange:rotate_webhook_secret": "only once a webhook is registered",
    "exchange:webhook": "only once a webhook is registered",
    "fair_opportunity:cancel_opportunity": "only under several awards",
    "fair_opportunity:consider_response": "only under several awards",
    "fair_opportunity:respond_to_opportunity": "only under several awards",
    "fair_opportunity:response_file": "only under several awards",
    "fair_opportunity:select_holder": "only under several awards",
    "modifications:certify_minimum_funds": "only while a higher minimum waits",
    "reconciliation:resolve_alike_findings": "only where several are alike",
    "payments:payment_export_csv": "only once a batch is written",
    "payments:payment_export_json": "only once a batch is written",
    "disputes:charge_claim": "only once a claim is decided",
    "reference:confirm_rate": "only once a rate was entered",
    "payments:record_refund": "only while a credit is open",
    "payments:return_refund": "only once a refund is recorded",
    "payments:demand_refund": "only while a credit is open",
    "payments:waive_credit": "only while a credit is open",
    "billing:cancel_credit": "only while a credit is on no invoice and no voucher",
    "periods:settle_adjustment": "only once accepted usage is rated anew",
    "periods:entry": "only once a month is closed",
    "periods:close_period": "only once a month is signed off",
    "periods:reopen_period": "only once a month is closed",
    "documents:cancel_operation": "only while something long is being done",
    "documents:operation": "only once something long was begun",
    "evidence:archive": "only once an archive was asked for",
    "metering:upload": "only once a file was imported",
    "metering:parked": "by the link in its alarm",
    "metering:unpark_usage": "only while usage is parked",
    "metering:detach_source": "only once a source is closed",
    "metering:rating_run": "only once usage is rated anew",
    "metering:approve_rerating": "only once usage is rated anew",
    "metering:discard_rerating": "only once usage is rated anew",
    "recounts:agree_recount_allowance": "only once first samples are measured",
    "recounts:dispute_count": "only once a count is flagged",
    "recounts:end_recount_plan": "only once a recount is planned",
    "recounts:recount": "only once a recount is planned",
    "recounts:recount_allowance": "only once an allowance is measured",
    "watch:acknowledge_alarm": "only once an alarm is raised",
    "watch:alarm": "only once an alarm is raised",
    "watch:close_alarm": "only once an alarm is raised",
    "disputes:confirm_service_credit": "only once a credit is proposed",
    "disputes:decline_service_credit": "only once a credit is proposed",
    "incidents:authorize_boundary": "only for a security reviewer",
    "incidents:withdraw_authorization": "only while an authorization is in force",
    "incidents:close_incident": "only once an incident is reported",
    "incidents:incident": "only once an incident is reported",
    "incidents:update_incident": "only once an incident is reported",
    "metering:release_usage": "only while a call is held that may pass",
    "metering:discard_view": "only once a view is saved",
    "watch:alert_rule": "only once an own rule is set",
    "watch:change_alert_rule": "only once an own rule is set",
    "watch:end_alert_rule": "only once an own rule is set",
    "watch:withdraw_planned_use": "only once use is planned",
    "metering:unmap_key": "only once a key is mapped",
    "notices:mark_notice_read": "a button of the inbox",
    "orders:record_availability": "only while an order waits for its funds",
    "orders:accept_order_limits": "only while an order outside the limits waits",
    "submissions:admit_late_submission": "only after an opening, before the award",
    "submissions:open_late_submission": "only once a late offer is admitted",
    "submissions:rehearse_opening": "only before a package is released",
    "submissions:replace_openers": "only once other openers have rehearsed",
    "submissions:reread_version": "only for whoever holds an offer key",
    "submissions:reseal_version": "only once openers were replaced",
    "submissions:resolve_outage": "only after an outage at a deadline",
    "submissions:rotate_offer_key": "only for whoever holds an offer key",
    "submissions:share_offer_key": "only for whoever holds an offer key",
    "terminations:answer_letter": "only once a letter is sent",
    "terminations:convert_termination": "only once something is ended for cause",
    "terminations:decide_settlement": "only once something is ended",
    "terminations:discard_termination": "only once something is ended",
    "terminations:letter": "only once a letter is sent",
    "terminations:propose_settlement": "only once something is ended",
    "terminations:receive_letter": "only once a letter is sent",
    "terminations:resume_work": "only while work is stopped",
    "terminations:sign_termination": "only once something is ended",
    "terminations:termination": "only once something is ended",
    "modifications:assume_contract": "only while a novation waits for its successor",
    "modifications:confirm_ratchet_finding": "only once the public list has fallen",
    "modifications:hold_ratchet_finding": "only once the public list has fallen",
    "modifications:discard_contract_modification": "only once a contract is modified",
    "modifications:issue_contract_modification": "only once a contract is modified",
    "modifications:request_modification_changes": "only once a contract is modified",
    "modifications:revise_contract_modification": "only once a contract is modified",
    "modifications:sign_contract_modification": "only once a contract is modified",
    "options:receive_option_intent": "only under a contract with options",
    "orders:rebase_modification": "only once another modification was first",
    "submissions:name_openers": "only before a release, or once openers left",
}
"""Pages to which no link leads in this world, and why."""


@pytest.fixture(scope="module")
def walked() -> set[str]:
    """The kinds of pages that the tests of this file have looked at."""
    return set()


def test_every_public_page(visit, axe, walked):
    visitor = visit()

    wrong = []
    for name, path in walk(visitor):
        walked.add(name)
        wrong += [f"{name} {path}: {each}" for each in look(visitor, axe)]

    assert wrong == []


@pytest.mark.parametrize(
    "path",
    [
        "/search",
        "/search?q=claims",
        "/search?q=nothing-of-that-name",
        "/api/v1/problems",
        "/accounts/password/reset/done/",
        "/accounts/inactive/",
        "/accounts/signup/",
    ],
)
def test_a_page_that_is_found_without_a_link(visit, axe, path):
    visitor = visit()
    visitor.go(path)

    assert look(visitor, axe) == []


@pytest.mark.parametrize("part", [*(f"demo:{part}" for part in DEMO), *CAST])
def test_every_page_of_a_role(visit, axe, walked, part):
    visitor = visit().log_in(part)

    wrong, kinds = [], 0
    for name, path in walk(visitor):
        kinds += 1
        walked.add(name)
        wrong += [f"{name} {path}: {each}" for each in look(visitor, axe)]

    assert wrong == []
    assert kinds >= FEWEST_KINDS


def test_no_page_was_left_out(request, walked):
    """A new page without a link to it, or without a world that shows it, fails here."""
    of_this_file = [each for each in request.session.items if each.path == request.path]
    if len(of_this_file) < len(DEMO) + len(CAST):
        pytest.skip("only some of the roles were asked for")
    pages = {
        route.name
        for route in routes()
        if not route.is_api and not route.name.startswith("admin:")
    }

    unseen = pages - walked - NOT_PAGES
    assert sorted(unseen - set(REACHED_OTHERWISE)) == [], "no link leads there"
    assert sorted(set(REACHED_OTHERWISE) - unseen) == [], "links lead there now"
