"""The inventory of pages: their questions, routes, and the tests of each state."""

from tests.architecture.page import Absent, Page
from tests.architecture.page import of_file as _in
from tests.architecture.pages_settled import SETTLED

WORK = _in("browser/test_work_without_javascript")
DRAFTING = _in("browser/test_drafting")
HOME = _in("desk/test_home")
NEEDS = _in("requisitions/test_doors")
PACKAGES = _in("solicitations/test_doors")
OFFERS = _in("submissions/test_doors")
DRAFTS = _in("proposals/test_doors")
PANEL = _in("evaluations/test_doors")
MATRIX = _in("evaluations/test_pages")
AWARD = _in("contracts/test_award_page")
CONTRACT = _in("contracts/test_administration")
ORDERS = _in("orders/test_doors")
CHANGES = _in("modifications/test_doors")
FUNDS = _in("ledger/test_doors")
CLOSING = _in("closeout/test_doors")
REVIEW = _in("orders/test_review_page")
ADMINISTER = _in("browser/test_administer_without_javascript")

VERIFIED = _in("verification/test_answers")
VERIFYING = _in("browser/test_verifying")
USAGE = _in("browser/test_usage_without_javascript")
EXPLORER = _in("metering/test_explorer")
FEEDS = _in("metering/test_feeds")
FILES = _in("browser/test_files_without_javascript")
UPLOADS = _in("metering/test_upload_pages")
INTEGRATIONS = _in("metering/test_integrations")
TOLD = _in("browser/test_webhooks_without_javascript")
BURNING = _in("desk/test_burn_down")
COUNTED = _in("reconciliation/test_counts")
COUNTING = _in("browser/test_counts_without_javascript")
RULES = _in("watch/test_set_alert_rule")
IN_FORCE = _in("reference/test_in_force")

PACKAGE_WALK = f"{WORK}a_package_is_written_reviewed_and_released_with_few_inputs"
PROPOSAL_WALK = f"{WORK}a_proposal_is_written_and_submitted_with_few_inputs"
PANEL_WALK = f"{WORK}ratings_are_locked_and_the_panel_agrees"
OUTSIDERS = f"{HOME}nobody_outside_reads_anything_of_an_agency_or_a_vendor"
SENDS_NOTHING = Absent("it shows what is so now, and sends nothing")

