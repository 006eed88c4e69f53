"""Outcomes of deliveries and answers to records as codes with arguments (domain.outcomes), no longer as sentences"""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PAGE = 1000  # rows read at once
NUMBERS = ("status", "entry", "state", "more", "person")
# What was written, with its arguments in braces -> the code. The first that fits counts.
CAUSES = {
    "no answer ({error})": "no_answer",
    "the registry's certificate is not from the authority we trust": "certificate_not_trusted",
    "the registry asks for patience": "busy",
    "the registry is out of service": "out_of_service",
    "the registry refuses our credentials": "credentials_refused",
    "the police refuse our credentials ({code})": "credentials_refused_code",
    "SIBA refuses our access key ({code})": "credentials_refused_code",
    "the registry refuses us": "access_refused",
    "the answer is a redirect, which is never followed": "redirected",
    "the answer is larger than any real one": "answer_too_large",
    "the answer is empty": "answer_empty",
    "the registry's answer could not be read": "answer_unreadable",
    "the receiver's answer could not be read": "answer_unreadable",
    "the registry's answer lacks its result": "answer_incomplete",
    "the registry answered for another number of people": "answer_miscounted",
    "the registry's answer is neither yes nor no": "answer_ambiguous",
    "the registry gave two answers that contradict each other": "answers_contradict",
    "the registry answered with status {status}": "answered_status",
    "the receiver answered with status {status}": "answered_status",
    "the registry answered with a fault ({code})": "answered_fault",
    "the police answered with a fault ({code})": "answered_fault",
    "the registry took it in without naming the lot": "lot_not_named",
    "the lot ended in state {state}": "lot_state",
    "the gateway was stopped while sending, and this registry cannot be asked": "stopped_while_sending",
    "Alloggiati Web cannot be asked what it has on file": "cannot_be_queried",
    "SIBA cannot be asked what it has on file": "cannot_be_queried",
    "a webhook's receiver cannot be asked": "cannot_be_queried",
    "the table of places has another layout": "table_unreadable",
    "the table of places lacks Italy itself": "table_unreadable",
    "nobody receives webhooks at the address": "no_receiver",
    "the address has no host": "no_host",
    "the address is not on the public internet": "address_not_public",
}
OUTCOMES = {
    "delivered": "delivered",
    "done": "done",
    "sent": "sent",
    "accepted": "accepted",
    "erased": "erased",
    "expired before it could be delivered": "expired",
    "settled by a person": "settled_by_person",
    "on the lock": "on_lock",
    "gone from the lock": "gone_from_lock",
    "no longer wanted": "no_longer_wanted",
    "wanted again": "wanted_again",
    "the stay has not begun": "stay_not_begun",
    "sent, waiting for the lock": "waiting_for_lock",
    "the link is down": "link_down",
    "the link was down": "link_down",
    "the lock is not listening": "lock_not_listening",
    "the lock said {code}": "lock_refused",
    "the key was revoked before the command was sent": "key_revoked_before_sending",
    "the device's certificate was revoked": "certificate_revoked",
    "no way to this make of lock is set up": "driver_not_set_up",
    "this lock cannot do that": "not_supported",
    "this device cannot do that": "not_supported",
    "there is no such lock": "no_such_lock",
    "there is no such key": "no_such_key",
    "the device trusts them": "certificates_trusted",
    "the device is out of service": "device_out_of_service",
    "e-mail is no longer wanted": "email_not_wanted",
    "the operator has set up no mail server (alert_mail)": "mail_server_not_set_up",
    "the operator has set up no mail server (notice_mail)": "mail_server_not_set_up",
    "the mail server did not take it": "mail_server_refused",
    "the webhook is no longer wanted": "webhook_not_wanted",
    "the webhook's address or secret is not usable": "webhook_unusable",
    "the receiver answered with status {status}": "receiver_status",
    "the receiver answered {status}": "receiver_status",
    "the grant is over": "grant_ended",
    "told up to {entry}": "delivered_up_to",
    "the rows of the day are used up": "daily_limit_reached",
    "nothing to tell": "nothing_to_deliver",
    "the record was erased before it was sent": "record_erased",
    "there was nothing to annul": "nothing_to_annul",
    "the registry {registry} is not set up": "registry_not_set_up",
    "the registry is still deciding": "registry_deciding",
    "internal trouble: {error}": "internal_error",
}
WITH_CAUSE = {
    "receiver unreachable: ": "receiver_unreachable",
    "registry unreachable: ": "registry_unreachable",
    "asking: ": "registry_asked_again",
}
ANSWERS = {
    "This registry takes no such record; it is kept here and shown, and nothing is sent.": "not_accepted_here",
    "The law here asks for no record of this person; it is kept here, and nothing is sent.": "not_required",
    "The stay was cancelled before this record was sent, so nothing is sent.": "stay_cancelled",
    "The stay or the tenant changed before this record was sent; the next one has it as it is now.": "replaced",
    "SIBA takes no annulment; a wrong bulletin is corrected by a new one.": "not_taken",
    "Alloggiati Web cannot take a record back; correct it by a new one.": "not_taken",
    "A webhook is told of an annulment by a record of its own.": "not_taken",
    "The registry knows no such lot.": "unknown_reference",
}

