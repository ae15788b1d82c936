"""In a world where everything has happened, outsiders can tell nothing from nothing.

At every address that names a thing, somebody inside finds one; another agency, another
vendor and the vendor who lost get for it what they would get for a made-up id.
"""

from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client

from accounts.models import ApiKey
from accounts.operations.issue_api_key import issue_api_key
from accounts.states import AGENCY_ONLY_SCOPES, VENDOR_ONLY_SCOPES, Scope
from contracting.audit.models import AuditEvent
from contracting.billing.operations.register_signing_key import register_signing_key
from contracting.core import clock, views
from contracting.core.actors import Actor
from contracting.core.models import new_public_id
from contracting.disputes.operations.submit_claim import submit_claim
from contracting.exchange.operations.register import register_webhook
from contracting.recounts.operations.adopt_plan import adopt_recount_plan
from contracting.recounts.queries import models_of
from contracting.reference.models import TokenClass
from contracting.urls import PUBLIC_ROUTES
from tests.architecture.routes import Route, routes
from tests.cast import client_for, key_client
from tests.journeys.addresses import THINGS

FOR_EVERYBODY_INSIDE = {"reference:confirm_rate", "reference:model"}
"""Reference data is the same for whoever is signed in."""

OF_A_RELEASED_SOLICITATION = {
    "api:begin_upload",
    "api:read_rfi",
    "api:read_solicitation",
    "api:release_solicitation",
    "market_research:respond_to_rfi",
    "proposals:attach_draft_files",
    "proposals:attach_sealed_file",
    "proposals:begin_upload",
    "proposals:discard_draft",
    "proposals:draft",
    "proposals:price_template",
    "proposals:save_amendments",
    "proposals:seal_draft",
    "proposals:sealed_draft",
    "proposals:save_prices",
    "proposals:save_technical",
    "proposals:submit_draft",
    "solicitations:ask_question",
    "submissions:submit_submission",
}
"""What is released is public: that it is there is no secret, whatever one may do."""

NOT_IN_THE_STORY = {
    "api:release_copy",
    "contracts:reassign_contracts",
    "billing:usage_report_changes",
    "metering:discard_view",
    "watch:alert_rule",
    "watch:change_alert_rule",
    "watch:end_alert_rule",
    "watch:withdraw_planned_use",
    "metering:unmap_key",
    "incidents:withdraw_authorization",
    "metering:unpark_usage",
    "metering:rating_run",
    "metering:approve_rerating",
    "metering:discard_rerating",
    "metering:upload",
    "metering:rejected_rows_of_upload",
    "api:usage_upload",
    "api:rejected_rows",
    "api:cancel_operation",
    "api:operation",
    "documents:cancel_operation",
    "documents:download_signed_copy",
    "documents:operation",
    "evidence:archive",
    "evidence:download_archive",
    "api:archive",
    "api:download_archive",
    "accounts:revoke_delegation",
    "bans:ban",
    "bans:lift_ban",
    "closeout:release_legal_hold",
    "contracts:hold_debriefing",
    "contracts:preview_contract",
    "modifications:preview_contract_modification",
    "orders:preview_modification",
    "orders:preview_task_order",
    "solicitations:preview_solicitation",
    "contracts:request_debriefing",
    "determinations:determination",
    "determinations:make_determination",
    "determinations:post_determination",
    "determinations:review_determination",
    "evaluations:accept_prices",
    "evaluations:clarify_price",
    "evaluations:confirm_price",
    "evaluations:discussion",
    "evaluations:normalise_price",
    "evaluations:offer_file",
    "evaluations:revised_file",
    "evaluations:revision",
    "evaluations:sealed_revision",
    "fair_opportunity:cancel_opportunity",
    "fair_opportunity:consider_response",
    "fair_opportunity:opportunity",
    "fair_opportunity:request_order_debriefing",
    "fair_opportunity:respond_to_opportunity",
    "fair_opportunity:response_file",
    "fair_opportunity:select_holder",
    "disputes:answer_file",
    "disputes:confirm_service_credit",
    "disputes:decline_service_credit",
    "disputes:enter_recount",
    "disputes:evidence_file",
    "disputes:join_recount",
    "disputes:recount",
    "incidents:close_incident",
    "incidents:incident",
    "incidents:update_incident",
    "market_research:cancel_rfi",
    "market_research:comparison",
    "market_research:comparison_file",
    "market_research:discard_rfi",
    "market_research:edit_rfi",
    "market_research:release_rfi",
    "market_research:response",
    "market_research:rfi",
    "modifications:assume_contract",
    "modifications:certify_minimum_funds",
    "modifications:confirm_ratchet_finding",
    "modifications:discard_contract_modification",
    "modifications:hold_ratchet_finding",
    "modifications:issue_contract_modification",
    "modifications:modification",
    "modifications:ratchet_finding",
    "orders:rebase_modification",
    "modifications:request_modification_changes",
    "modifications:revise_contract_modification",
    "modifications:sign_contract_modification",
    "payments:return_refund",
    "api:return_refund",
    "payments:payment_export_csv",
    "payments:payment_export_json",
    "api:payment_batch",
    "api:payment_batch_csv",
    "api:payment_batch_json",
    "periods:entry",
    "api:abandon_upload",
    "api:append_upload",
    "api:complete_upload",
    "proposals:abandon_upload",
    "proposals:append_upload",
    "proposals:complete_upload",
    "proposals:detach_draft_file",
    "proposals:detach_sealed_file",
    "proposals:sealed_file",
    "proposals:submit_upload",
    "proposals:upload",
    "solicitations:retire_template",
    "solicitations:template",
    "solicitations:use_template",
    "submissions:admit_late_submission",
    "submissions:open_late_submission",
    "charges:reverse_receipt",
    "reconciliation:counts",
    "recounts:agree_recount_allowance",
    "recounts:recount_allowance",
    "watch:acknowledge_alarm",
    "watch:alarm",
    "watch:close_alarm",
    "terminations:answer_letter",
    "terminations:convert_termination",
    "terminations:decide_settlement",
    "terminations:discard_termination",
    "terminations:letter",
    "terminations:propose_settlement",
    "terminations:receive_letter",
    "terminations:sign_termination",
    "terminations:termination",
}
"""Nobody does these, or not any more when it has ended: other tests do."""

