"""The certificates of a lock from enrolment to decommissioning, with a real gateway, broker and lock process."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from certs.keys import load_private_key
from tests.integration.fleet_parts import Estate, copy_certificates, open_estate, presented
from tests.parts.world import DAY, LOCK

pytestmark = pytest.mark.slow


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    async with open_estate(tmp_path) as opened:
        yield opened


async def test_a_lock_renews_its_certificate_in_time_and_comes_back_with_it(estate: Estate) -> None:
    estate.add("lock-2", age=70 * DAY)
    first = presented(estate.folder("lock-2"))
    await estate.start("lock-2")
    await estate.until(lambda: estate.device("lock-2").certificate_serial != first, "the lock took a new certificate")
    row = estate.device("lock-2")
    assert presented(estate.folder("lock-2")) == row.certificate_serial
    assert row.certificate_expires_at > estate.world.now + 89 * DAY
    assert len(estate.certificates("lock-2")) == 2
    await estate.until_reported("lock-2", after=row.state_seq)  # it reconnects by itself and reports its state again


async def test_a_factory_fresh_lock_enrols_itself_and_works(estate: Estate) -> None:
    key = estate.world.tenant()
    await estate.start(LOCK, "--claim", str(await estate.claim(LOCK)))
    await estate.until(lambda: estate.key(key.id).observed == "present", "the key is on the lock")
    row = estate.device(LOCK)
    assert row.certificate_serial == presented(estate.folder(LOCK))
    await estate.until(lambda: LOCK not in estate.behind(), "it told what it trusts")


async def test_a_lock_reset_to_the_factory_enrols_again_is_accepted_from_its_first_number_and_gets_its_keys_again(
    estate: Estate, tmp_path: Path
) -> None:
    key = estate.world.tenant()
    await estate.start(LOCK, "--claim", str(await estate.claim(LOCK)))
    await estate.until(lambda: estate.key(key.id).observed == "present", "the key is on the lock")
    await estate.stop(LOCK)
    received = estate.device(LOCK).state_seq
    await estate.start(LOCK)  # each start of a device begins at a higher sequence number
    await estate.until_reported(LOCK, after=received)
    before, high = copy_certificates(estate.folder(LOCK), tmp_path / "before"), estate.device(LOCK).state_seq
    await estate.stop(LOCK)
    put_at = estate.key(key.id).reported_seq
    await estate.start(LOCK, "--claim", str(await estate.claim(LOCK)), "--factory-reset")
    await estate.until(lambda: -1 < estate.device(LOCK).state_seq < high, "a low number is heard")
    await estate.until(
        lambda: estate.key(key.id).observed == "present" and estate.key(key.id).reported_seq != put_at, "put again"
    )
    assert not await estate.broker_lets_in(before), "the key from before the reset is shut out"
    assert await estate.broker_lets_in(estate.folder(LOCK))


async def test_revoking_a_lock_shuts_out_every_certificate_it_ever_got(estate: Estate, tmp_path: Path) -> None:
    estate.add("lock-2")
    first = copy_certificates(estate.folder("lock-2"), tmp_path / "first")
    estate.add("lock-2")
    second = copy_certificates(estate.folder("lock-2"), tmp_path / "second")
    estate.add("lock-3")
    assert presented(first) != presented(second)
    await estate.gateway.tend_certificates()
    assert [await estate.broker_lets_in(certificates) for certificates in (first, second)] == [True, True]
    status, answer = await estate.lodgekey("device", "revoke", "lock-2", "--json")
    assert status == 0
    assert json.loads(answer)["enforced_at"], "the running gateway enforces it without being told"
    assert [await estate.broker_lets_in(certificates) for certificates in (first, second)] == [False, False]
    assert await estate.broker_lets_in(estate.folder("lock-3"))


async def test_a_lock_whose_certificate_ran_out_while_it_was_away_comes_back_with_a_claim(estate: Estate) -> None:
    folder = estate.add("lock-2", age=91 * DAY)
    assert not await estate.broker_lets_in(estate.folder("lock-2"))
    await estate.start("lock-2", "--claim", str(await estate.claim("lock-2")))
    await estate.until_reported("lock-2")
    row = estate.device("lock-2")
    assert row.certificate_serial == presented(estate.folder("lock-2"))
    kept = load_private_key(estate.folder("lock-2") / "key.pem")
    assert folder.key.public_key() == kept.public_key(), "it is the same lock, with the same key"


async def test_a_lock_without_a_claim_that_holds_does_not_start(estate: Estate, tmp_path: Path) -> None:
    void = (await estate.claim("lock-2")).rename(tmp_path / "older.claim")
    await estate.claim("lock-2")  # a newer one
    with pytest.raises(ValueError, match="Expecting value"):
        await estate.start("lock-2", "--claim", str(void))
    assert not (estate.folder("lock-2") / "device.json").exists()


async def test_a_used_claim_lets_its_device_start_again(estate: Estate) -> None:
    claim = str(await estate.claim("lock-2"))
    await estate.start("lock-2", "--claim", claim)
    await estate.until_reported("lock-2")
    await estate.stop("lock-2")
    received = estate.device("lock-2").state_seq
    await estate.start("lock-2", "--claim", claim)
    await estate.until_reported("lock-2", after=received)
    assert len(estate.certificates("lock-2")) == 1
