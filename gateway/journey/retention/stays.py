"""One ended stay: what is due to be deleted or reduced, in bounded steps. Repeated runs have the same result."""

from dataclasses import replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.retention.rules import Period
from gateway.domain.retention.times import DAY, Times
from gateway.journey.filings.portraits import forget_portraits
from gateway.journey.retention.counts import count_stay
from gateway.journey.retention.statements import TABLES, Scope, carry_out, rules_of
from gateway.journey.retention.undecided import has_open_filing, keep_only_pending, lapse_filings, person_times
from gateway.journey.tenants.onboarding import forget_person
from gateway.outbox.events import record
from gateway.store import Delivery, Event, Offer, Person, Registration, Stay, Verification

BATCH: Final = 500  # rows that one transaction deletes of one table


def due_stays(session: Session, now: int, limit: int) -> list[Stay]:
    """Ended stays that are due, the longest due first, locked so that no other process takes them too."""
    query = select(Stay).where(Stay.retention_at <= now).order_by(Stay.retention_at).limit(limit)
    return list(session.scalars(query.with_for_update(of=Stay, skip_locked=True)))


def tend(session: Session, stay: Stay, now: int) -> int:
    """Delete or reduce what is due of an ended stay, and set when it is due again; returns the number of rows changed.

    More may be due at once: then the stay remains due. A stay of which nothing is kept is deleted, and counted.
    """
    people = list(session.scalars(select(Person).where(Person.stay_id == stay.id)))
    times = {person.id: person_times(stay, person) for person in people}
    of_stay = _earliest(stay, times)
    scope = _scope(session, stay, people)
    changed = _checked(session, stay, scope, times, of_stay, now)
    if now >= of_stay.used:
        changed += _run(session, "used", replace(scope, whole=True), now)
    changed += _erase_due(session, people, times, now)
    changed += _forget_erased(session, stay, people, now)
    if changed >= BATCH:
        return changed
    filed = max((each.filed for each in times.values()), default=of_stay.used)
    if now >= filed and _is_over(session, stay, people, now):
        return changed + _delete(session, stay, scope, now)
    moments = [
        of_stay.checked,
        of_stay.used,
        filed,
        *(at for each in times.values() for at in (each.registered, each.lapses)),
    ]
    stay.retention_at = min((at for at in moments if at > now), default=now + DAY)
    if _waits(people, times, now) or now >= filed:
        stay.retention_at = min(stay.retention_at, now + DAY)
    return changed


def erase_person(session: Session, person: Person, now: int) -> None:
    """Erase the person and their sealed records. That one was filed, when, and its receipt stay as proof."""
    scope = Scope(person.stay_id, [person.id], [])
    for rule in rules_of("registered"):
        if rule.act == "empty" and rule.table != "people":
            carry_out(session, rule, scope, now, BATCH)
    forget_person(session, person, now)


def forget_face(session: Session, offer: Offer) -> list[str]:
    """After a face consent is withdrawn: erase the face results; returns the ids of the cases. The key stays valid."""
    verifications = session.scalars(select(Verification).where(Verification.offer_id == offer.id)).all()
    for verification in verifications:
        verification.score_band = verification.model = None
    forget_portraits(session, [row.person_id for row in verifications if row.person_id])
    return [verification.id for verification in verifications]


def _earliest(stay: Stay, times: dict[str, Times]) -> Times:
    """Of what cannot be told apart by person; nothing is kept longer than for who asked for erasure."""
    own = person_times(stay)
    every = [own, *times.values()]
    return replace(own, used=min(each.used for each in every))


def _scope(session: Session, stay: Stay, people: list[Person]) -> Scope:
    offers = list(session.scalars(select(Offer.id).where(Offer.stay_id == stay.id)))
    records = session.scalars(select(Registration.id).where(Registration.stay_id == stay.id))
    ids = [person.id for person in people]
    return Scope(stay.id, ids, offers, about=[*ids, *records])


