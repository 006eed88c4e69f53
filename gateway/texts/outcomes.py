"""What became of deliveries and of records: the sentences of the codes that the database keeps.

An argument is an id, a number, another code, or another party's own words, which are shown as they came.
"""

from collections.abc import Mapping
from typing import Final

from gateway.texts.marks import N_
from gateway.texts.translator import Translator, translator

Args = Mapping[str, str | int]

# What became of a delivery, and why.
OUTCOME: Final[Mapping[str, str]] = {
    "delivered": N_("delivered"),
    "done": N_("done"),
    "sent": N_("sent"),
    "accepted": N_("accepted"),
    "erased": N_("deleted"),
    "expired": N_("expired before it could be delivered"),
    "settled_by_person": N_("confirmed manually"),
    "on_lock": N_("on the lock"),
    "gone_from_lock": N_("deleted from the lock"),
    "no_longer_wanted": N_("no longer needed"),
    "wanted_again": N_("needed again"),
    "stay_not_begun": N_("the stay has not begun"),
    "waiting_for_lock": N_("sent, waiting for the lock"),
    "clock_uncertain": N_("the gateway's own time is not certain"),
    "link_down": N_("the connection is down"),
    "lock_not_listening": N_("the lock is not connected"),
    "lock_refused": N_("the lock answered: {code}"),
    "key_revoked_before_sending": N_("the key was revoked before the command was sent"),
    "certificate_revoked": N_("the device's certificate was revoked"),
    "driver_not_set_up": N_("no connection to this make of lock is set up"),
    "not_supported": N_("this device does not support this"),
    "no_such_lock": N_("there is no such lock"),
    "no_such_key": N_("there is no such key"),
    "certificates_trusted": N_("the device trusts the new certificates"),
    "device_out_of_service": N_("the device is out of service"),
    "email_not_wanted": N_("email alerts are turned off"),
    "mail_server_not_set_up": N_("no mail server is set up (alert_mail)"),
    "mail_server_refused": N_("the mail server did not accept the message"),
    "webhook_not_wanted": N_("the webhook is turned off"),
    "webhook_unusable": N_("the webhook's address or secret is not valid"),
    "receiver_unreachable": N_("the receiver cannot be reached: {cause}"),
    "receiver_gone": N_("the receiver wants no more (410), so the webhook is turned off"),
    "receiver_status": N_("the receiver answered with status {status}"),
    "grant_ended": N_("the grant has expired"),
    "delivered_up_to": N_("delivered up to entry {entry}"),
    "daily_limit_reached": N_("the daily limit of records is reached"),
    "nothing_to_deliver": N_("nothing to deliver"),
    "record_erased": N_("the record was deleted before it was sent"),
    "nothing_to_annul": N_("there was nothing to cancel"),
    "registry_not_set_up": N_("the registry {registry} is not set up"),
    "registry_unreachable": N_("the registry cannot be reached: {cause}"),
    "registry_asked_again": N_("querying the registry: {cause}"),
    "registry_deciding": N_("the registry is still processing the record"),
    "registry_refused": N_("the registry refused the record ({code})"),
    "outcome_unknown": N_("outcome unknown: {cause}"),
    "registry_holds_nothing": N_("the registry accepted this record but does not have it any more"),
    "registry_holds_another": N_("the registry has this record under another receipt: {receipt}"),
    "registry_cancelled": N_("somebody else cancelled this record at the registry, receipt {receipt}"),
    "registry_changed": N_("somebody else changed this record at the registry: {fields}; fields in all: {count}"),
    "registry_holds_annulled": N_("the registry took the cancellation but still has the record, receipt {receipt}"),
    "no_answer": N_("no answer ({error})"),
    "certificate_not_trusted": N_("the certificate is not from an authority that is trusted here"),
    "busy": N_("too many requests; try again later"),
    "out_of_service": N_("the service is out of service"),
    "credentials_refused": N_("the credentials are rejected"),
    "credentials_refused_code": N_("the credentials are rejected ({code})"),
    "access_refused": N_("access is denied"),
    "redirected": N_("the answer is a redirect, which is not followed"),
    "answer_too_large": N_("the answer is too large"),
    "answer_empty": N_("the answer is empty"),
    "answer_unreadable": N_("the answer could not be read"),
    "answer_incomplete": N_("the answer lacks its result"),
    "answer_miscounted": N_("the answer is for another number of people"),
    "answer_ambiguous": N_("the answer is neither yes nor no"),
    "answers_contradict": N_("two answers contradict each other"),
    "answered_status": N_("the answer has status {status}"),
    "answered_fault": N_("the service answered with an error ({code})"),
    "lot_not_named": N_("the registry took the lot without naming it"),
    "lot_sent_before": N_("the registry has this lot already: its number is on the registry's own pages"),
    "lot_state": N_("the lot ended in state {state}"),
    "stopped_while_sending": N_("the gateway was stopped while sending, and this registry cannot be queried"),
    "cannot_be_queried": N_("this registry cannot be queried about its records"),
    "no_receipt_for_day": N_("there is no receipt for that day"),
    "table_unreadable": N_("the registry's code table could not be read"),
    "no_receiver": N_("nobody receives webhooks at the address"),
    "no_host": N_("the address has no host"),
    "address_not_public": N_("the address is not on the public internet"),
    "internal_error": N_("internal error: {error}"),
    "other": "{text}",
}
# What a check before sending found, by the code of its rule.
RULE: Final[Mapping[str, str]] = {
    "missing": N_("A required field is missing."),
    "too_long": N_("The text is longer than the registry accepts."),
    "wrong_shape": N_("The format is not the registry's."),
    "unknown_code": N_("The value is not in the registry's code table."),
    "no_whole_birth": N_(
        "The registry does not take a date of birth without a day, so nothing was sent. Enter what the document shows."
    ),
    "born_in_stay": N_(
        "The registry takes one day of arrival of a family, and somebody was born after it, so nothing was sent."
    ),
    "no_citizenship": N_("The registry does not take a person without a citizenship, so nothing was sent."),
    "unspellable": N_(
        "The text contains characters that the registry cannot store. Enter it as shown in the passport."
    ),
    "not_a_date": N_("The date must be written like 1990-02-28."),
    "impossible_date": N_("The date cannot be correct."),
    "expired": N_("The visa had expired on the day of arrival."),
    "ends_before_it_begins": N_("The stay ends before it begins."),
    "outside_window": N_("The registry does not accept this day of arrival."),
    "too_long_stay": N_("The stay is longer than the registry accepts."),
    "named_twice": N_("The same person is in the record twice."),
    "too_many": N_("There are too many people in one record."),
    "minors_alone": N_("Minors must be registered together with at least one adult."),
    "minor_without_relation": N_("The minor's relationship to the adult is missing."),
    "member_without_head": N_("A member of a family or group must directly follow its head."),
    "no_contact": N_("A phone number or an email address is required."),
    "not_owed": N_("This person does not have to be reported."),
    "not_taken": N_("This registry does not accept this type of record."),
    "wrong_check_letter": N_("The document number's check letter does not match."),
    "id_shape": N_("The identity number must have 17 digits followed by a check digit or X."),
    "id_check_digit": N_("The check digit of the identity number does not match."),
    "id_region": N_("The region code of the identity number does not exist."),
    "id_birth_date": N_("The identity number contains a different date of birth."),
    "id_sex": N_("The identity number contains a different sex."),
}
# Why nothing was sent, and what the port answers itself.
ANSWER: Final[Mapping[str, str]] = {
    "unknown_reference": N_("The registry has no record with this reference."),
    "not_accepted_here": N_(
        "This registry does not accept this type of record. The record is kept here and nothing is sent."
    ),
    "not_required": N_("By law this person does not have to be reported. The record is kept here and nothing is sent."),
    "registered_by_hand": N_("Registered by hand with the registry's own means."),
    "follows_by_hand": N_("The person was registered by hand, so this is reported by hand too. Nothing was sent."),
    "has_left": N_("The person has left, and this registry takes no change after that. Nothing was sent."),
    "stay_cancelled": N_("The stay was cancelled before this record was sent, so nothing is sent."),
    "waits_for_adult": N_(
        "A minor is reported together with an adult. The report is sent as soon as an adult of the stay has registered."
    ),
    "waits_for_arrival": N_("These people arrive later. The report is sent when they have arrived."),
    "replaced": N_(
        "The stay or the tenant changed before this record was sent. The next record contains the current information."
    ),
    "receiver_refused": N_("The receiver rejected the record (status {status})."),
}
PERSON: Final = N_("Person {person}: {sentence}")
FIELD: Final = N_("{sentence} ({field})")
MORE: Final = N_("{field} and {more} more")


