"""Each attack on keys, links, certificates and devices has named tests; `python -m …` writes docs/security-tests.md.

The page is written from this table. A name without a test fails here.
"""

import ast
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.source import ROOT

PAGE: Final = Path("docs/security-tests.md")
HEAD: Final = """# Attacks, and the tests that show what becomes of them

Printed from the table in `tests/architecture/test_architecture_security.py`, which fails where a test is missing.

What is not shown: a lock's entries are signed and chained, so one that is removed on the way or rewritten afterwards is
noticed; a lock that never wrote an entry down, or a copy of it that is the only one to speak from then on, is not. What
kiosks say is signed and numbered, not chained. A relayed conversation over plain Bluetooth is not stopped by any
protocol; a deadline on each reply makes it harder.

[Standards, requirement by requirement](standards.md) says the same of two public standards.

"""

# attack -> tests, as file::name below tests/
ATTACKS: Final[dict[str, tuple[str, ...]]] = {
    "a deleted key is exported and replayed from a raw client (TTLock CVE-2023-6960)": (
        "unit/api/http/tenant/test_exported_key.py::test_an_exported_key_is_refused_at_once_when_it_is_revoked_and_a_recorded_request_never_runs_again",
        "unit/gateway/relay/test_blocked_revocation.py::test_a_copied_phone_is_refused_after_the_first_contact_though_its_credential_lives",
        "unit/firmware_sim/lock/test_offline.py::test_a_revoked_or_dropped_key_is_refused_though_its_credential_lives",
        "integration/firmware_sim/test_phone_nearby.py::test_without_a_network_the_phone_opens_the_lock_until_the_next_contact_revokes_its_key",
    ),
    "the holder keeps every revocation from the lock (Ho 2016)": (
        "unit/gateway/relay/test_blocked_revocation.py::test_with_all_revocation_traffic_dropped_the_key_dies_by_its_bound_and_the_gap_is_flagged",
        "unit/gateway/journey/keys/test_exposure.py::test_after_that_moment_nothing_is_exposed_though_the_lock_never_answered",
        "unit/gateway/journey/test_alerts.py::test_a_revocation_that_cannot_arrive_is_reported_with_the_longest_exposure",
        "unit/api/http/tenant/test_exported_key.py::test_after_a_revocation_the_phone_gets_no_fresh_credential_and_no_code",
    ),
    "the handshake is guessed ten thousand times (7006)": (
        "unit/firmware_sim/lock/test_offline.py::test_ten_thousand_bad_handshakes_are_slowed_and_reported_and_the_true_key_still_works",
        "integration/firmware_sim/test_ble_phone.py::test_guessing_is_met_with_silence_and_a_true_key_works_after_it",
    ),
    "passcodes are guessed": (
        "unit/firmware_sim/lock/test_keypad.py::test_guessing_is_slowed_reported_and_not_helped_by_pulling_the_battery",
        "unit/firmware_sim/lock/test_keypad.py::test_a_true_code_ends_the_pauses",
        "unit/devices/wire/test_passcode.py::test_random_guesses_open_nothing",
        "unit/devices/wire/test_passcode.py::test_no_two_stays_of_a_lock_share_a_code",
        "unit/firmware_sim/lock/test_keypad.py::test_an_epoch_kills_all_codes_and_the_next_ones_work",
    ),
    "the protocol's version is talked down (7005)": (
        "unit/firmware_sim/lock/test_offline.py::test_another_version_or_direction_has_no_key_in_common",
    ),
    "short plaintext frames are obeyed (7004, 7009)": (
        "unit/firmware_sim/lock/test_lock.py::test_short_frames_change_nothing",
        "unit/firmware_sim/lock/test_offline.py::test_short_messages_open_nothing_at_any_step",
        "unit/devices/wire/test_codec.py::test_short_frames_are_no_message",
        "unit/certs/test_cose.py::test_short_frames_are_refused",
        "unit/gateway/relay/test_blocked_revocation.py::test_a_short_answer_tells_the_gateway_nothing",
    ),
    "all devices share one key (7003)": (
        "unit/certs/authority/test_ca.py::test_a_thousand_devices_share_no_serial",
        "unit/devices/wire/test_passcode.py::test_lock_and_gateway_agree_on_a_secret_that_no_other_lock_has",
        "unit/devices/wire/test_passcode.py::test_a_code_of_one_lock_opens_no_other_of_a_thousand",
        "unit/gateway/fleet/test_enrolment.py::test_a_thousand_enrolled_devices_share_no_key",
    ),
    "one card opens all (Unsaflok): a thousand altered keys": (
        "unit/certs/test_credential.py::test_a_thousand_altered_credentials_open_nothing",
        "unit/certs/test_credential.py::test_a_credential_of_another_issuer_is_refused",
        "unit/firmware_sim/lock/test_offline.py::test_a_key_that_is_not_good_here_and_now_is_refused",
    ),
    "anyone subscribes to everything (U-tec 2019), and a SUBACK proves nothing": (
        "integration/gateway/broker/test_topics.py::test_a_device_hears_nothing_meant_for_another",
        "integration/gateway/broker/test_topics.py::test_a_device_cannot_speak_as_another_nor_command_one",
        "integration/gateway/broker/test_topics.py::test_a_gateway_itself_cannot_speak_as_a_device",
    ),
    "a session is replayed (Master Lock D1000)": (
        "unit/firmware_sim/lock/test_offline.py::test_every_message_of_an_earlier_session_is_refused",
        "unit/firmware_sim/lock/test_offline.py::test_a_session_is_over_after_one_command",
        "unit/gateway/journey/devices/test_reports.py::test_a_request_runs_once_however_often_it_is_sent",
    ),
    "a lock's log is forged": (
        "unit/devices/drivers/test_native.py::test_every_altered_byte_is_noticed",
        "unit/devices/drivers/test_native.py::test_a_message_under_another_devices_name_is_refused",
        "unit/devices/drivers/test_native.py::test_an_ack_is_never_taken_for_an_event_or_a_state",
        "unit/firmware_sim/lock/test_lock.py::test_numbers_only_rise",
        "unit/gateway/journey/devices/test_reports.py::test_a_repeated_report_changes_nothing",
        "unit/devices/wire/test_chain.py::test_an_entry_that_was_altered_is_noticed_by_the_next",
        "unit/devices/wire/test_chain.py::test_two_entries_that_change_places_are_noticed",
        "unit/gateway/journey/devices/test_log_chains.py::test_another_entry_under_a_number_received_before_is_noticed",
        "unit/gateway/journey/devices/test_log_chains.py::test_a_forger_who_knows_the_last_entry_is_found_out_when_the_lock_speaks",
        "integration/gateway/fleet/test_attacks.py"
        "::test_a_copied_lock_that_goes_on_with_the_log_is_found_out_when_the_lock_speaks_again",
    ),
    "an entry of a lock's log is kept back, or its history rewritten": (
        "unit/devices/wire/test_chain.py::test_an_entry_that_was_removed_is_missed_by_its_number",
        "unit/devices/wire/test_chain.py::test_a_log_that_goes_on_from_an_earlier_entry_is_a_fork",
        "unit/devices/wire/test_chain.py::test_an_entry_slipped_between_two_is_noticed_though_it_comes_late",
        "unit/gateway/journey/devices/test_log_chains.py::test_an_entry_kept_from_the_gateway_is_missed_and_the_others_count",
        "unit/gateway/journey/devices/test_log_chains.py::test_history_rewritten_by_somebody_with_the_locks_key_is_noticed_at_once",
        "unit/gateway/journey/devices/test_log_chains.py::test_a_factory_reset_begins_a_log_knowingly_and_nothing_else_does",
        "unit/gateway/journey/devices/test_log_chains.py::test_power_lost_after_an_answer_left_breaks_no_log",
        "integration/gateway/fleet/test_attacks.py"
        "::test_a_log_rewritten_by_somebody_with_the_locks_key_is_noticed_at_once",
    ),
    "a message of before a device was enrolled anew counts after it": (
        "unit/gateway/intake/test_batches.py::test_what_was_verified_with_a_key_that_is_no_longer_the_devices_is_set_aside",
        "unit/gateway/journey/devices/test_log_chains.py::test_a_new_key_begins_a_log_knowingly",
    ),
    "the clock is turned back, or the time forged": (
        "unit/firmware_sim/lock/test_lock.py::test_no_expired_key_revives_when_the_gateways_clock_goes_back",
        "unit/firmware_sim/lock/test_lock.py::test_one_word_of_the_time_sets_the_clock_once",
        "unit/firmware_sim/lock/test_offline.py::test_a_lock_that_lost_the_time_opens_for_nobody_until_a_phone_brings_it",
        "unit/firmware_sim/lock/test_lock_machine.py::LockMachine",
    ),
    "a command is forged or re-encoded": (
        "unit/firmware_sim/lock/test_lock.py::test_a_forged_command_is_refused_and_never_acknowledged",
        "unit/firmware_sim/lock/test_lock.py::test_the_twin_of_a_signature_moves_nothing_twice",
        "unit/certs/test_cose.py::test_another_encoding_or_header_is_refused",
        "unit/certs/test_cose.py::test_one_altered_bit_anywhere_but_in_the_key_id_is_refused",
    ),
    "a command is delivered twice, or replayed after a power cut": (
        "unit/firmware_sim/lock/test_lock.py::test_an_identical_delivery_is_answered_as_before_without_a_second_movement",
        "unit/firmware_sim/lock/test_lock.py::test_the_same_id_with_other_content_is_refused",
        "unit/firmware_sim/lock/test_power_cuts.py::test_a_replay_after_a_power_cut_is_known",
        "unit/firmware_sim/lock/test_power_cuts.py::test_a_killed_process_never_moves_the_bolt_twice",
    ),
    "a retained or late unlock opens a door": (
        "unit/firmware_sim/lock/test_lock.py::test_a_retained_command_is_refused_and_alarmed",
        "integration/firmware_sim/test_processes.py::test_a_retained_command_is_refused",
        "unit/firmware_sim/lock/test_lock.py::test_the_lock_refuses",
        "unit/gateway/relay/test_locks.py::test_an_unlock_that_waited_ten_seconds_for_the_link_is_never_sent",
        "integration/gateway/broker/test_topics.py::test_a_command_waits_for_nobody_who_comes_later",
    ),
    "a will is spoofed": (
        "integration/gateway/broker/test_topics.py::test_a_device_cannot_leave_a_will_on_anothers_topic",
        "contract/test_driver_contract.py::test_a_will_says_unreachable_and_nothing_of_the_bolt",
        "unit/gateway/journey/devices/test_reports.py::test_a_lock_that_cannot_be_reached_keeps_what_it_last_said",
    ),
    "a client id is taken over": (
        "integration/gateway/broker/test_topics.py::test_a_borrowed_client_id_takes_nothing_over",
    ),
    "wildcards as ids (mosquitto CVE-2017-7650)": (
        "unit/devices/wire/test_topics.py::test_a_wildcard_or_separator_is_no_id",
        "unit/certs/authority/test_ca.py::test_a_device_name_that_could_mean_another_is_refused",
        "unit/certs/authority/test_ca.py::test_a_wildcard_site_is_refused",
        "integration/gateway/broker/test_certificates.py::test_a_wildcard_as_a_certificates_name_opens_nothing",
        "unit/gateway/fleet/test_enrolment.py::test_no_claim_is_made_for_a_wildcard_id",
    ),
    "a revoked certificate keeps its live session": (
        "integration/gateway/broker/test_revocation.py::test_a_revoked_device_is_cut_off_and_hears_no_further_command",
        "integration/gateway/broker/test_revocation.py::test_a_list_alone_would_leave_the_session_alive",
        "unit/gateway/journey/devices/test_reports.py::test_a_lock_out_of_service_opens_nothing",
        "journey/test_journey_devices.py::test_a_device_out_of_service_is_ignored",
        "unit/gateway/fleet/test_enrolment.py::test_revoking_a_device_revokes_every_certificate_it_ever_got_that_is_not_over",
        "unit/gateway/fleet/test_enrolment.py::test_a_new_key_revokes_the_certificates_of_the_old_one_and_a_kept_key_does_not",
        "integration/gateway/fleet/test_attacks.py::test_a_revoked_lock_loses_its_live_session_and_does_not_come_back",
        "integration/gateway/fleet/test_certificate_life.py::test_revoking_a_lock_shuts_out_every_certificate_it_ever_got",
    ),
    "a foreign, expired or server certificate speaks as a device": (
        "integration/gateway/broker/test_certificates.py::test_a_foreign_authoritys_certificate_is_refused",
        "integration/gateway/broker/test_certificates.py::test_an_expired_certificate_is_refused",
        "integration/gateway/broker/test_certificates.py::test_a_server_certificate_does_not_make_a_device",
        "integration/gateway/broker/test_certificates.py::test_old_tls_is_refused",
    ),
    "a weak or foreign key is enrolled, a claim is misused": (
        "unit/certs/test_keys.py::test_other_kinds_of_keys_are_refused",
        "unit/certs/authority/test_ca.py::test_a_request_signed_by_another_key_is_refused",
        "unit/certs/enrolment/test_claim.py::test_a_claim_is_no_way_into_the_broker",
        "unit/certs/enrolment/test_claim.py::test_an_unsound_enrolment_is_refused",
        "unit/gateway/fleet/test_enrolment.py::test_a_used_claim_takes_no_second_device_in",
        "unit/gateway/fleet/test_enrolment.py::test_an_enrolment_signed_with_another_key_than_the_claims_is_refused",
        "unit/gateway/fleet/test_enrolment.py::test_another_devices_key_is_refused",
        "unit/gateway/fleet/test_enrolment.py::test_a_device_out_of_service_does_not_come_back",
        "unit/gateway/fleet/test_enrolment.py::test_a_claim_file_opens_nothing_and_soon_not_even_the_way_in",
        "unit/api/http/devices/test_enrolment.py::test_all_refusals_are_equal",
        "unit/api/http/devices/test_enrolment.py::test_trying_is_rate_limited",
        "unit/gateway/journey/devices/test_certificates.py::test_a_request_that_proves_nothing_is_an_alarm_and_gets_no_certificate",
    ),
    "hard-coded credentials (Chirp); a kiosk's credential": (
        "architecture/test_architecture_style.py::test_no_secret_is_under_git",
        "journey/test_journey_devices.py::test_a_kiosks_credential_opens_no_door",
        "integration/gateway/fleet/test_attacks.py::test_a_kiosks_credential_opens_nothing",
    ),
    "Bluetooth is dropped at every fragment": (
        "integration/devices/links/test_ble.py::test_dropped_at_any_fragment_the_key_is_there_or_not_and_never_half",
        "unit/devices/wire/ble/test_fragmented.py::Radio",
        "unit/devices/wire/ble/test_fragments.py::test_a_lost_fragment_loses_the_message_and_nothing_else",
    ),
    "a lost answer leaves the status of a key wrong": (
        "unit/gateway/relay/test_lost_answers.py::test_a_lost_answer_to_a_key_is_given_when_the_lock_is_asked_again",
        "unit/gateway/relay/test_lost_answers.py::test_a_lost_answer_to_a_revocation_is_given_when_the_lock_is_asked_again",
        "unit/gateway/journey/keys/test_lock_status.py::LockStatusMachine",
    ),
    "a revocation races an unlock": (
        "unit/gateway/journey/devices/test_reports.py::test_once_revoke_has_answered_no_unlock_begins",
        "unit/gateway/relay/test_locks.py::test_an_unlock_of_a_key_revoked_meanwhile_is_not_sent",
    ),
    "the connection drops while a lock unlocks, and the command is sent again": (
        "integration/devices/links/test_ble.py::test_a_repeated_unlock_after_a_lost_connection_moves_the_bolt_once",
        "contract/test_driver_contract.py::test_the_same_unlock_twice_moves_the_bolt_once",
        "unit/gateway/relay/test_locks.py::test_an_unlock_is_sent_once_and_settled_by_having_been_sent",
    ),
    "messages are lost, doubled, late or overtake each other": (
        "integration/firmware_sim/test_processes.py::test_lost_doubled_late_and_overtaking_messages_all_arrive",
        "unit/gateway/journey/devices/test_reports.py::test_the_bolt_follows_the_locks_own_order_not_the_networks",
        "unit/gateway/journey/devices/test_reports.py::test_an_older_account_never_overwrites_a_newer_one",
        "unit/gateway/journey/devices/test_log_chains.py::test_entries_that_overtake_each_other_raise_nothing",
    ),
    "the broker is killed or floods the gateway": (
        "integration/gateway/broker/test_faults.py::test_a_killed_broker_comes_back_and_the_gateway_loses_nothing_it_acked",
        "integration/gateway/broker/test_faults.py::test_a_flood_makes_the_broker_wait_instead_of_growing_the_gateway",
        "journey/test_journey_faults.py::test_a_killed_broker_is_started_again_and_nothing_is_lost_or_done_twice",
    ),
    "certificates run out, or the authority is replaced": (
        "unit/certs/authority/test_generations.py::test_no_lock_is_lost_in_any_phase_not_even_one_that_slept_through_all",
        "unit/certs/authority/test_generations.py::test_every_phase_can_be_rolled_back_and_no_lock_is_lost",
        "unit/certs/authority/test_generations.py::test_a_stranger_is_refused_in_every_phase",
        "integration/gateway/fleet/test_rotation.py::test_a_full_rotation_loses_no_lock",
        "integration/gateway/fleet/test_certificate_life.py::test_a_lock_renews_its_certificate_in_time_and_comes_back_with_it",
        "integration/gateway/fleet/test_certificate_life.py::test_a_lock_whose_certificate_ran_out_while_it_was_away_comes_back_with_a_claim",
    ),
    "a message is poison": (
        "journey/test_journey_devices.py::test_messages_nobody_can_read_are_set_aside_and_the_others_go_on",
    ),
    "an address is guessed (IDOR): two landlords at every route": (
        "unit/api/test_two_landlords.py::test_every_route_answers_for_anothers_thing_as_for_nothing",
        "unit/api/test_two_landlords.py::test_every_name_in_a_path_is_somebodys_or_nobodys",
        "unit/api/test_closed_routes.py::test_every_route_that_is_not_public_refuses_a_stranger",
    ),
    "another site has the browser send a form, or a page runs a foreign script": (
        "unit/api/http/account/test_sign_in.py::test_what_another_site_had_the_browser_send_is_not_carried_out",
        "unit/api/web/test_pages.py::test_a_form_of_another_site_does_nothing",
        "unit/api/http/account/test_sign_in.py::test_every_answer_carries_the_security_headers",
        "unit/api/web/shell/test_render.py::test_no_page_carries_a_script_or_style_of_its_own",
    ),
    "a stolen session or password is kept in use": (
        "unit/api/http/account/test_passwords.py::test_a_change_ends_every_other_session_and_renews_the_own",
        "unit/api/http/account/test_passwords.py::test_a_session_ends_at_once_when_its_account_is_ended",
        "unit/api/http/account/test_passwords.py::test_an_officers_stream_ends_with_the_account_the_session_and_the_password",
        "unit/api/http/account/test_passwords.py::test_guessing_the_present_password_is_slowed_down_for_that_account_only",
        "unit/api/http/account/test_sign_in.py::test_guessing_passwords_is_slowed_down_for_that_login_only",
        "unit/api/test_first_passwords.py::test_every_route_for_accounts_is_closed_until_the_password_is_changed",
        "unit/api/http/account/test_passwords.py::test_none_of_the_3000_most_common_passwords_is_taken",
        "unit/api/http/account/test_second_factor.py::test_after_the_password_a_code_is_asked_for_and_taken_once",
        "unit/api/http/account/test_second_factor.py::"
        "test_who_guesses_codes_keeps_neither_known_networks_nor_recovery_codes_out",
    ),
    "a borrowed phone is read: what pages leave behind": (
        "browser/landlord/test_app.py::test_what_the_app_leaves_on_the_device_says_nothing_of_anybody",
        "browser/tenant/test_onboarding.py::test_the_key_page_opens_without_a_network_and_shows_the_code",
    ),
    "a code stays after its key was revoked": (
        "unit/gateway/journey/keys/test_passcodes.py::test_a_tenant_who_loses_the_key_loses_the_code_too",
        "unit/gateway/journey/keys/test_passcodes.py::test_an_ended_stay_kills_its_code_by_the_locks_epoch",
        "unit/gateway/journey/keys/test_one_time_codes.py::test_whoever_loses_a_key_loses_the_one_time_codes_of_the_stay",
        "journey/test_journey_once.py::test_an_unused_code_dies_with_its_stay_as_soon_as_the_lock_has_confirmed_it",
        "integration/gateway/integrations/test_vendor_locks.py::test_a_pin_goes_with_the_one_key_of_its_stay_that_is_revoked",
        "integration/gateway/integrations/test_vendor_locks.py::test_a_lock_that_goes_out_of_service_has_its_slots_emptied",
    ),
    "a one-time code opens twice, or its number comes again": (
        "journey/test_journey_once.py::test_a_one_time_code_opens_the_door_once_and_the_lock_says_when",
        "unit/firmware_sim/lock/test_keypad.py::test_a_used_one_time_code_stays_used_through_a_power_cut",
        "unit/gateway/journey/keys/test_one_time_codes.py::test_a_lock_that_was_reset_forgot_what_was_used_so_no_old_number_opens_it",
        "unit/gateway/journey/keys/test_one_time_codes_machine.py::test_whatever_happens_a_living_code_opens_once_and_a_number_never_comes_again",
        "integration/gateway/journey/test_simultaneous_codes.py::test_no_two_who_ask_at_once_get_the_same_number",
    ),
    "the night the clocks change": (
        "unit/devices/wire/test_passcode.py::test_a_code_is_right_on_both_clock_change_nights",
        "unit/gateway/journey/keys/test_passcodes.py::test_a_code_over_a_clock_change_night_is_good_for_the_hours_that_pass",
        "unit/certs/test_credential.py::test_the_window_is_half_open",
    ),
}  # fmt: skip


def names_in(path: Path) -> set[str]:
    """Functions and classes of a file, at any depth."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, kinds)}


def page() -> str:
    """Content of docs/security-tests.md."""
    rows = ["| attack | shown by |\n", "|---|---|\n"]
    for attack, tests in ATTACKS.items():
        rows.append(f"| {attack} | {'<br>'.join(f'`{name}`' for name in tests)} |\n")
    return HEAD + "".join(rows)


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_test_that_is_named_for_an_attack_exists(attack: str) -> None:
    missing = []
    for name in ATTACKS[attack]:
        file, _, test = name.partition("::")
        if test not in names_in(ROOT / "tests" / file):
            missing.append(name)
    assert missing == []


def test_the_page_on_attacks_says_what_the_table_does() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page()


if __name__ == "__main__":
    (ROOT / PAGE).write_text(page(), encoding="utf-8")
