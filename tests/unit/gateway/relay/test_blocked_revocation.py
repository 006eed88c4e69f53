"""A holder blocks every revocation to the lock: the key ends at the documented bound, and the exposure is shown."""

import pytest

from api.services.presenters import key_shown
from certs.credential import read_credential
from devices.driver import Unreadable
from gateway.journey.alerts import Readers, find_alerts
from gateway.journey.keys.issue import revoke_key
from gateway.store import Key
from tests.unit.firmware_sim.lock.lock_bench import Bench
from tests.unit.gateway.relay.test_lost_answers import Line, line

__all__ = ["line"]  # fixture


def offline_refusal(line: Line, key: Key) -> str | None:
    """The offline lock's refusal of the credential that the phone holds."""
    bench: Bench = line.bench
    credential = read_credential(key.holder_credential, bench.authority.credential_key.public_key())
    return bench.lock.keyring.refusal_for_visitor(credential)


def test_with_all_revocation_traffic_dropped_the_key_dies_by_its_bound_and_the_gap_is_flagged(line: Line) -> None:
    key = line.world.tenant(line.world.window(days=10))
    line.attempt()
    assert line.held() == [key.id]
    line.link.disconnect()
    with line.world.database.writing() as session:
        revoke_key(session, session.get_one(Key, key.id), line.world.now)
    line.attempt()
    assert offline_refusal(line, key) is None  # unavoidable: the lock has received nothing
    with line.world.database.reading() as session:
        row, landlord_id = session.get_one(Key, key.id), line.world.landlord_id
        shown = key_shown(session, row, line.world.now)
        flagged = find_alerts(session, Readers([landlord_id]), line.world.now)[landlord_id]
    assert (shown.state, shown.delay_reason, shown.cannot_be_revoked_before) == (
        "revoking", "link_down", shown.cannot_outlive,
    )  # fmt: skip
    assert [alert.code for alert in flagged] == ["exposed"]
    line.pass_time(key.holder_until - line.world.now - 1)
    assert offline_refusal(line, key) is None
    line.pass_time(1)
    assert offline_refusal(line, key) == "key_expired"


def test_a_copied_phone_is_refused_after_the_first_contact_though_its_credential_lives(line: Line) -> None:
    key = line.world.tenant(line.world.window(days=10))
    line.attempt()
    with line.world.database.writing() as session:
        revoke_key(session, session.get_one(Key, key.id), line.world.now)
    line.attempt()
    assert line.world.now < key.holder_until
    assert offline_refusal(line, key) == "key_revoked"


@pytest.mark.parametrize("length", [0, 1, 63, 64])
def test_a_short_answer_tells_the_gateway_nothing(line: Line, length: int) -> None:
    key = line.world.tenant()
    line.link.say("house-1", "lock-1", "ack", bytes(length))
    with pytest.raises(Unreadable):
        line.driver.read(line.link.unacked[0])
    assert line.world.key(key.id).observed == "unasked"
