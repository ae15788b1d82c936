"""What an administrator says about who reviews what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.states import ReviewField, Role
from contracting.approvals.calculations import Paragraph
from contracting.approvals.operations.adopt import StepTerms
from contracting.approvals.states import LONGEST_REMARK, MOST_REMARKS, Need, Remark

KINDS = (
    ("solicitation", "Solicitations"),
    ("task_order", "Task orders"),
    ("ratification", "Ratifications of use beyond the funds"),
)
"""What is submitted for a review; a policy of another kind would route nothing."""


ESCALATED_TO = (
    Role.CONTRACTING_OFFICER,
    Role.CONTRACT_SPECIALIST,
    Role.PROGRAM_MANAGER,
    Role.ADMINISTRATOR,
)

HOW_MANY = (
    (Need.ANY, "any one"),
    *((str(number), f"{number} of them") for number in range(2, 6)),
    (Need.ALL, "all"),
)


class ReviewForm(forms.Form):
    """A decision on the version that was read, with comments by paragraph.

    A comment is kept under the place and the words of its paragraph. Where those have
    changed while the page was open, it is put with the reasons, so that it is not lost.
    """

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, paragraphs: Sequence[Paragraph] = (), **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.paragraphs = {each.key: each for each in paragraphs[:MOST_REMARKS]}
        for key, each in self.paragraphs.items():
            self.fields[key] = forms.CharField(
                label=f"Your comment on: {each.place}",
                required=False,
                max_length=LONGEST_REMARK,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """The decision and its reasons."""
        return [each for each in self.visible_fields() if not self._is_remark(each)]

    @property
    def remark_rows(self) -> list[tuple[Paragraph, forms.BoundField]]:
        """Each paragraph with the field for a comment on it."""
        return [(each, self[key]) for key, each in self.paragraphs.items()]

    @property
    def has_remarks(self) -> bool:
        """Whether something was written on a paragraph already."""
        return any(bound.value() for _paragraph, bound in self.remark_rows)

    def _is_remark(self, bound: forms.BoundField) -> bool:
        return bound.name in self.paragraphs

    def clean(self) -> dict[str, Any]:
        """The comments, as the verb takes them."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["remarks"] = [
            Remark(each.place, each.passage, words)
            for key, each in self.paragraphs.items()
            if (words := (cleaned.pop(key, "") or "").strip())
        ]
        return cleaned

    def keep_orphans(self) -> None:
        """Put comments whose paragraph is gone with the reasons, on a moved version."""
        data = dict(self.data.items())
        lost = [
            str(words).strip()
            for key, words in data.items()
            if key.startswith("on_") and key not in self.paragraphs and words.strip()
        ]
        if lost:
            said = str(data.get("comment", "")).strip()
            said = "\n\n".join(part for part in (said, *lost) if part)
            data["comment"] = said
        self.data = data


class Day(forms.DateInput):
    """A calendar day, with the browser's own picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PolicyForm(forms.Form):
    """Which reviewers are asked, and in which order."""

    kind = forms.ChoiceField(label="Reviews", choices=KINDS)
    title = forms.CharField(
        max_length=120, help_text="For example: Review of every task order."
    )
    min_value = forms.DecimalField(
        label="From this value on, US dollars",
        max_digits=18,
        decimal_places=2,
        min_value=0,
        initial=0,
        help_text=(
            "Of the policies in force, the one with the highest value that is not "
            "above the document's applies."
        ),
    )
    valid_from = forms.DateField(
        label="First day", widget=Day, help_text="Open reviews keep their steps."
    )
    valid_to = forms.DateField(
        label="Last day",
        widget=Day,
        required=False,
        help_text="Left empty: until further notice.",
    )

    working_days = forms.IntegerField(
        label="Working days for each step",
        required=False,
        min_value=1,
        max_value=120,
        help_text="Federal working days. Left empty: no limit, nobody is reminded.",
    )
    escalates_to = forms.ChoiceField(
        label="Who is told when they are over",
        choices=[(role.value, str(role.label).capitalize()) for role in ESCALATED_TO],
        required=False,
        help_text="They are told, once; the reviewer still decides.",
    )
    is_independent = forms.BooleanField(
        label="Each reviewer decides without seeing what the others said",
        required=False,
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in ReviewField:
            name = f"{str(field.label).capitalize()} reviewer"
            self.fields[field.lower()] = forms.IntegerField(
                label=f"{name}: place in the order",
                required=False,
                min_value=1,
                max_value=9,
            )
            self.fields[f"{field.lower()}_need"] = forms.ChoiceField(
                label=f"{name}: how many of them", choices=HOW_MANY, required=False
            )
            self.fields[f"{field.lower()}_looks_at"] = forms.CharField(
                label=f"{name}: terms they look at", required=False, max_length=200
            )

    @property
    def step_fields(self) -> set[str]:
        """The names of the fields that stand in the table of steps."""
        parts = ("", "_need", "_looks_at")
        return {f"{field.lower()}{part}" for field in ReviewField for part in parts}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The table of steps: one row for each field of review."""
        return [
            {
                "name": str(field.label).capitalize(),
                "cells": [
                    self[field.lower()],
                    self[f"{field.lower()}_need"],
                    self[f"{field.lower()}_looks_at"],
                ],
            }
            for field in ReviewField
        ]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """The fields above the table."""
        return [field for field in self if field.name not in self.step_fields]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        begins, ends = cleaned.get("valid_from"), cleaned.get("valid_to")
        if begins and ends and ends < begins:
            self.add_error("valid_to", "The last day is before the first.")
        cleaned["steps"] = self.steps()
        if not self.errors and not cleaned["steps"]:
            self.add_error(None, "Say which reviewers are asked, and in which order.")
        return cleaned

    def steps(self) -> list[StepTerms]:
        """The steps that were asked for."""
        data = self.cleaned_data
        return [
            StepTerms(
                position=data[field.lower()],
                role=Role.REVIEWER,
                review_field=field,
                **_needed(data.get(f"{field.lower()}_need") or ""),
                working_days=data.get("working_days"),
                escalates_to=data.get("escalates_to") or Role.CONTRACTING_OFFICER,
                looks_at=_words(data.get(f"{field.lower()}_looks_at") or ""),
                is_independent=data.get("is_independent", False),
            )
            for field in ReviewField
            if data.get(field.lower())
        ]


def _needed(choice: str) -> dict[str, Any]:
    """Any one of them, all, or as many as the number says."""
    if choice.isdecimal():
        return {"need": Need.N, "needed": int(choice)}
    return {"need": Need.ALL if choice == Need.ALL else Need.ANY}


def _words(text: str) -> tuple[str, ...]:
    return tuple(word[:40] for part in text.split(",") if (word := part.strip()))