AFTER_THE_AWARD = {
    "billing",
    "charges",
    "closeout",
    "contracts",
    "disputes",
    "fair_opportunity",
    "incidents",
    "metering",
    "orders",
    "payments",
    "periods",
    "reconciliation",
    "recounts",
    "terminations",
    "watch",
}
"""What the vendor who lost has no part in."""

INSIDERS = (
    "contracting_officer",
    "northlight_signer",
    "program_manager",
    "administrator",
    "evaluator",
    "cor",
    "payment_certifier",
    "northlight_administrator",
    "auditor",
)
ROWS_TRIED = 12
CLOSED = [
    route
    for route in routes()
    if route.name not in PUBLIC_ROUTES
    and not route.name.startswith(("admin:", "account_"))
]
NAMING = [
    route
    for route in CLOSED
    if route.ids
    and route.name
    not in FOR_EVERYBODY_INSIDE | NOT_IN_THE_STORY | OF_A_RELEASED_SOLICITATION
]
LISTING = [route for route in CLOSED if not route.ids]


@pytest.fixture(autouse=True)
def _plain_pages(monkeypatch):
    """What stands on a page is not asked here: only whether there is one."""

    def plain(_request, template, _context=None, *, status=200):
        return HttpResponse(template, status=status)

    monkeypatch.setattr(views, "render", plain)


@pytest.fixture(autouse=True)
def _done_since(told):
    """What the story leaves out: a claim, a recount, a signing key and a webhook."""
    at, actors = clock.now(), told.cast.actors
    contract, officer = told.order.contract, actors["contracting_officer"]
    submit_claim(
        contract_id=contract.pk,
        dollars=Decimal("100.00"),
        text="One month was paid at another price.",
        is_certified=False,
        by=actors["northlight_signer"],
        at=at,
    )
    adopt_recount_plan(
        contract_id=contract.pk,
        model_id=models_of(contract)[0].pk,
        token_class_id=TokenClass.objects.get(code="OUT_TEXT").pk,
        key_commitment="a" * 64,
        rate=Decimal("0.1"),
        risk=Decimal("0.01"),
        tokenizer_name="gpt2",
        tokenizer_sha256="b" * 64,
        by=officer,
        at=at,
    )
    administrator = actors["administrator"]
    register_webhook(
        organization_id=administrator.own_organization_id,
        label="AI gateway",
        url="https://gateway.agency.example/told",
        kinds=["notice.posted"],
        by=administrator,
        at=at,
    )
    register_signing_key(
        vendor_id=contract.vendor_id,
        label="Billing",
        public_key="c" * 64,
        by=actors["northlight_signer"],
        at=at,
    )


@pytest.fixture
def insiders(told):
    return [client_for(told.cast.actors[part]) for part in INSIDERS]


@pytest.fixture
def inside_machines(told):
    """A machine of the agency and one of the vendor, each with every right."""
    parts = ("administrator", "northlight_administrator")
    return [all_powerful(told.cast.actors[part]) for part in parts]


def all_powerful(administrator: Actor) -> Client:
    now = clock.now()
    issued = issue_api_key(
        organization_id=administrator.organization_id or 0,
        label="Everything",
        scopes=scopes_of(administrator),
        expires_at=now + timedelta(days=30),
        by=administrator,
        at=now,
    )
    return Client(headers={"Authorization": f"Bearer {issued.text}"})


def scopes_of(acting: Actor) -> list[str]:
    """Every right that a key of that side can have."""
    others = VENDOR_ONLY_SCOPES if acting.is_agency else AGENCY_ONLY_SCOPES
    return [scope for scope in Scope if scope not in others]


