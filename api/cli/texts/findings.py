"""Texts for the findings of `lodgekey doctor`: what was found, and what to do about it."""

from collections.abc import Mapping
from typing import Final

from gateway.operations.health import Code, Finding
from gateway.texts.marks import N_, NN_
from gateway.texts.translator import translator

CHECKS: Final[Mapping[str, str]] = {
    "settings": N_("settings"),
    "folder": N_("folder"),
    "identity": N_("keys and vault"),
    "database": N_("database"),
    "broker": N_("broker"),
    "clock": N_("clock"),
    "certificates": N_("certificates"),
    "deliveries": N_("deliveries"),
    "loops": N_("background loops"),
    "faces": N_("faces"),
    "firmware": N_("firmware"),
}
SEVERITIES: Final[Mapping[str, str]] = {
    "good": N_("ok  "),
    "care": N_("warn"),
    "bad": N_("fail"),
}
FINDINGS: Final[Mapping[Code, str]] = {
    "setting_refused": N_("{name}: {detail}"),
    "not_looked_at": N_("This could not be checked: {detail}. Resolve that first."),
    "folder": N_("{folder} is writable, {free} GB free."),
    "folder_missing": N_("{folder} does not exist yet. `lodgekey serve` creates it when it first starts."),
    "folder_unwritable": N_("{folder} is not writable ({detail}). Give it to this user (chown)."),
    "folder_full": N_("Only {free} MB are free in {folder}. Free up space: otherwise check-ins will be refused."),
    "folder_filling": N_(
        "{free} MB are free in {folder}: at the rate of the database so far, enough for {days} days. Add space."
    ),
    "secret_open": N_("Other users can read {path}. Run: chmod 600 {path}"),
    "folder_open": N_("Other users can read {path}. Run: chmod 700 {path}"),
    "identity": N_("The gateway's keys, its vault and its database are those it was set up with."),
    "identity_missing": N_(
        "{path} is missing, so the gateway does not start. Put it back from your newest backup: lodgekey restore "
        "BACKUP --identity IDENTITY --only-lost --folder {folder}. To go on without it: lodgekey certs renew-identity"
    ),
    "identity_empty": N_(
        "{path} is empty, so the gateway does not start. Put it back from your newest backup: lodgekey restore "
        "BACKUP --identity IDENTITY --only-lost --folder {folder}. To go on without it: lodgekey certs renew-identity"
    ),
    "identity_other": N_(
        "{path} is not the one this gateway was set up with, so it does not start. Put that one back from your "
        "newest backup: lodgekey restore BACKUP --identity IDENTITY --only-lost --folder {folder}. To go on without "
        "it: lodgekey certs renew-identity"
    ),
    "database": N_("The database is at revision {revision}, the latest."),
    "database_missing": N_("There is no database yet. Run: lodgekey db migrate"),
    "database_older": N_("The database is at revision {revision}, not {newest}. Run: lodgekey db migrate"),
    "database_went_back": N_(
        "The database lacks what the gateway committed: it was restored to an earlier time. The gateway does not start "
        "with it. Stop the gateway, then run: lodgekey db settle --folder {folder}"
    ),
    "database_newer": N_(
        "The database is at revision {revision}, of a newer release than this one ({newest}). Install that release; an "
        "older one does not downgrade a database."
    ),
    "database_unknown": N_(
        "The database is at revision {revision}, which no release of this program has. Check LODGEKEY_DATABASE_URL."
    ),
    "database_altered": N_(
        "The database is at revision {revision}, but its tables are not those of that revision: an unreleased version "
        "wrote it, or it was altered. Restore a backup."
    ),
    "mosquitto": N_("mosquitto is at {path}."),
    "mosquitto_missing": N_("mosquitto was not found at {path}. On Debian: apt install mosquitto"),
    "broker": N_("The broker at {place} is responding."),
    "broker_silent": N_("The broker at {place} is not responding ({detail}). Check that it is running."),
    "broker_unproven": N_(
        "The gateway and the broker at {place} do not trust each other ({detail}). Check "
        "LODGEKEY_BROKER_CA_FILE and the certificates."
    ),
    "clock": N_("The clock is not behind the recorded events."),
    "clock_unkept": N_(
        "This machine's clock is not synchronised. Start an NTP service, for example systemd-timesyncd."
    ),
    "clock_behind": NN_(
        "The clock is {minutes} minute behind the recorded events. Set it.",
        "The clock is {minutes} minutes behind the recorded events. Set it.",
        "minutes",
    ),
    "clock_ahead": NN_(
        "The clock is {minutes} minute ahead of the time that has passed, so it is not followed. Set it, or if it is "
        "right run: lodgekey clock accept",
        "The clock is {minutes} minutes ahead of the time that has passed, so it is not followed. Set it, or if it is "
        "right run: lodgekey clock accept",
        "minutes",
    ),
    "certificates": NN_(
        "No certificate expires within {days} day.", "No certificate expires within {days} days.", "days"
    ),
    "own_expiring": NN_(
        "The certificate of {name} expires in {days} day. Restart the gateway to renew it.",
        "The certificate of {name} expires in {days} days. Restart the gateway to renew it.",
        "days",
    ),
    "own_expired": N_("The certificate of {name} has expired. Restart the gateway to renew it."),
    "device_expiring": NN_(
        "The certificate of the device {name} expires in {days} day. Let the device reconnect, or enrol it again.",
        "The certificate of the device {name} expires in {days} days. Let the device reconnect, or enrol it again.",
        "days",
    ),
    "device_expired": N_(
        "The certificate of the device {name} has expired. Let the device reconnect, or enrol it again."
    ),
    "loops": NN_("{n} background loop is running.", "{n} background loops are running.", "n"),
    "loops_unknown": N_("No gateway is running in this folder, so there are no background loops to check."),
    "loops_gone": N_("The gateway (process {process}) ended without being stopped. Start it: lodgekey serve"),
    "loops_silent": N_("The gateway has not reported on its background loops for {minutes} min. Restart it."),
    "loop_late": N_("The background loop {name} is making no progress. Read the gateway's log, then restart it."),
    "loop_ended": N_("The background loop {name} ended with an error and is being restarted. Read the gateway's log."),
    "deliveries": N_("No delivery is overdue."),
    "deliveries_stuck": NN_(
        "{n} delivery is more than one hour overdue. Check that `lodgekey serve` is running.",
        "{n} deliveries are more than one hour overdue. Check that `lodgekey serve` is running.",
    ),
    "registrations_late": NN_(
        "{n} registration is past its legal deadline. See: lodgekey registry open",
        "{n} registrations are past their legal deadline. See: lodgekey registry open",
    ),
    "faces": NN_(
        "Face images of {n} person are stored, within the limit.",
        "Face images of {n} people are stored, within the limit.",
    ),
    "faces_near": N_(
        "Face images of {n} people are stored under the rules of {jurisdiction}; the limit is "
        "{limit}. File with the authority in time, and set LODGEKEY_FACE_FILINGS to the filing "
        "number."
    ),
    "faces_full": N_(
        "Face images of {n} people are stored under the rules of {jurisdiction}; the limit is "
        "{limit}. No more are stored: file with the authority, and set LODGEKEY_FACE_FILINGS to the "
        "filing number."
    ),
    "firmware": N_("No roll-out has stopped, and no device is known to be past its support."),
    "firmware_stopped": N_("Stopped roll-outs of firmware: {n}. See: lodgekey firmware status"),
    "firmware_unsupported": N_("Devices past their support: {n} ({devices}). Roll out a supported version."),
}


def sentence(finding: Finding, language: str) -> str:
    """Return what was found and, for a problem, what to do about it, in `language`."""
    return translator(language).translate(FINDINGS[finding.code], **finding.facts)
