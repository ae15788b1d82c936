"""The template that every agency starts with: tokens of language models."""

from __future__ import annotations

NAME = "Tokens of language models, commercial"
SUMMARY = (
    "A first package for AI bought by the token: AI terms, evaluation factors and "
    "commercial clauses. Objectives, lines and workload come from the need."
)

AI_TERMS = """\
1. Token. A token is one unit that the tokenizer named on the rate row produces. Each \
token is counted in exactly one class, and only in a request that succeeded.
2. Tokenizer and model. The vendor names the tokenizer and the dated snapshot of each \
model it serves. Neither is changed under the same name; a retirement is announced 180 \
days ahead.
3. Price. Each line is priced in dollars per million tokens. Nothing else is charged for \
use, and no minimum number of tokens is charged for a request.
4. Data. Prompts, answers and what is derived from them belong to the Government. They \
are not used for training, are not read by people without written consent, and are \
deleted within 30 days, except what law requires to be kept.
5. Disclosure. The vendor discloses routing, filters and system prompts that stand \
between the request and the model, and every change of them before it takes effect.
6. Usage reports. For each day of use the vendor reports, within three days, each request \
with its instant, model, snapshot and tokens by class. Payment rests on what both sides \
have counted.
7. Limits. When the tokens or dollars of an order are used up, requests are refused \
rather than charged."""

IMPORTANCE = (
    "The factors other than price are listed in descending order of importance. "
    "Together they are more important than price."
)

FACTORS = (
    (
        "Technical approach",
        "How the service meets the objectives: the models offered, the boundary in "
        "which they run, their availability and their limits.",
        False,
    ),
    (
        "Measurement and reporting",
        "How tokens are counted, how usage is reported by request, and how far the "
        "count can be audited.",
        False,
    ),
    (
        "Data protection",
        "How agency data is kept apart, protected and deleted.",
        False,
    ),
    (
        "Price",
        "The total of all lines on the published reference workload.",
        True,
    ),
)


def content(clauses):
    """The template as rows keep one.

    :param clauses: those that a solicitation carries, as historical models
    """
    return {
        "terms": {
            "statement_of_objectives": "",
            "naics": "518210",
            "size_standard": "$40.0 million",
            "psc": "DA10",
            "importance": IMPORTANCE,
            "ai_terms": AI_TERMS,
            "time_zone": "",
            "offer_valid_days": None,
            "procedure": "COMMERCIAL",
            "required_attachments": [],
        },
        "lines": [],
        "factors": [
            {
                "position": position,
                "name": name,
                "description": description,
                "is_price": is_price,
            }
            for position, (name, description, is_price) in enumerate(FACTORS, start=1)
        ],
        "clauses": [
            {
                "number": clause.number,
                "title": clause.title,
                "valid_from": clause.valid_from.isoformat(),
            }
            for clause in clauses
        ],
    }
