"""Files of usage are mapped, imported and looked at, without a script."""

from contracting.metering.models import UsageSource, UsageUpload
from tests.browser.pages import look
from tests.builders_metering import DELIVERED_AT, MODEL, event, ingested
from tests.builders_orders import issued_order
from tests.cast import days
from tests.metering.files import counted

HOUR = days(1) / 24
HEAD = "id,at,order,in,out\n"


def rows(order, number):
    """A file of so many calls, and a row that cannot be read."""
    at = "2026-04-20T14:00:00Z"
    calls = [f"file-{n},{at},{order.public_id},3,1\n" for n in range(number)]
    return "".join([HEAD, *calls, "file-x,yesterday,,1,1\n"])


def test_columns_are_mapped_and_a_file_is_imported(stage, tmp_path):
    order = issued_order()
    source = ingested(event("mapped", order=order)).batch.source
    stage.at(DELIVERED_AT + HOUR)
    file = tmp_path / "april.csv"
    file.write_text(rows(order, 4))

    # Given the columns of a source, which are mapped on the first lines of a file
    screen = stage.see("cor", "metering:map_columns", source.public_id)
    screen.main.locator('[name="file"]').set_input_files(file)
    screen.press("Read these lines")
    screen.choose(
        column_0="field:event_id",
        column_1="field:time",
        column_2="field:order_id",
        column_3="count:IN_UNCACHED",
        column_4="count:OUT_TEXT",
    )
    screen.fill(all_model=MODEL, all_boundary="FEDRAMP_MOD")
    screen.press("Show how it is read")
    assert "file-3" in screen.main.inner_text()
    assert "Would be rejected" in screen.main.inner_text()
    screen.press("Save the mapping")
    assert source.label in screen.heading()

    # When the file is imported
    screen.follow("Import a file")
    screen.choose(format="csv")
    screen.main.locator('[name="file"]').set_input_files(file)
    screen.press("Import the file")
    assert "0 of 5 rows" in screen.main.inner_text()

    # Then its page says what came of each row once it is counted
    counted(UsageUpload.objects.get())
    screen.follow("Look again")
    assert "All 5 rows have a verdict: 4 accepted" in screen.answer()
    assert "/6/time" in screen.main.inner_text()


def test_an_event_is_tested(stage):
    order = issued_order()
    ingested(event("tested", order=order))
    stage.at(DELIVERED_AT + HOUR)

    screen = stage.see("cor", "metering:integrations")
    screen.follow("Test an event")
    screen.press("Check these rows")

    assert "1 of 1 row would be accepted. Nothing was counted." in screen.answer()


def test_the_pages_of_files_have_no_barriers(stage, axe):
    order = issued_order()
    batch = ingested(event("seen", order=order), event("x", order="unknown")).batch
    source = UsageSource.objects.get(pk=batch.source_id)
    stage.at(DELIVERED_AT + HOUR)

    for route, *ids in (
        ("metering:source", source.public_id),
        ("metering:batches", source.public_id),
        ("metering:batch", batch.public_id),
        ("metering:map_columns", source.public_id),
        ("metering:upload_usage",),
        ("metering:integrations",),
        ("metering:check_usage",),
    ):
        screen = stage.see("cor", route, *ids, script=True)
        assert look(screen.visitor, axe) == [], route
