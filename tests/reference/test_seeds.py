"""What every installation starts with, and the list of all rules of the trade."""

import csv
import re
from collections import Counter

import pytest

from contracting.core.doors import words_of
from contracting.reference.models import AiModel, Rule, Threshold
from contracting.reference.states import Boundary
from tests.architecture.tree import ROOT

RULES = ROOT / "docs" / "reference" / "rules.csv"
FAMILIES = {
    "R-ROL": 10,
    "R-SOL": 13,
    "R-SUB": 12,
    "R-EVL": 10,
    "R-AWD": 10,
    "R-FND": 12,
    "R-TO": 13,
    "R-MOD": 11,
    "R-OPT": 6,
    "R-MET": 10,
    "R-REC": 5,
    "R-INV": 7,
    "R-PAY": 7,
    "R-AI": 4,
    "R-CLO": 4,
    "R-AUD": 3,
}


def listed():
    with RULES.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_list_names_every_rule_of_the_trade_once():
    names = [row["rule"] for row in listed()]

    assert Counter(names).most_common(1)[0][1] == 1
    assert set(names) == {
        f"{family}-{n:02d}"
        for family, count in FAMILIES.items()
        for n in range(1, count + 1)
    }


def test_each_rule_has_a_stage_and_a_sentence():
    for row in listed():
        assert row["stage"] in set("ABCDE")
        assert row["sentence"].endswith("."), row["rule"]


@pytest.mark.django_db
def test_what_is_enforced_now_has_words_for_whoever_is_refused(at):
    enforced = {row["rule"] for row in listed() if row["stage"] == "A"}
    sentences = {row["rule"]: row["sentence"] for row in listed()}

    worded = {rule.rule_id: rule.sentence for rule in Rule.objects.in_force(at.date())}
    assert enforced <= set(worded)
    assert worded == {rule_id: sentences[rule_id] for rule_id in worded}
    for rule_id in worded:
        words = words_of(rule_id, at)
        assert words is not None
        assert words.lift.endswith(".")
        assert words.citation


@pytest.mark.django_db
def test_every_model_can_be_priced_and_ordered():
    for model in AiModel.objects.select_related("tokenizer"):
        assert re.fullmatch(r"mdl_[0-9a-z]{26}", model.public_id)
        assert set(model.boundaries) <= set(Boundary.values)
        assert model.tokenizer.code
        assert model.context_tokens >= model.max_output_tokens


@pytest.mark.django_db
def test_every_number_has_a_basis():
    assert not Threshold.objects.filter(citation="").exists()
    assert Threshold.objects.count() > 40