Coded = tuple[str, dict[str, Any]]


def upgrade() -> None:
    op.execute("ALTER TABLE deliveries RENAME COLUMN outcome TO outcome_text")
    op.add_column("deliveries", sa.Column("outcome", sa.String(length=36), nullable=True))
    op.add_column("deliveries", sa.Column("outcome_args", sa.JSON(), nullable=True))
    op.execute("ALTER TABLE registrations RENAME COLUMN answer_sentence TO answer_text")
    op.add_column("registrations", sa.Column("answer_args", sa.JSON(), nullable=True))
    connection, deliveries, registrations = op.get_bind(), deliveries_table(), registrations_table()
    for rows in pages(connection, deliveries, deliveries.c.outcome_text.is_not(None)):
        settle(connection, deliveries, [coded_delivery(row) for row in rows])
    for rows in pages(connection, registrations, registrations.c.answer_text.is_not(None)):
        settle(connection, registrations, [found for row in rows if (found := coded_answer(row))])
    op.execute("ALTER TABLE deliveries DROP COLUMN outcome_text")


def downgrade() -> None:
    op.add_column("deliveries", sa.Column("outcome_text", sa.String(length=400), nullable=True))
    connection, deliveries, registrations = op.get_bind(), deliveries_table(), registrations_table()
    for rows in pages(connection, deliveries, deliveries.c.outcome.is_not(None)):
        texts = [{"which": row.id, "outcome_text": text_of(row.outcome, row.outcome_args or {})} for row in rows]
        settle(connection, deliveries, texts)
    for rows in pages(connection, registrations, registrations.c.answer_code.is_not(None)):
        settle(connection, registrations, [worded_answer(row) for row in rows if row.answer_text is None])
    op.execute("ALTER TABLE deliveries DROP COLUMN outcome")
    op.execute("ALTER TABLE deliveries DROP COLUMN outcome_args")
    op.execute("ALTER TABLE deliveries RENAME COLUMN outcome_text TO outcome")
    op.execute("ALTER TABLE registrations DROP COLUMN answer_args")
    op.execute("ALTER TABLE registrations RENAME COLUMN answer_text TO answer_sentence")


def deliveries_table() -> sa.TableClause:
    columns: tuple[Any, ...] = (
        sa.column("id", sa.Integer),
        sa.column("work"),
        sa.column("outcome_text"),
        sa.column("outcome"),
    )
    return sa.table("deliveries", *columns, sa.column("outcome_args", sa.JSON))


def registrations_table() -> sa.TableClause:
    columns: tuple[Any, ...] = (sa.column("id", sa.String), sa.column("answer_code"), sa.column("answer_text"))
    return sa.table("registrations", *columns, sa.column("answer_args", sa.JSON))