def _offers_of(session: Session, stay: Stay, people: list[str]) -> list[str]:
    query = select(Offer.id).where(Offer.stay_id == stay.id, Offer.person_id.in_(people))
    return list(session.scalars(query))


def _checked(session: Session, stay: Stay, scope: Scope, times: dict[str, Times], of_stay: Times, now: int) -> int:
    """What was shown by everybody, or before that by those who asked for erasure."""
    if now >= of_stay.checked:
        return _run(session, "checked", scope, now)
    asked = [person for person, each in times.items() if now >= each.checked]
    return _run(session, "checked", replace(scope, people=asked, offers=_offers_of(session, stay, asked)), now)


def _erase_due(session: Session, people: list[Person], times: dict[str, Times], now: int) -> int:
    """Erase who is due. Who is named in a record that is owed waits until it lapses, and then it does."""
    due = [each for each in people if each.erased_at is None and now >= times[each.id].registered]
    held = {each.id for each in due if has_open_filing(session, each.id)}
    done = [each for each in due if each.id not in held or now >= times[each.id].lapses]
    for person in done:
        erase_person(session, person, now)
    for person_id in held - {each.id for each in done}:
        keep_only_pending(session, person_id)
    if any(each.id in held for each in done):
        lapse_filings(session, done[0].stay, now)
    session.flush()
    return len(done)


def _forget_erased(session: Session, stay: Stay, people: list[Person], now: int) -> int:
    """The keys, links and consents of erased people, and of links that nobody used once everybody is erased."""
    erased = [person.id for person in people if person.erased_at is not None]
    offers = _offers_of(session, stay, erased)
    if len(erased) == len(people):
        offers += session.scalars(select(Offer.id).where(Offer.stay_id == stay.id, Offer.person_id.is_(None)))
    scope = Scope(stay.id, erased, offers)
    return _run(session, "checked", scope, now) + _run(session, "registered", scope, now)


def _run(session: Session, period: Period, scope: Scope, now: int) -> int:
    """Carry out the rules of a period until about BATCH rows are changed; rows that others refer to are not reached."""
    done = 0
    for rule in rules_of(period):
        done += carry_out(session, rule, scope, now, BATCH)
        if done >= BATCH:
            break
    return done


def _is_over(session: Session, stay: Stay, people: list[Person], now: int) -> bool:
    """Whether nothing holds the rest of the stay: everybody was erased a day ago, so that lists elsewhere know.

    Their keys are destroyed, nothing of the stay is on a lock, and its events are in the feed.
    """
    if any(person.erased_at is None or person.erased_at > now - DAY for person in people):
        return False
    pending = select(Delivery.id).where(Delivery.about.in_([each.id for each in people]), Delivery.state == "owed")
    unstamped = select(Event.id).where(Event.stay_id == stay.id, Event.for_feed, Event.feed_seq.is_(None))
    held = [select(TABLES[name].c.id).where(TABLES[name].c.stay_id == stay.id) for name in ("keys", "slot_codes")]
    return all(session.scalar(query.limit(1)) is None for query in (pending, unstamped, *held))


def _delete(session: Session, stay: Stay, scope: Scope, now: int) -> int:
    """Delete what is left, once the rows that are many are gone; the stay and its filings are counted before."""
    newest = select(Event.stay_id).order_by(Event.id.desc()).limit(1)
    if session.scalar(newest) == stay.id:  # the newest event is never deleted
        record(session, "StayErased", now)
        session.flush()
    events = [rule for rule in rules_of("filed") if rule.table == "events"]
    for rule in [*events, *rules_of("used")]:
        done = carry_out(session, rule, replace(scope, whole=True), now, BATCH)
        if done:
            return done
    count_stay(session, stay)
    session.flush()
    return _run(session, "filed", replace(scope, whole=True), now)


def _waits(people: list[Person], times: dict[str, Times], now: int) -> bool:
    """Whether somebody is past their time and not erased: an owed filing is looked at again the next day."""
    return any(person.erased_at is None and now >= times[person.id].registered for person in people)