def outcome_text(language: str, code: str, args: Args | None = None) -> str:
    """What became of a delivery. `cause` among the arguments is a code too; a code without a text is shown as it is."""
    values, texts = dict(args or {}), translator(language)
    cause = values.pop("cause", None)
    if cause is not None and cause != code:
        values |= {"cause": outcome_text(language, str(cause), values)}
    return texts.translate(OUTCOME[code], **values) if code in OUTCOME else code


def answer_text(language: str, code: str | None, text: str | None, args: Args | None = None) -> str | None:
    """What a registry answered, in its own words (`text`); without them the sentence of our code. None: no answer yet.

    `person` in `args` is the number of the person it is about, `field` the first of the fields found wrong before
    sending, `more` how many others there are.
    """
    if code is None:
        return text
    texts, values = translator(language), dict(args or {})
    if text is None:
        sentence = _own_text(texts, code, values)
    else:  # a code of the authority's own, whatever ours are called
        sentence = text or outcome_text(language, "registry_refused", {"code": code})
    return texts.translate(PERSON, person=values["person"], sentence=sentence) if "person" in values else sentence


def _own_text(texts: Translator, code: str, args: dict[str, str | int]) -> str:
    own = RULE.get(code) or ANSWER.get(code)
    if own is None:
        return outcome_text(texts.language, code, args)
    sentence = texts.translate(own, **args)
    if "field" not in args:
        return sentence
    field = texts.translate(MORE, **args) if "more" in args else args["field"]
    return texts.translate(FIELD, sentence=sentence, field=field)
