"""Alerts and what to do about them: on the page, by e-mail and by webhook; to landlords, officers and the operator."""

from collections.abc import Collection, Mapping
from typing import Final

from gateway.texts.durations import span_text
from gateway.texts.marks import N_, NN_, NP_
from gateway.texts.translator import translator

ALERT: Final[Mapping[str, str]] = {
    "battery": N_("The lock's battery is at {n}\u00a0%. Replace it."),
    "silent": NN_(
        "The lock has been offline for {n} minute, so new keys cannot reach it. Check its battery "
        "and network connection.",
        "The lock has been offline for {n} minutes, so new keys cannot reach it. Check its battery "
        "and network connection.",
    ),
    "jam": N_(
        "The lock is jammed. Close the door firmly and lock it once by hand. If that does not help, have it repaired."
    ),
    "ajar": NN_(
        "The door has been open for {n} minute. Call your tenant, or have someone close it.",
        "The door has been open for {n} minutes. Call your tenant, or have someone close it.",
    ),
    "key_late": NN_(
        "A tenant arrives within {n} hour and the key is not on the lock yet. Bring the lock online, "
        "or be there to let the tenant in.",
        "A tenant arrives within {n} hours and the key is not on the lock yet. Bring the lock "
        "online, or be there to let the tenant in.",
    ),
    "clock_off": NN_(
        "The lock's clock was wrong by {n} second and has been corrected. If this happens again, "
        "replace the battery; if it still happens, replace the lock.",
        "The lock's clock was wrong by {n} seconds and has been corrected. If this happens again, "
        "replace the battery; if it still happens, replace the lock.",
    ),
    "log_missing": N_(
        "Some of the lock's log entries were not received. Unless the network was down, check who "
        "has access to the lock and the network."
    ),
    "log_forged": N_(
        "The lock's log entries contradict each other: someone may have its private key. Take the "
        "lock out of service, reset it and enrol it again."
    ),
    "clock_lost": N_("The lock has lost the time and accepts no key until its clock is set. Bring it online."),
    "tampered": N_("Someone may have tampered with the lock. Check it as soon as possible."),
    "command_refused": N_(
        "The lock rejected a command that it could not verify, and did not open. Contact the system administrator."
    ),
    "exposed": N_(
        "The revocation cannot reach the lock: an old key or passcode may open the door for up to "
        "{span}. Bring the lock online, or have someone on site."
    ),
    "case_waits": N_(
        "Someone who registers is waiting for a person to check their identity. Open the case and decide."
    ),
    "filing_refused": N_("The registry rejected a registration. Open the report to correct it or send it again."),
    "filing_waits": N_("A registration is waiting for someone to act. Open the report to see what to do."),
    "filing_due": NN_(
        "A registration is due within {n} hour and has not reached the registry. Open the report to see why.",
        "A registration is due within {n} hours and has not reached the registry. Open the report to see why.",
    ),
    "filing_late": N_("A registration is overdue and has not reached the registry. Open the report to see why."),
    "erasure_waits": NN_(
        "A tenant's data is kept only because the registry has not taken their registration. Correct it or register it "
        "by hand within {n} day; then the data is erased and nothing can be reported.",
        "A tenant's data is kept only because the registry has not taken their registration. Correct it or register it "
        "by hand within {n} days; then the data is erased and nothing can be reported.",
    ),
}
ALERT_NAME: Final[Mapping[str, str]] = {
    "battery": N_("battery at 30, 20 and 10\u00a0%"),
    "silent": N_("lock offline for more than 15\u00a0min"),
    "jam": N_("lock jammed"),
    "ajar": N_("door open for more than 5\u00a0min"),
    "clock_off": N_("lock's clock wrong"),
    "log_missing": N_("lock's log entries missing"),
    "log_forged": N_("lock's log entries contradict each other"),
    "key_late": N_("key not on the lock 24\u00a0h and 2\u00a0h before arrival"),
    "tampered": N_("lock tampered with"),
    "clock_lost": N_("lock's clock not set"),
    "command_refused": N_("lock rejected a command"),
    "exposed": N_("revocation cannot reach the lock"),
    "case_waits": N_("identity check waiting for a person"),
    "filing_refused": N_("registration rejected by the registry"),
    "filing_waits": N_("registration waiting for someone to act"),
    "filing_due": N_("registration due soon"),
    "filing_late": N_("registration overdue"),
    "erasure_waits": N_("erasure waiting for a registration"),
}
MESSAGE: Final = NP_("alert", "{unit}: {sentence}")
LOOP: Final = "loop "  # before a loop's name among what keeps a gateway from its duties
TROUBLE: Final[Mapping[str, str]] = {
    "link": N_("The gateway is not connected to its broker, so no lock can be reached."),
    "broker": N_("The broker takes no new connections, so locks and kiosks cannot connect."),
    "identity": N_("The identity checks are not running, so nobody can register with a document."),
    "clock": N_(
        "The machine's clock is not certain, so nothing is deleted and no stay is ended by it. Set it, or if it is "
        "right run: lodgekey clock accept"
    ),
    "firmware": N_("A firmware roll-out has stopped because locks failed. Run: lodgekey firmware status"),
    "disk": N_("The disk is full: only revocations, ends of stays and unlocks are written."),
}
LOOP_TROUBLE: Final = N_("The background loop {name} has stopped or is late, so its work is not done.")
ENDED: Final = N_("The gateway is in order again.")
WHAT_TO_DO: Final = N_("Run on its machine: lodgekey doctor")


def alert_text(language: str, code: str, number: int) -> str:
    """What happened and what to do; `number` is in the unit of its kind. KeyError for a code that is no kind."""
    return translator(language).translate(ALERT[code], n=number, span=span_text(number, language))


def alert_message(language: str, code: str, unit: str, number: int) -> str:
    """The same with the label of the unit, which is all that it names."""
    return translator(language).translate(MESSAGE, unit=unit, sentence=alert_text(language, code, number))


def trouble_text(language: str, name: str) -> str:
    """The sentence about one part: a name of TROUBLE, or LOOP and a loop's name. KeyError for another."""
    words = translator(language)
    if name.startswith(LOOP):
        return words.translate(LOOP_TROUBLE, name=name.removeprefix(LOOP))
    return words.translate(TROUBLE[name])


def report_text(language: str, names: Collection[str]) -> str:
    """All that is not in order, a line each, and what to do; without names, that all is in order again."""
    words = translator(language)
    if not names:
        return words.translate(ENDED)
    return "\n".join([*(trouble_text(language, name) for name in sorted(names)), words.translate(WHAT_TO_DO)])
