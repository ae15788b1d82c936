"""Reference pages are read by whoever is signed in; machines need the scope."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey, User
from accounts.states import Scope
from contracting.core.actors import SYSTEM
from contracting.reference.models import AiModel, ListPrice, ModelAlias
from contracting.reference.operations.import_list_prices import import_list_prices
from contracting.reference.operations.map_model_alias import map_model_alias
from tests.cast import client_for, key_client, nothing_happens, submit

PAGES = {
    "index": "What every stage refers to",
    "models": "gpt-4o-2024-08-06",
    "token_classes": "IN_CACHE_READ",
    "thresholds": "Micro-purchase threshold",
    "clauses": "52.212-4",
    "rules": "R-SOL-05",
    "holidays": "Juneteenth",
}


@pytest.fixture
def model(db):
    return AiModel.objects.get(snapshot="gpt-4o-2024-08-06")


@pytest.fixture
def reader(gateway):
    """A machine whose key may read reference data."""
    ApiKey.objects.filter(pk=gateway.key_id).update(scopes=[Scope.REFERENCE_READ])
    return key_client(gateway)


@pytest.mark.parametrize(("page", "words"), PAGES.items())
@pytest.mark.parametrize("role", ["contracting_officer", "other_vendor_signer"])
def test_a_page_answers_whoever_is_signed_in(page, words, role, request):
    browser = client_for(request.getfixturevalue(role))

    response = browser.get(reverse(f"reference:{page}"))

    assert response.status_code == 200
    assert words in response.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_the_login(page, db):
    response = Client().get(reverse(f"reference:{page}"))

    assert response.status_code == 302
    assert "login" in response["Location"]


def test_a_page_is_read_as_of_a_day(auditor):
    browser = client_for(auditor)
    address = reverse("reference:thresholds")

    then = browser.get(address, {"on": "2025-09-30"}).content.decode()
    now = browser.get(address, {"on": "2026-03-02"}).content.decode()

    assert "$250,000.00" in then
    assert "$350,000.00" not in then
    assert "$350,000.00" in now


@pytest.mark.parametrize("on", ["yesterday", "2026-13-01", "0000-00-00"])
def test_a_day_that_is_none_is_said_to_be_one(on, auditor):
    response = client_for(auditor).get(reverse("reference:rules"), {"on": on})

    assert response.status_code == 200
    assert "valid date" in response.content.decode()


def test_a_rule_can_be_linked_to(auditor):
    page = client_for(auditor).get(reverse("reference:rules")).content.decode()

    assert 'id="R-FND-01"' in page


def test_the_page_of_a_model_shows_its_list_prices(auditor, model, at):
    import_list_prices(by=SYSTEM, at=at)
    address = reverse("reference:model", args=[model.public_id])

    page = client_for(auditor).get(address, {"on": "2026-03-02"}).content.decode()

    assert "$2.50" in page
    assert "Input, not cached" in page


def test_a_model_that_does_not_exist_is_not_found(auditor):
    address = reverse("reference:model", args=["mdl_" + "0" * 26])

    assert client_for(auditor).get(address).status_code == 404


def test_a_cor_maps_a_name_on_its_page(cor, model):
    response = submit(
        client_for(cor),
        reverse("reference:map_model_alias"),
        {"source_name": "gpt-4o-latest", "model": model.public_id},
    )

    assert response.status_code == 303
    alias = ModelAlias.objects.get()
    assert (alias.source_name, alias.agency_id) == (
        "gpt-4o-latest",
        cor.organization_id,
    )


def test_the_page_repeats_the_name_that_waits(cor):
    address = reverse("reference:map_model_alias") + "?source_name=gpt-4o-latest"

    assert 'value="gpt-4o-latest"' in client_for(cor).get(address).content.decode()


def test_a_name_that_is_a_snapshot_is_refused_on_its_page(cor, model):
    browser = client_for(cor)

    with nothing_happens():
        response = submit(
            browser,
            reverse("reference:map_model_alias"),
            {"source_name": model.snapshot, "model": model.public_id},
        )

    assert response.status_code == 422
    assert "stands for itself" in response.content.decode()


def test_an_outsider_does_not_see_what_names_mean_elsewhere(
    cor, other_agency_officer, model, at
):
    map_model_alias(
        source_name="our-own-name",
        model_id=model.pk,
        agency_id=cor.organization_id,
        by=cor,
        at=at,
    )
    address = reverse("reference:models")

    assert "our-own-name" in client_for(cor).get(address).content.decode()
    elsewhere = client_for(other_agency_officer).get(address).content.decode()
    assert "our-own-name" not in elsewhere


@pytest.mark.parametrize("page", ["map_model_alias", "import_list_prices"])
def test_who_may_not_change_reference_data_is_told_why(page, program_manager):
    browser = client_for(program_manager)

    with nothing_happens():
        response = submit(browser, reverse(f"reference:{page}"))

    assert response.status_code == 403
    assert "administrator" in response.content.decode()


def test_an_administrator_imports_list_prices_on_the_page(administrator):
    response = submit(
        client_for(administrator), reverse("reference:import_list_prices")
    )

    assert response.status_code == 303
    assert ListPrice.objects.exists()


def test_a_machine_lists_models_page_by_page(reader):
    first = reader.get("/api/v1/models", {"limit": 3}).json()
    second = reader.get(
        "/api/v1/models", {"limit": 200, "cursor": first["page"]["next"]}
    ).json()

    seen = [row["snapshot"] for row in first["data"] + second["data"]]
    assert len(first["data"]) == 3
    assert first["page"]["has_more"]
    assert not second["page"]["has_more"]
    assert sorted(seen) == sorted(AiModel.objects.values_list("snapshot", flat=True))


def test_a_machine_lists_the_token_classes(reader):
    body = reader.get("/api/v1/token-classes").json()

    by_code = {row["code"]: row for row in body["data"]}
    assert len(by_code) == 18
    assert by_code["IN_CACHE_READ"] == {
        "code": "IN_CACHE_READ",
        "label": "Input, read from the cache",
        "direction": "INPUT",
        "cache_action": "READ",
        "cache_ttl": "",
        "modality": "TEXT",
        "phase": "PROMPT",
        "short_names": ["cached_input"],
    }


def test_a_machine_reads_list_prices_as_of_a_day(reader, model, at):
    import_list_prices(by=SYSTEM, at=at)
    address = "/api/v1/list-prices"

    known = reader.get(address, {"on": "2026-03-02", "model": model.snapshot}).json()
    unknown = reader.get(address, {"on": "2026-03-01"}).json()

    prices = {row["token_class"]: row for row in known["data"]}
    assert prices["IN_UNCACHED"]["usd_per_million_tokens"] == "2.500000"
    assert prices["IN_UNCACHED"]["imported_on"] == "2026-03-02"
    assert {row["model"] for row in known["data"]} == {model.snapshot}
    assert unknown["data"] == []


def test_a_day_that_is_none_is_a_problem(reader):
    response = reader.get("/api/v1/models", {"on": "yesterday"})

    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"][0]["pointer"] == "/on"


@pytest.mark.parametrize("address", ["models", "token-classes", "list-prices"])
def test_a_key_without_the_scope_reads_nothing(address, gateway):
    assert Client().get(f"/api/v1/{address}").status_code == 401
    assert key_client(gateway).get(f"/api/v1/{address}").status_code == 403


@pytest.mark.parametrize(
    "table",
    ["aimodel", "threshold", "clause", "rule", "listprice", "tokenclass", "counter"],
)
def test_the_operator_has_a_window_and_no_door(table, administrator):
    operator = User.objects.create_superuser("root@example.test", "x", name="Root")
    browser = Client()
    browser.force_login(operator)

    listed = browser.get(reverse(f"admin:reference_{table}_changelist"))
    added = browser.get(reverse(f"admin:reference_{table}_add"))

    assert listed.status_code == 200
    assert added.status_code == 403