def pages(
    connection: sa.Connection, table: sa.TableClause, such: sa.ColumnElement[bool]
) -> Iterator[list[sa.Row[Any]]]:
    """The rows to convert, in portions by id."""
    last = None
    while True:
        query = sa.select(table).where(such, table.c.id > last) if last is not None else sa.select(table).where(such)
        rows = list(connection.execute(query.order_by(table.c.id).limit(PAGE)))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def settle(connection: sa.Connection, table: sa.TableClause, rows: list[dict[str, Any]]) -> None:
    if rows:
        new: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in rows[0] if name != "which"}
        update = sa.update(table).where(table.c.id == sa.bindparam("which")).values(**new)
        named = [{name if name == "which" else f"new_{name}": value for name, value in row.items()} for row in rows]
        connection.execute(update, named)


def coded_delivery(row: sa.Row[Any]) -> dict[str, Any]:
    code, args = delivery_code(row.work, row.outcome_text)
    return {"which": row.id, "outcome": code, "outcome_args": args}


def delivery_code(work: str, text: str) -> Coded:
    """The code of what was written of a delivery."""
    if text in ANSWERS:
        return ANSWERS[text], {}
    for beginning, code in WITH_CAUSE.items():
        if text.startswith(beginning):
            return code, caused(text.removeprefix(beginning))
    found = match(OUTCOMES, text)
    if found is not None:
        return found
    if match(CAUSES, text) is not None:
        return "outcome_unknown", caused(text)
    if re.fullmatch(r"[^ ]{1,60}", text):  # a code of the party's own
        return ("registry_refused" if work == "submit" else "lock_refused"), {"code": text}
    return "other", {"text": text}


def coded_answer(row: sa.Row[Any]) -> dict[str, Any] | None:
    """An answer that we gave ourselves; None for an authority's, which stays as it is."""
    code, text = row.answer_code or "", row.answer_text
    rule, separator, field = code.partition(":")
    if code == "outcome_unknown":
        args: dict[str, Any] = caused(text)
    elif text in ANSWERS:
        code, args = ANSWERS[text], {}
    elif text == "The receiver refused the record.":
        code, args = "receiver_refused", {"status": int(code)}
    elif separator and re.fullmatch(r"[a-z_]+", rule):
        more = re.search(r" \((\d+) more\)$", text)
        code, args = rule, {"field": field} | ({"more": int(more[1])} if more else {})
    else:
        return None
    return {"which": row.id, "answer_code": code, "answer_text": None, "answer_args": args}


def caused(text: str) -> dict[str, Any]:
    """The arguments of an outcome with this cause."""
    code, args = match(CAUSES, text) or ("other", {"text": text})
    return args | {"cause": code}


def match(table: dict[str, str], text: str) -> Coded | None:
    for template, code in table.items():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(template))
        found = re.fullmatch(pattern, text)
        if found is None:
            continue
        args: dict[str, Any] = found.groupdict()
        if all(re.fullmatch(r"-?\d{1,18}", args[name]) for name in NUMBERS if name in args):
            return code, {name: int(value) if name in NUMBERS else value for name, value in args.items()}
    return None


def text_of(code: str, args: dict[str, Any]) -> str:
    """The English of before."""
    if code == "other":
        return str(args["text"])[:400]
    if code in ("outcome_unknown", *WITH_CAUSE.values()) and "cause" in args:
        beginning = next((text for text, known in WITH_CAUSE.items() if known == code), "")
        cause = {name: value for name, value in args.items() if name != "cause"}
        return (beginning + text_of(str(args["cause"]), cause))[:400]
    if code == "registry_refused":
        return str(args.get("code", code))[:400]
    for table in (OUTCOMES, CAUSES, ANSWERS):
        for template, known in table.items():
            if known == code and set(re.findall(r"{(\w+)}", template)) <= args.keys():
                return template.format_map(args)[:400]
    return code


def worded_answer(row: sa.Row[Any]) -> dict[str, Any]:
    args = row.answer_args or {}
    if row.answer_code == "receiver_refused":
        status, text = str(args["status"]), "The receiver refused the record."
        return {"which": row.id, "answer_code": status, "answer_text": text, "answer_args": {}}
    code = f"{row.answer_code}:{args['field']}"[:36] if "field" in args else row.answer_code
    if code in ANSWERS.values() and code != "unknown_reference":
        code = None
    return {"which": row.id, "answer_code": code, "answer_text": text_of(row.answer_code, args), "answer_args": {}}