@pytest.fixture
def outsiders(told, other_agency_officer, other_vendor_signer):
    return {
        "another agency": client_for(other_agency_officer),
        "another vendor": client_for(other_vendor_signer),
        "the vendor who lost": client_for(told.cast.actors["tidewater_signer"]),
    }


@pytest.fixture
def outside_machines(told, other_agency_gateway, other_vendor_machine):
    machines = {
        "another agency": other_agency_gateway,
        "another vendor": other_vendor_machine,
    }
    for machine in machines.values():
        ApiKey.objects.filter(pk=machine.key_id).update(scopes=scopes_of(machine))
    return {who: key_client(machine) for who, machine in machines.items()}


def test_no_page_tells_an_outsider_that_a_thing_is_there(insiders, outsiders):
    unseen, telling = [], []
    for route in NAMING:
        if route.is_api:
            continue
        ids = find(route, insiders)
        if ids is None:
            unseen.append(route.name)
            continue
        for who, browser in outsiders.items():
            answers = ask(browser, route.address(**ids))
            if is_outside(route, who) and set(answers) - {404, 405}:
                telling.append(f"{route} tells {who}: {answers}")

    assert unseen == [], "nobody inside finds anything here: the test proves nothing"
    assert telling == []


def test_no_endpoint_tells_an_outsider_that_a_thing_is_there(
    inside_machines, outside_machines
):
    unseen, telling = [], []
    for route in NAMING:
        if not route.is_api:
            continue
        ids = find(route, inside_machines)
        if ids is None:
            unseen.append(route.name)
            continue
        for who, machine in outside_machines.items():
            real, made_up = both(machine, route, ids)
            if real != made_up or min(real) < 400:
                telling.append(f"{route} tells {who}: {real}, not {made_up}")

    assert unseen == [], "nobody inside finds anything here: the test proves nothing"
    assert telling == []


def test_no_list_names_what_is_not_theirs(
    told, outsiders, outside_machines, monkeypatch
):
    monkeypatch.undo()  # here it matters what stands on the page
    theirs = {
        told.order.public_id,
        told.order.piid,
        told.invoice.public_id,
        told.invoice.number,
    }
    naming = []
    for route in LISTING:
        for who, reader in (outside_machines if route.is_api else outsiders).items():
            answer = reader.get(route.address())
            text = answer.content.decode() if answer.status_code == 200 else ""
            naming += [f"{route} names {it} to {who}" for it in theirs if it in text]

    assert naming == []


def is_outside(route: Route, who: str) -> bool:
    return who != "the vendor who lost" or app_of(route) in AFTER_THE_AWARD


def find(route: Route, readers: list[Client]) -> dict[str, object] | None:
    """Ids of a thing that somebody inside can tell from a made-up one."""
    words = words_before_the_ids(route)
    made_up = {}
    for ids in product(*(values(words[name]) for name in route.ids)):
        known = dict(zip(route.ids, ids, strict=True))
        for reader in readers:
            if reader not in made_up:
                made_up[reader] = ask(reader, route.address())
            if ask(reader, route.address(**known)) != made_up[reader]:
                return known
    return None


def words_before_the_ids(route: Route) -> dict[str, str]:
    """For each id in the address, the word that stands before it."""
    plain = {"position": "files", "stream": "streams", "seq": "entries"}
    marks = {name: new_public_id("obj") for name in route.ids if name not in plain}
    parts = route.address(**marks).split("/")
    before = {}
    for name, mark in marks.items():
        (place,) = (n for n, part in enumerate(parts) if part.startswith(mark))
        before[name] = parts[place - 1]
    return {**plain, **before}


def values(word: str) -> list[object]:
    """Ids of what the word names, the latest first."""
    if word == "files":
        return [1]
    if word in {"streams", "entries"}:
        (last,) = AuditEvent.objects.filter(event="evaluations.price.analysed")[:1]
        return [last.stream if word == "streams" else last.seq]
    return [
        public_id
        for label in THINGS.get(word, ())
        for public_id in apps.get_model(label)
        .objects.order_by("-pk")
        .values_list("public_id", flat=True)[:ROWS_TRIED]
    ]


def both(reader: Client, route: Route, ids) -> tuple[list[int], list[int]]:
    """The answers for these ids, and for ids that nobody has given."""
    made_up = route.address()
    return ask(reader, route.address(**ids)), ask(reader, made_up)


def ask(reader: Client, address: str) -> list[int]:
    """The status of reading, and of sending nothing."""
    read = reader.get(address)
    sent = reader.post(
        address,
        {},
        content_type="application/json",
        headers={"Idempotency-Key": "outsiders-see-nothing"},
    )
    return [read.status_code, sent.status_code]


def app_of(route: Route) -> str:
    view = getattr(route.view, "view_class", None) or getattr(route.view, "cls", None)
    return view.__module__.split(".")[-2]
