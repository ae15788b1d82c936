"""What prescribes a clause: value, procedure and set-aside, each with its reason."""

from datetime import date

from django.db import migrations

from contracting.core.triggers import append_only

START = date(2023, 10, 1)
CLAUSES = (
    (
        "52.204-10",
        "Reporting Executive Compensation and First-Tier Subcontract Awards",
        "The vendor reports its first-tier subcontracts and, where the conditions hold, the pay of its executives.",
        ["SOLICITATION"],
    ),
    (
        "52.219-6",
        "Notice of Total Small Business Set-Aside",
        "Only offers of small businesses are considered.",
        [],
    ),
    (
        "52.219-9",
        "Small Business Subcontracting Plan",
        "A vendor that is no small business plans how much of its subcontracts go to small businesses, and reports on it.",
        [],
    ),
)
COMMERCIAL = "COMMERCIAL"
IDIQ = "its quantity is indefinite"
ALWAYS = "every contract carries it"
TOKENS = "it buys by the token"
ROWS = (
    # number, above, procedure, set aside, reason, citation, regime
    ("52.212-1", "", COMMERCIAL, None, "", "FAR 12.301(b)(1)", "FAR"),
    ("52.212-2", "", COMMERCIAL, None, "", "FAR 12.301(c)", "FAR"),
    ("52.212-3", "", COMMERCIAL, None, "", "FAR 12.301(b)(2)", "FAR"),
    ("52.212-4", "", COMMERCIAL, None, "", "FAR 12.301(b)(3)", "FAR"),
    ("52.212-5", "", COMMERCIAL, None, "", "FAR 12.301(b)(4)", "FAR"),
    ("52.216-18", "", "", None, IDIQ, "FAR 16.506(a)", "FAR"),
    ("52.216-19", "", "", None, IDIQ, "FAR 16.506(b)", "FAR"),
    ("52.216-22", "", "", None, IDIQ, "FAR 16.506(e)", "FAR"),
    (
        "52.232-33",
        "",
        "",
        None,
        "it is paid electronically",
        "FAR 32.1110(a)(1)",
        "FAR",
    ),
    ("52.232-39", "", "", None, ALWAYS, "FAR 32.706-3", "FAR"),
    ("52.232-40", "", "", None, ALWAYS, "FAR 32.009-2", "FAR"),
    ("52.204-10", "SUBAWARD_REPORTING", "", None, "", "FAR 4.1403(a)", "FAR"),
    (
        "52.219-6",
        "",
        "",
        True,
        "it is set aside for small business",
        "FAR 19.507(c)",
        "FAR",
    ),
    (
        "52.219-9",
        "SUBCONTRACTING_PLAN",
        "",
        False,
        "everybody may compete",
        "FAR 19.708(b)(1)",
        "FAR",
    ),
    ("TOK-1", "", "", None, TOKENS, "agency clause", "AGENCY"),
    ("TOK-2", "", "", None, TOKENS, "agency clause", "AGENCY"),
    ("TOK-3", "", "", None, TOKENS, "agency clause", "AGENCY"),
    ("TOK-4", "", "", None, TOKENS, "agency clause", "AGENCY"),
    ("TOK-5", "", "", None, TOKENS, "agency clause", "AGENCY"),
)


def seed(apps, schema_editor):
    Clause = apps.get_model("reference", "Clause")
    for number, title, summary, papers in CLAUSES:
        Clause.objects.create(
            number=number,
            title=title,
            summary=summary,
            is_provision=False,
            required_for=papers,
            regime="FAR",
            valid_from=START,
        )
    Prescription = apps.get_model("reference", "Prescription")
    names = (
        "clause_number",
        "above",
        "procedure",
        "is_set_aside",
        "reason",
        "citation",
        "regime",
    )
    for row in ROWS:
        Prescription.objects.create(
            valid_from=START, **dict(zip(names, row, strict=True))
        )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0006_attachment_kinds"),
    ]

    operations = [
        append_only("reference_prescription", may_set_once=["valid_to"]),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