PAGES = (
    Page(
        "What needs me now?",
        ("desk:home",),
        answer=f"{WORK}whoever_has_something_to_do_begins_with_the_first_thing",
        empty=f"{HOME}an_empty_desk_answers_and_says_what_happens_next",
        error=SENDS_NOTHING,
        closed=OUTSIDERS,
        acted=f"{_in('browser/test_at_the_keyboard')}a_desk_is_complete_on_a_phone",
        plain=f"{WORK}whoever_has_something_to_do_begins_with_the_first_thing",
    ),
    Page(
        "Is this ready to buy?",
        ("requisitions:requisition", "requisitions:estimate_workload"),
        answer=f"{WORK}a_need_leads_to_its_next_open_task",
        empty=f"{NEEDS}the_list_is_helpful_when_it_is_empty",
        error=f"{NEEDS}rows_that_cannot_be_right_stay_in_the_form",
        closed=f"{NEEDS}an_outsider_finds_nothing",
        acted=f"{WORK}a_need_leads_to_its_next_open_task",
        plain=f"{WORK}a_need_leads_to_its_next_open_task",
    ),
    Page(
        "How many tokens of which class, with what range?",
        ("requisitions:build_estimate",),
        answer=f"{NEEDS}an_estimate_is_built_and_shown_with_what_it_hangs_on",
        empty=f"{NEEDS}an_example_is_copied_without_a_model_and_says_that_it_is_one",
        error=f"{NEEDS}a_wrong_workload_is_named_by_its_row_and_field",
        closed=f"{NEEDS}a_colleague_is_told_why_not_and_an_outsider_finds_nothing",
        acted=f"{WORK}an_estimate_is_saved",
        plain=f"{WORK}an_estimate_is_saved",
    ),
    Page(
        "What is still missing to publish?",
        (
            "solicitations:solicitation",
            "solicitations:draft_solicitation",
            "solicitations:edit_terms",
            "solicitations:edit_publication",
            "solicitations:edit_lines",
            "solicitations:edit_factors",
            "solicitations:edit_clauses",
            "solicitations:edit_limits",
            "solicitations:edit_options",
        ),
        answer=f"{_in('solicitations/test_redline')}"
        "the_tasks_of_the_editor_say_what_is_missing_in_each",
        empty=f"{_in('solicitations/test_use_template')}"
        "a_package_is_started_from_the_template_that_came_along",
        error=f"{PACKAGES}a_deadline_without_its_time_stays_in_the_form",
        closed=f"{PACKAGES}an_outsider_finds_no_working_page",
        acted=PACKAGE_WALK,
        plain=PACKAGE_WALK,
    ),
    Page(
        "Who still has to approve what, and what changed since?",
        ("solicitations:review_solicitation", "solicitations:submit_solicitation"),
        answer=f"{_in('solicitations/test_review')}"
        "a_reviewer_sees_what_changed_since_they_decided",
        empty=f"{PACKAGES}a_draft_says_what_is_needed_and_that_nobody_reviews_it_yet",
        error=f"{PACKAGES}an_editor_is_warned_that_saving_voids_the_review",
        closed=f"{_in('solicitations/test_review')}an_outsider_decides_nothing",
        acted=PACKAGE_WALK,
        plain=PACKAGE_WALK,
    ),
    Page(
        "Is everything right before it is public?",
        ("solicitations:release_solicitation",),
        answer=f"{_in('solicitations/test_redline')}"
        "the_publish_check_lists_every_point_with_its_change",
        empty=Absent("a package has something to check"),
        error=f"{PACKAGES}a_release_page_lists_what_is_missing",
        closed=f"{PACKAGES}who_may_see_and_not_do_is_told_why",
        acted=PACKAGE_WALK,
        plain=PACKAGE_WALK,
    ),
    Page(
        "What do vendors ask, and is the date still right?",
        (
            "solicitations:questions",
            "solicitations:release_answers",
            "solicitations:amend_solicitation",
        ),
        answer=f"{WORK}answers_are_released_to_everybody",
        empty=f"{PACKAGES}a_vendor_asks_and_everybody_is_answered_in_the_browser",
        error=f"{_in('solicitations/test_amend_page')}"
        "an_amendment_page_refuses_what_the_verb_refuses",
        closed=f"{PACKAGES}an_outsider_finds_no_working_page",
        acted=f"{WORK}answers_are_released_to_everybody",
        plain=f"{WORK}answers_are_released_to_everybody",
    ),
    Page(
        "May the box be opened now, and by whom?",
        ("submissions:opening", "submissions:open_submissions"),
        answer=f"{OFFERS}two_people_open_from_their_pages",
        empty=f"{_in('submissions/test_open')}an_empty_box_is_opened_too",
        error=f"{OFFERS}before_the_deadline_the_opening_is_refused_with_its_rule",
        closed=f"{OFFERS}the_opening_does_not_exist_for_outsiders",
        acted=f"{WORK}two_openers_open_the_offers",
        plain=f"{WORK}two_openers_open_the_offers",
    ),
    Page(
        "How do the proposals compare, factor by factor?",
        ("evaluations:offers", "evaluations:offer"),
        answer=f"{MATRIX}the_matrix_names_what_is_unscored_and_by_whom",
        empty=f"{MATRIX}before_the_opening_prices_and_offers_are_empty_pages",
        error=f"{PANEL}a_rating_without_words_is_refused_and_kept_in_the_form",
        closed=f"{PANEL}an_evaluation_does_not_exist_for_outsiders",
        acted=PANEL_WALK,
        plain=PANEL_WALK,
    ),
    Page(
        "Is this the paper of record, and is it still in force?",
        ("verification:verify", "verification:answer"),
        answer=f"{VERIFIED}a_public_paper_is_told_in_full_to_everybody",
        empty=f"{VERIFIED}an_unknown_hash_is_not_known_and_not_to_be_relied_on",
        error=f"{VERIFIED}no_file_is_an_error_that_says_what_to_do",
        closed=f"{VERIFIED}of_any_other_paper_a_stranger_reads_one_sentence",
        acted=f"{VERIFYING}a_file_is_verified_without_a_script_and_with_one",
        plain=f"{VERIFYING}a_file_is_verified_without_a_script_and_with_one",
    ),
    Page(
        "Is each price fair?",
        ("evaluations:price", "evaluations:analyse_price"),
        answer=f"{_in('evaluations/test_price_page')}"
        "the_page_says_up_to_which_use_who_is_cheapest",
        empty=f"{MATRIX}before_the_opening_prices_and_offers_are_empty_pages",
        error=f"{PANEL}a_flag_without_a_memo_is_refused_with_its_rule",
        closed=f"{PANEL}evaluators_see_prices_once_they_have_agreed",
        acted=f"{WORK}prices_are_analysed",
        plain=f"{WORK}prices_are_analysed",
    ),
    Page(
        "Is everything in place to bind the Government?",
        ("contracts:award_contract",),
        answer=f"{AWARD}everything_in_place_is_said_and_signed_without_javascript",
        empty=Absent("an award is drafted before it is signed"),
        error=f"{AWARD}what_is_missing_explains_itself_and_leads_there",
        closed=f"{AWARD}nobody_without_a_warrant_gets_to_the_signature",
        acted=f"{WORK}an_award_is_signed",
        plain=f"{WORK}an_award_is_signed",
    ),
    Page(
        "Is this contract healthy?",
        ("contracts:contract",),
        answer=f"{CONTRACT}the_home_of_a_contract_says_what_is_used_and_left",
        empty=f"{CONTRACT}a_new_contract_says_how_usage_begins",
        error=f"{CONTRACT}a_silent_gateway_is_said_before_anything_else",
        closed=f"{_in('contracts/test_doors')}an_outsider_finds_no_contract",
        acted=f"{ADMINISTER}the_home_of_a_contract_leads_to_a_modification",
        plain=f"{ADMINISTER}the_home_of_a_contract_leads_to_a_modification",
    ),
    Page(
        "What is to be done on this contract, and by when?",
        ("contracts:administration",),
        answer=f"{CONTRACT}the_list_has_what_every_stage_waits_for",
        empty=f"{CONTRACT}nothing_to_do_is_an_answer_too",
        error=f"{CONTRACT}what_is_overdue_is_said_first",
        closed=f"{CONTRACT}who_may_not_see_the_contract_finds_no_list",
        acted=f"{ADMINISTER}the_list_of_what_is_to_be_done_leads_there",
        plain=f"{ADMINISTER}the_list_of_what_is_to_be_done_leads_there",
    ),
    Page(
        "What exactly changes, in words, money and tokens?",
        (
            "modifications:modification",
            "modifications:issue_contract_modification",
            "orders:modification",
            "orders:issue_modification",
            "orders:rebase_modification",
        ),
        answer=f"{CHANGES}a_modification_goes_from_draft_to_both_signatures_in_the_browser",
        empty=f"{CHANGES}a_modification_goes_from_draft_to_both_signatures_in_the_browser",
        error=f"{CHANGES}a_draft_that_was_overtaken_shows_both_texts",
        closed=f"{CHANGES}an_outsider_finds_nothing",
        acted=f"{ADMINISTER}a_modification_is_read_and_signed",
        plain=f"{ADMINISTER}a_modification_is_read_and_signed",
    ),
    Page(
        "What blocks closing?",
        ("closeout:close_out_order", "closeout:close_out_contract"),
        answer=f"{CLOSING}an_order_is_completed_and_closed_out_on_the_pages",
        empty=Absent("what is closed out was ordered before"),
        error=f"{CLOSING}each_thing_in_the_way_stands_there_with_its_rule_and_no_button",
        closed=f"{CLOSING}for_an_outsider_there_is_nothing_to_close",
        acted=f"{ADMINISTER}what_is_complete_is_closed_out",
        plain=f"{ADMINISTER}what_is_complete_is_closed_out",
    ),
    Page(
        "What changes for us?",
        (
            "modifications:sign_contract_modification",
            "modifications:request_modification_changes",
            "orders:sign_modification",
        ),
        answer=f"{ORDERS}the_vendor_signs_a_supplemental_agreement_in_the_browser",
        empty=Absent("a modification changes something"),
        error=f"{_in('modifications/test_sign')}"
        "nobody_signs_what_was_not_read_or_is_overtaken",
        closed=f"{_in('modifications/test_sign')}an_outsider_signs_nothing",
        acted=f"{ADMINISTER}a_vendor_reads_what_changes_and_signs",
        plain=f"{ADMINISTER}a_vendor_reads_what_changes_and_signs",
    ),
    Page(
        "What must I decide, oldest first?",
        ("approvals:inbox",),
        answer=f"{_in('approvals/test_doors')}a_reviewer_finds_what_waits_and_goes_there",
        empty=f"{_in('approvals/test_doors')}an_empty_list_says_so",
        error=SENDS_NOTHING,
        closed=f"{_in('approvals/test_doors')}an_outsider_sees_nothing_of_it",
        acted=f"{ADMINISTER}an_order_is_approved_from_the_queue_in_three_clicks",
        plain=f"{ADMINISTER}an_order_is_approved_from_the_queue_in_three_clicks",
    ),
    Page(
        "Do I agree with this exact version?",
        ("orders:review_task_order",),
        answer=f"{REVIEW}the_last_reviewer_approves_an_order_in_three_clicks",
        empty=Absent("whoever is asked has a version to decide on"),
        error=f"{REVIEW}a_version_that_moves_shows_what_changed_and_keeps_the_reasons",
        closed=f"{ORDERS}for_an_outsider_no_page_exists",
        acted=f"{ADMINISTER}an_order_is_approved_from_the_queue_in_three_clicks",
        plain=f"{ADMINISTER}an_order_is_approved_from_the_queue_in_three_clicks",
    ),
    Page(
        "What is committed, obligated, expended per line of accounting?",
        ("ledger:funds", "ledger:line_of_accounting"),
        answer=f"{FUNDS}funds_are_shown_to_those_who_certify_bind_or_audit_them",
        empty=f"{FUNDS}an_agency_without_funds_is_told_what_they_are",
        error=f"{FUNDS}books_that_do_not_add_up_can_only_be_read",
        closed=f"{FUNDS}others_find_no_funds_page",
        acted=f"{ADMINISTER}funds_are_read_and_certified",
        plain=f"{ADMINISTER}funds_are_read_and_certified",
    ),
    Page(
        "What can we bid on, what is due, and what do we owe?",
        ("desk:home", "opportunities:opportunities"),
        answer=f"{HOME}a_vendor_reads_what_is_due_in_both_zones_and_how_far_the_draft_is",
        empty=f"{HOME}an_empty_desk_answers_and_says_what_happens_next",
        error=SENDS_NOTHING,
        closed=OUTSIDERS,
        acted=f"{WORK}a_vendor_opens_its_nearest_deadline_and_starts_a_proposal",
        plain=f"{WORK}a_vendor_opens_its_nearest_deadline_and_starts_a_proposal",
    ),
    Page(
        "Should we bid?",
        ("opportunities:opportunity",),
        answer=f"{_in('opportunities/test_news')}"
        "news_are_told_through_the_whole_next_visit",
        empty=Absent("what is released says what it asks for"),
        error=f"{_in('opportunities/test_news')}"
        "a_cancelled_one_says_so_and_keeps_the_record",
        closed=f"{PACKAGES}what_is_not_released_has_no_public_page",
        acted=PROPOSAL_WALK,
        plain=PROPOSAL_WALK,
    ),
    Page(
        "What is left before we can submit?",
        ("proposals:draft", "proposals:save_technical", "proposals:attach_draft_files"),
        answer=f"{DRAFTS}the_workspace_says_what_is_left_and_each_page_leads_to_the_click",
        empty=f"{DRAFTS}the_workspace_says_what_is_left_and_each_page_leads_to_the_click",
        error=f"{DRAFTING}what_is_typed_is_saved_and_a_lost_connection_loses_nothing",
        closed=f"{DRAFTS}a_rival_sees_nothing_and_nobody_of_the_agency_finds_the_page",
        acted=f"{DRAFTING}what_is_typed_is_saved_and_a_lost_connection_loses_nothing",
        plain=PROPOSAL_WALK,
    ),
    Page(
        "What will the Government pay per class?",
        ("proposals:save_prices", "proposals:price_template"),
        answer=f"{DRAFTS}the_total_is_that_of_the_evaluation",
        empty=f"{DRAFTS}a_pasted_column_is_put_in_place",
        error=f"{DRAFTS}wrong_cells_are_named_and_nothing_typed_is_lost",
        closed=f"{DRAFTS}a_rival_sees_nothing_and_nobody_of_the_agency_finds_the_page",
        acted=f"{DRAFTING}cells_are_pasted_into_the_sheet",
        plain=PROPOSAL_WALK,
    ),
    Page(
        "Is this exactly what we offer?",
        ("proposals:submit_draft", "submissions:submit_submission"),
        answer=f"{DRAFTS}a_member_writes_and_a_signer_checks_and_submits",
        empty=f"{DRAFTS}the_workspace_says_what_is_left_and_each_page_leads_to_the_click",
        error=f"{_in('proposals/test_submit')}"
        "an_incomplete_draft_is_refused_with_what_it_lacks",
        closed=f"{_in('proposals/test_submit')}only_a_signer_submits",
        acted=PROPOSAL_WALK,
        plain=PROPOSAL_WALK,
    ),
    Page(
        "Can we prove it was on time?",
        ("submissions:receipt", "submissions:download_receipt"),
        answer=f"{OFFERS}a_vendor_hands_in_an_offer_and_gets_its_receipt",
        empty=Absent("there is a receipt once something is received"),
        error=f"{_in('submissions/test_verify_receipt')}"
        "before_the_closing_the_page_says_when_there_is_a_proof",
        closed=f"{OFFERS}a_vendors_offers_and_receipts_do_not_exist_for_anybody_else",
        acted=f"{WORK}two_openers_open_the_offers",
        plain=f"{WORK}two_openers_open_the_offers",
    ),
    Page(
        "Where is our proposal in the process?",
        ("contracts:status", "contracts:request_debriefing"),
        answer=f"{_in('contracts/test_request')}the_vendor_asks_on_its_page",
        empty=Absent("there is a status once something is received"),
        error=f"{_in('contracts/test_request')}only_who_was_told_asks",
        closed=f"{_in('contracts/test_request')}the_vendor_asks_on_its_page",
        acted=f"{WORK}a_vendor_that_was_not_chosen_asks_for_a_debriefing",
        plain=f"{WORK}a_vendor_that_was_not_chosen_asks_for_a_debriefing",
    ),
    Page(
        "May I see this?",
        ("evaluations:declare_interest",),
        answer=f"{PANEL}the_officer_names_the_panel_and_an_evaluator_declares",
        empty=Absent("whoever is designated has questions to answer"),
        error=f"{PANEL}whoever_has_a_conflict_reads_nothing",
        closed=f"{PANEL}an_evaluator_who_is_not_designated_is_an_outsider",
        acted=f"{WORK}an_evaluator_declares_and_is_let_in",
        plain=f"{WORK}an_evaluator_declares_and_is_let_in",
    ),
    Page(
        "How does this offer meet each factor?",
        ("evaluations:rate_submission", "evaluations:lock_ratings"),
        answer=f"{PANEL}an_evaluator_reads_rates_and_agrees",
        empty=f"{MATRIX}the_matrix_names_what_is_unscored_and_by_whom",
        error=f"{PANEL}a_rating_without_words_is_refused_and_kept_in_the_form",
        closed=f"{MATRIX}nobody_sees_another_rating_before_their_own_is_locked",
        acted=PANEL_WALK,
        plain=PANEL_WALK,
    ),
    Page(
        "Where do we differ?",
        ("evaluations:agree_consensus", "evaluations:note_dissent"),
        answer=f"{MATRIX}the_consensus_says_who_is_missing_and_then_how_far_they_differ",
        empty=Absent("there is a consensus to reach once offers are open"),
        error=f"{MATRIX}the_consensus_says_who_is_missing_and_then_how_far_they_differ",
        closed=f"{_in('evaluations/test_agree')}nobody_else_records_it",
        acted=PANEL_WALK,
        plain=PANEL_WALK,
    ),
    Page(
        "Who uses what?",
        ("metering:usage_explorer",),
        answer=f"{EXPLORER}the_explorer_says_who_uses_what",
        empty=f"{EXPLORER}a_filter_that_matches_nothing_leads_to_what_there_is",
        error=f"{EXPLORER}a_filter_that_is_wrong_is_named_and_shows_the_last_month",
        closed=f"{EXPLORER}a_vendor_finds_no_explorer",
        acted=f"{USAGE}usage_is_grouped_narrowed_and_turned_into_cost",
        plain=f"{USAGE}usage_is_grouped_narrowed_and_turned_into_cost",
    ),
    Page(
        "When do tokens and funds run out?",
        ("desk:order_burn_down", "desk:contract_burn_down"),
        answer=f"{BURNING}the_page_says_when_funds_and_tokens_end",
        empty=f"{BURNING}without_any_use_the_plan_is_shown",
        error=f"{BURNING}a_silent_feed_is_said_above_the_drawing",
        closed=f"{BURNING}nobody_outside_finds_the_page",
        acted=f"{USAGE}the_burn_down_leads_to_what_can_be_done",
        plain=f"{USAGE}the_burn_down_leads_to_what_can_be_done",
    ),
    Page(
        "Who gets told or stopped at which point?",
        ("watch:alerts", "watch:alert_rule", "watch:try_alert_rule"),
        answer=f"{RULES}a_rule_is_tried_set_and_read_on_its_pages",
        empty=f"{RULES}a_rule_is_tried_set_and_read_on_its_pages",
        error=f"{RULES}a_trial_that_is_wrong_is_named",
        closed=f"{RULES}a_rule_is_tried_set_and_read_on_its_pages",
        acted=f"{USAGE}a_rule_is_tried_and_set",
        plain=f"{USAGE}a_rule_is_tried_and_set",
    ),
    Page(
        "Which prices, models, clauses are in force on which day?",
        ("reference:in_force", "reference:preview_list_prices"),
        answer=f"{IN_FORCE}a_number_is_read_on_its_day_and_with_all_its_versions",
        empty=f"{IN_FORCE}what_was_recorded_later_is_not_known_then",
        error=f"{IN_FORCE}a_row_that_is_wrong_is_named_by_its_line",
        closed=f"{IN_FORCE}nobody_else_previews_an_import",
        acted=f"{USAGE}what_is_in_force_is_read_on_a_day",
        plain=f"{USAGE}what_is_in_force_is_read_on_a_day",
    ),
    Page(
        "What came of this file?",
        ("metering:upload_usage", "metering:upload", "metering:batches"),
        answer=f"{UPLOADS}a_representative_imports_a_packed_file_and_reads_what_came_"
        "of_it",
        empty=Absent("there is a page once a file was imported"),
        error=f"{UPLOADS}a_file_that_cannot_be_read_says_why_and_nothing_is_counted",
        closed=f"{UPLOADS}an_outsider_finds_no_file_no_batch_and_no_mapping",
        acted=f"{FILES}columns_are_mapped_and_a_file_is_imported",
        plain=f"{FILES}columns_are_mapped_and_a_file_is_imported",
    ),
    Page(
        "Which column of our files is what?",
        ("metering:map_columns",),
        answer=f"{UPLOADS}columns_are_mapped_on_a_sample_and_later_files_are_read_so",
        empty=f"{UPLOADS}columns_are_mapped_on_a_sample_and_later_files_are_read_so",
        error=f"{UPLOADS}a_mapping_that_is_not_whole_says_what_is_missing",
        closed=f"{UPLOADS}who_may_not_map_or_import_is_told_why",
        acted=f"{FILES}columns_are_mapped_and_a_file_is_imported",
        plain=f"{FILES}columns_are_mapped_and_a_file_is_imported",
    ),
    Page(
        "Which machines may talk to us?",
        ("metering:integrations", "metering:check_usage"),
        answer=f"{INTEGRATIONS}the_page_says_which_machines_may_send_and_how",
        empty=f"{INTEGRATIONS}an_outsider_connects_nothing",
        error=f"{INTEGRATIONS}what_cannot_be_read_is_said",
        closed=f"{INTEGRATIONS}an_outsider_connects_nothing",
        acted=f"{FILES}an_event_is_tested",
        plain=f"{FILES}an_event_is_tested",
    ),
    Page(
        "Which machines of ours are told what happens, and do they take it?",
        (
            "exchange:webhooks",
            "exchange:webhook",
            "accounts:api_keys",
            "accounts:rotate_api_key",
            "accounts:restrict_api_key",
        ),
        answer=f"{_in('exchange/test_deliver')}the_page_shows_each_try",
        empty=f"{_in('exchange/test_register')}"
        "a_list_without_a_webhook_says_what_one_is_for",
        error=f"{_in('exchange/test_register')}"
        "the_page_registers_and_shows_the_secret_in_one_answer",
        closed=f"{_in('exchange/test_register')}"
        "the_pages_are_for_administrators_of_the_organization",
        acted=f"{TOLD}a_webhook_is_registered_tried_and_disabled",
        plain=f"{TOLD}a_webhook_is_registered_tried_and_disabled",
    ),
    Page(
        "Do their meter, our meter and the invoice agree?",
        ("reconciliation:order_reconciliation", "reconciliation:counts"),
        answer=f"{COUNTED}an_order_says_by_day_whether_all_agree",
        empty=f"{COUNTED}an_order_that_was_not_compared_says_when_it_is",
        error=f"{COUNTED}a_count_that_is_not_there_is_not_found",
        closed=f"{COUNTED}an_outsider_finds_none_of_it",
        acted=f"{COUNTING}a_difference_is_followed_to_its_calls",
        plain=f"{COUNTING}a_difference_is_followed_to_its_calls",
    ),
    Page(
        "Which feeds were not heard of, and when?",
        ("metering:feed_health",),
        answer=f"{FEEDS}the_page_says_the_longest_gap",
        empty=f"{FEEDS}an_agency_without_sources_reads_how_one_is_registered",
        error=f"{FEEDS}earlier_days_can_be_looked_at_and_wrong_ones_are_named",
        closed=f"{FEEDS}a_vendor_finds_no_feeds",
        acted=f"{USAGE}a_gap_of_a_feed_is_seen",
        plain=f"{USAGE}a_gap_of_a_feed_is_seen",
    ),
    *SETTLED,
)
