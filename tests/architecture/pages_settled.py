"""The pages on which differences, credits and months are dealt with."""

from tests.architecture.page import Page, of_file

SETTLING = of_file("browser/test_settle_without_javascript")
DISPUTED = of_file("disputes/test_doors")
RECOUNTED = of_file("recounts/test_doors")
MONTHS = of_file("periods/test_doors")
CREDITED = of_file("billing/test_record_credit")
EVIDENCE = of_file("evidence/test_doors")
GATHERING = of_file("browser/test_evidence_without_javascript")
PAID = of_file("payments/test_doors")
EXPORTED = of_file("payments/test_export_payments")
SHARED = of_file("allocations/test_set_allocation")

SETTLED = (
    Page(
        "What is disputed, and what is due next?",
        (
            "disputes:disputes",
            "disputes:dispute",
            "disputes:open_dispute",
            "disputes:answer_dispute",
            "disputes:decide_dispute",
            "disputes:charge_claim",
        ),
        answer=f"{DISPUTED}a_dispute_from_the_question_to_the_letter",
        empty=f"{DISPUTED}a_dispute_from_the_question_to_the_letter",
        error=f"{DISPUTED}a_sample_that_is_no_file_of_lines_comes_back",
        closed=f"{DISPUTED}no_page_of_it_is_there_for_an_outsider",
        acted=f"{SETTLING}a_dispute_goes_from_the_question_to_the_decision",
        plain=f"{SETTLING}a_dispute_goes_from_the_question_to_the_decision",
    ),
    Page(
        "What do vendors owe back, and what of it is open?",
        (
            "billing:credits",
            "billing:credit",
            "billing:record_credit",
            "billing:cancel_credit",
            "payments:demand_refund",
            "payments:return_refund",
            "payments:waive_credit",
            "payments:debt_interest",
            "payments:record_debt_interest",
            "payments:waive_debt_interest",
        ),
        answer=f"{CREDITED}the_pages_show_record_and_cancel_a_credit",
        empty=f"{CREDITED}the_pages_show_record_and_cancel_a_credit",
        error=f"{CREDITED}the_pages_show_record_and_cancel_a_credit",
        closed=f"{CREDITED}a_credit_does_not_exist_for_outsiders",
        acted=f"{SETTLING}a_credit_is_recorded_and_what_is_open_is_cancelled",
        plain=f"{SETTLING}a_credit_is_recorded_and_what_is_open_is_cancelled",
    ),
    Page(
        "What is owed to vendors, and by when?",
        (
            "payments:payments",
            "payments:payment",
            "payments:certify_payment",
            "payments:record_payment",
        ),
        answer=f"{PAID}the_list_says_what_is_owed_and_when",
        empty=f"{PAID}who_owes_nothing_is_told_what_would_appear",
        error=f"{PAID}a_form_without_its_word_or_trace_number_comes_back",
        closed=f"{PAID}for_an_outsider_there_is_no_such_payment",
        acted=f"{SETTLING}a_payment_is_certified_handed_over_and_recorded",
        plain=f"{SETTLING}a_payment_is_certified_handed_over_and_recorded",
    ),
    Page(
        "Which batches were handed to the finance system?",
        (
            "payments:payment_exports",
            "payments:export_payments",
            "payments:import_payment_status",
        ),
        answer=f"{EXPORTED}the_pages_write_and_hand_over_a_batch",
        empty=f"{EXPORTED}before_the_first_batch_the_page_says_what_one_is",
        error=f"{EXPORTED}an_answer_that_cannot_be_read_comes_back_with_its_row",
        closed=f"{EXPORTED}who_is_not_of_finance_is_told_why_and_strangers_nothing",
        acted=f"{SETTLING}a_payment_is_certified_handed_over_and_recorded",
        plain=f"{SETTLING}a_payment_is_certified_handed_over_and_recorded",
    ),
    Page(
        "Whose is what was invoiced in a month?",
        ("allocations:allocation", "allocations:set_allocation"),
        answer=f"{SHARED}the_page_shows_each_share_and_the_file_adds_up",
        empty=f"{SHARED}an_empty_month_and_a_wrong_one_are_said",
        error=f"{SHARED}the_page_shows_each_share_and_the_file_adds_up",
        closed=f"{SHARED}who_may_read_and_not_set_is_told_why_and_strangers_find_nothing",
        acted=f"{SETTLING}a_month_is_shared_out_among_offices",
        plain=f"{SETTLING}a_month_is_shared_out_among_offices",
    ),
    Page(
        "Is more reported than the text has?",
        (
            "recounts:recounts",
            "recounts:recount",
            "recounts:adopt_recount_plan",
            "recounts:end_recount_plan",
        ),
        answer=f"{RECOUNTED}what_the_samples_say_is_read_with_its_plots_and_its_file",
        empty=f"{RECOUNTED}what_the_samples_say_is_read_with_its_plots_and_its_file",
        error=f"{RECOUNTED}a_plan_is_ended_with_its_key_and_the_vendor_sees_the_sample",
        closed=f"{RECOUNTED}a_colleague_is_told_why_not_and_an_outsider_finds_nothing",
        acted=f"{SETTLING}a_recount_is_planned_and_ended_with_its_key",
        plain=f"{SETTLING}a_recount_is_planned_and_ended_with_its_key",
    ),
    Page(
        "Is this month complete, and who has signed it off?",
        (
            "periods:periods",
            "periods:order_periods",
            "periods:entry",
            "periods:sign_off_period",
            "periods:close_period",
        ),
        answer=f"{MONTHS}a_month_goes_from_open_to_closed_and_back_on_its_pages",
        empty=f"{MONTHS}an_agency_without_months_is_told_what_they_are",
        error=f"{MONTHS}a_refusal_stays_in_the_form_and_loses_nothing",
        closed=f"{MONTHS}an_outsider_finds_no_month",
        acted=f"{SETTLING}a_month_is_signed_off_by_two_and_closed",
        plain=f"{SETTLING}a_month_is_signed_off_by_two_and_closed",
    ),
    Page(
        "What has been gathered of this contract, and what can be?",
        (
            "evidence:evidence",
            "evidence:build_pack",
            "evidence:release_copy",
            "evidence:bundle_documents",
            "evidence:bundle_solicitation_documents",
            "evidence:archive",
        ),
        answer=f"{EVIDENCE}the_evidence_is_asked_for_watched_and_downloaded",
        empty=f"{EVIDENCE}the_evidence_is_asked_for_watched_and_downloaded",
        error=f"{EVIDENCE}papers_are_chosen_on_a_list",
        closed=f"{EVIDENCE}an_outsider_finds_nothing",
        acted=f"{GATHERING}an_auditor_gathers_the_evidence_of_a_contract",
        plain=f"{GATHERING}an_auditor_gathers_the_evidence_of_a_contract",
    ),
)
