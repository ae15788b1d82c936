"""Questions, answers and amendments are only ever added; states move along their table."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("solicitations", "0001_initial"),
    ]

    operations = [
        append_only("solicitations_question"),
        append_only("solicitations_answer"),
        append_only("solicitations_answerrelease"),
        append_only("solicitations_answerrelease_answers"),
        append_only("solicitations_amendment"),
    ]
