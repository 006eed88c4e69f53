"""Texts for the failures of commands: what happened, and what to do about it."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from gateway.texts.marks import N_
from gateway.texts.translator import translator


class ProblemTexts(NamedTuple):
    """What happened and what to do about it; {placeholders} are the facts of the problem."""

    what_happened: str
    what_to_do: str


PROBLEMS: Final[Mapping[str, ProblemTexts]] = {
    "usage": ProblemTexts(
        N_("Invalid command: {detail}"),
        N_("See: {command} --help"),
    ),
    "missing_value": ProblemTexts(
        N_("Missing value: {detail}."),
        N_("See: {command} --help"),
    ),
    "no_such_option": ProblemTexts(
        N_("Unknown option: {detail}."),
        N_("See: {command} --help"),
    ),
    "bad_value": ProblemTexts(
        N_("Invalid value: {detail}"),
        N_("See: {command} --help"),
    ),
    "refused": ProblemTexts(
        N_("The request was refused."),
        N_("Correct this, then run the command again. See also: lodgekey doctor"),
    ),
    "traces_missing": ProblemTexts(
        N_("LODGEKEY_TRACES_URL is set, but the packages that send traces are not installed."),
        N_("Install lodgekey[otel], or remove the setting."),
    ),
    "setting_refused": ProblemTexts(
        N_("Invalid setting: {detail}"),
        N_("Correct the environment variable, or remove it to use the default."),
    ),
    "no_gateway": ProblemTexts(
        N_("There is no gateway in {folder}."),
        N_("Give its folder with --folder or LODGEKEY_FOLDER. `lodgekey serve` creates a new one."),
    ),
    "no_publisher": ProblemTexts(
        N_("The publisher's private key is not on this machine."),
        N_("Create one with `lodgekey firmware key`, or sign elsewhere and publish with --manifest."),
    ),
    "no_such_image": ProblemTexts(
        N_("There is no published image {image}, or several."),
        N_("Ids and versions are listed by: lodgekey firmware status --json"),
    ),
    "no_building": ProblemTexts(
        N_("There is no running building in {folder}."),
        N_("Start one with `lodgekey demo` or `lodgekey simulate building`."),
    ),
    "no_devices": ProblemTexts(
        N_("There are no devices in {folder}."),
        N_("Create some with `lodgekey demo` or `lodgekey device add`, or give their folder with --dir."),
    ),
    "building_away": ProblemTexts(
        N_("The building is not responding ({detail})."),
        N_("Restart it with: lodgekey simulate building"),
    ),
    "building_refused": ProblemTexts(
        N_("The building rejected the request: {detail}"),
        N_("See: {command} --help"),
    ),
    "no_scenario": ProblemTexts(
        N_("{file} is not a readable scenario ({detail})."),
        N_("Record a scenario in the tester's console and save it as YAML."),
    ),
    "not_a_change": ProblemTexts(
        N_("{text} is not NAME=VALUE."),
        N_("For example: offline=true"),
    ),
    "not_a_fact": ProblemTexts(
        N_("{text} is not PATH=TEXT."),
        N_("For example: --fact registered_as=H-1234"),
    ),
    "simulator_refused": ProblemTexts(
        N_("The simulator rejected the request: {detail}"),
        N_("See: {command} --help"),
    ),
    "no_such_key": ProblemTexts(
        N_("There is no such key."),
        N_("List all keys with: lodgekey key list"),
    ),
    "no_such_unit": ProblemTexts(
        N_("There is no unit with the code {unit}."),
        N_("List all units with: lodgekey unit list"),
    ),
    "no_such_driver": ProblemTexts(
        N_("There is no driver {driver}."),
        N_("Available drivers: {drivers}."),
    ),
    "foreign_site": ProblemTexts(
        N_("All locks on your own broker belong to the site {site}."),
        N_("Use --site {site}."),
    ),
    "out_missing": ProblemTexts(
        N_("A native device needs a folder to start from."),
        N_("Give it with --out."),
    ),
    "not_json": ProblemTexts(
        N_("{name} is not a usable JSON file."),
        N_("See: {command} --help"),
    ),
    "head_unusable": ProblemTexts(
        N_("The log cannot be verified: {detail}."),
        N_("Give a file written by `lodgekey audit head`, and the folder or address of the gateway with that log."),
    ),
    "bad_phase": ProblemTexts(
        N_("The rotation does not allow this now: {detail}"),
        N_("See its progress with: lodgekey certs status"),
    ),
    "key_unusable": ProblemTexts(
        N_("A private key or certificate cannot be used: {detail}."),
        N_("Put it back from your newest backup: lodgekey restore BACKUP --identity IDENTITY --only-lost"),
    ),
    "identity_lost": ProblemTexts(
        N_("The gateway in {folder} was in use, but this is missing, empty or not its own: {lost}."),
        N_(
            "Put it back from your newest backup: lodgekey restore BACKUP --identity IDENTITY --only-lost --folder "
            "{folder}. To see what it costs to go on without it: lodgekey certs renew-identity --folder {folder}"
        ),
    ),
    "open_to_others": ProblemTexts(
        N_("Other users can read {path}, and this user may not change that."),
        N_("As its owner, run: chmod {mode} {path}"),
    ),
    "gateway_running": ProblemTexts(
        N_("The gateway in {folder} is running (process {process})."),
        N_("Stop it, then run the command again."),
    ),
    "restore_unfinished": ProblemTexts(
        N_("A restore into {folder} was interrupted, so the gateway does not start."),
        N_("Run the same `lodgekey restore` again; it begins anew."),
    ),
    "out_exists": ProblemTexts(
        N_("{name} exists already, and is not overwritten."),
        N_("Give another name with --out."),
    ),
    "no_recipient": ProblemTexts(
        N_("Nobody was named who can open the backup."),
        N_(
            "Give a public key with --recipient (see `lodgekey backup new-identity`), or a file with --passphrase-file."
        ),
    ),
    "no_identity": ProblemTexts(
        N_("The backup is encrypted, and nothing was given that opens it."),
        N_("Give the file of the identity with --identity; if it was made with a passphrase, --passphrase-file."),
    ),
    "short_passphrase": ProblemTexts(
        N_("The passphrase is shorter than {length} characters."),
        N_("Take six words or more, chosen at random."),
    ),
    "bad_recipient": ProblemTexts(
        N_("{recipient} is not a public key."),
        N_("Give the key that begins with age1, as `lodgekey backup new-identity` printed it."),
    ),
    "bad_identity": ProblemTexts(
        N_("The file holds no identity."),
        N_("Give the file that `lodgekey backup new-identity` wrote; its key begins with AGE-SECRET-KEY-1."),
    ),
    "not_a_backup": ProblemTexts(
        N_("The file is not a backup of a gateway, or its beginning is damaged."),
        N_("Try another copy of the backup, or an older one."),
    ),
    "wrong_key": ProblemTexts(
        N_("This identity or passphrase does not open the backup."),
        N_("Give the one it was made with. There is no other way to open it."),
    ),
    "altered": ProblemTexts(
        N_("The backup was altered or is damaged: {name}. Nothing was restored."),
        N_("Try another copy of the backup, or an older one."),
    ),
    "backup_newer": ProblemTexts(
        N_("The backup was made by a newer release of this program ({program})."),
        N_("Install that release, then restore with it."),
    ),
    "not_empty": ProblemTexts(
        N_("There is something in the place of the restore already: {found}."),
        N_("Move {folder} aside (mv {folder} {folder}.old), or give an empty folder with --folder."),
    ),
    "other_database": ProblemTexts(
        N_("The backup holds a {database} database, and the settings name another kind."),
        N_("Set LODGEKEY_DATABASE_URL as it was on the gateway that made the backup, without it for SQLite."),
    ),
    "database_damaged": ProblemTexts(
        N_("The database is damaged: {name}."),
        N_("Try an older backup. See also: lodgekey doctor"),
    ),
    "program_missing": ProblemTexts(
        N_("The program {name} was not found."),
        N_("On Debian: apt install postgresql-client"),
    ),
    "program_failed": ProblemTexts(
        N_("{name} failed: {detail}"),
        N_("Correct this, then run the command again. See also: lodgekey doctor"),
    ),
    "files_change": ProblemTexts(
        N_("The files in {folder} keep changing."),
        N_("Run the command again in a minute."),
    ),
    "ended_list_missing": ProblemTexts(
        N_("The list of what has ended since the backup ({name}) is not in {folder}."),
        N_(
            "Give the copy of the old folder or the newest one kept elsewhere with --ended FILE. If there is none, "
            "--without-ended-list restores people who were erased since, and keys that were revoked since."
        ),
    ),
    "still_lost": ProblemTexts(
        N_("The backup does not hold this, or holds an older one: {lost}."),
        N_(
            "Try a newer backup. To see what it costs to go on without it: lodgekey certs renew-identity --folder "
            "{folder}"
        ),
    ),
    "database_lost": ProblemTexts(
        N_("The database of the gateway in {folder} is lost, so the files alone are of no use."),
        N_(
            "Move the folder aside (mv {folder} {folder}.lost), then restore all of it: lodgekey restore BACKUP "
            "--identity IDENTITY --ended {folder}.lost/ended.jsonl --folder {folder}"
        ),
    ),
    "rows_needed": ProblemTexts(
        N_("An SQLite database has no backup of its own, so the backup must hold it."),
        N_("Run the command without --without-database."),
    ),
    "no_rows": ProblemTexts(
        N_("The backup does not hold the database, and the database of the settings is empty."),
        N_("Restore the database with PostgreSQL's own tools first, then run the command again."),
    ),
    "not_confirmed": ProblemTexts(
        N_("Nothing was changed, because this was not confirmed."),
        N_("Read what it costs, then confirm with --yes."),
    ),
    "broker_missing": ProblemTexts(
        N_("The MQTT broker mosquitto was not found: {detail}."),
        N_("On Debian: apt install mosquitto. Or give its path with LODGEKEY_MOSQUITTO."),
    ),
    "port_forbidden": ProblemTexts(
        N_("This user may not listen on port {port}."),
        N_("Choose a port above 1023 with --port, behind a proxy."),
    ),
    "address_unknown": ProblemTexts(
        N_("This machine does not have the address {host}."),
        N_("Give one of its addresses with --host, for example 127.0.0.1."),
    ),
    "broker_failed": ProblemTexts(
        N_("The broker did not start: {detail}"),
        N_("Find the cause with: lodgekey doctor"),
    ),
    "broker_port_in_use": ProblemTexts(
        N_("The broker's port is in use: {detail}"),
        N_("Stop the program that uses it (see `ss -ltnp`), or set LODGEKEY_BROKER_PORT to another port."),
    ),
    "port_in_use": ProblemTexts(
        N_("Port {port} is in use."),
        N_(
            "Stop the program that uses it (see `ss -ltnp`), or choose another port with --port; --port "
            "0 selects a free one."
        ),
    ),
    "no_permission": ProblemTexts(
        N_("Permission denied ({detail}): {name}"),
        N_("Run the command as the user who owns the gateway's folder, or give the folder to this user (chown)."),
    ),
    "not_there": ProblemTexts(
        N_("No such file or folder: {name}"),
        N_("Check the path."),
    ),
    "system": ProblemTexts(
        N_("System error ({detail}): {name}"),
        N_("Find the cause with: lodgekey doctor"),
    ),
    "disk_full": ProblemTexts(
        N_("The disk is full."),
        N_("Free up space on the disk of the gateway's folder (see `df` and `du`), then run the command again."),
    ),
    "database_locked": ProblemTexts(
        N_("The database is locked by another program."),
        N_(
            "Try again when that program has finished. If the lock remains, stop the program that has "
            "the file open (see `lsof`)."
        ),
    ),
    "database_newer": ProblemTexts(
        N_("The database was written by a newer release of this program."),
        N_("Install that release; an older release does not downgrade a database."),
    ),
    "database_unknown": ProblemTexts(
        N_("The database is at revision {revision}, which no release of this program has."),
        N_("Check LODGEKEY_DATABASE_URL: it may be the database of another program. Nothing was changed in it."),
    ),
    "database_altered": ProblemTexts(
        N_("The database is at revision {revision}, but its tables are not those of that revision."),
        N_(
            "An unreleased version wrote it, or it was altered, so it cannot be migrated safely. Restore a backup. "
            "Nothing was changed in it."
        ),
    ),
    "database_older": ProblemTexts(
        N_("The database was written by an older release, or is empty."),
        N_("Run: lodgekey db migrate"),
    ),
    "database_went_back": ProblemTexts(
        N_("The database lacks what the gateway in {folder} committed: it was restored to an earlier time."),
        N_(
            "If that was on purpose, run: lodgekey db settle --folder {folder}. If not, check LODGEKEY_DATABASE_URL: "
            "it may name another database."
        ),
    ),
    "no_such_stay": ProblemTexts(
        N_("There is no such stay."),
        N_("Its id is in the address of the landlord's page."),
    ),
    "several_people": ProblemTexts(
        N_("{count} people are registered for this stay."),
        N_("Say whose letter it is: --person with the number on the landlord's page, or --booker."),
    ),
    "no_such_person": ProblemTexts(
        N_("Nobody registered for this stay has this number."),
        N_("Whoever is not registered, or erased already, cannot be erased. See: lodgekey erasure list --all"),
    ),
    "database_broken": ProblemTexts(
        N_("The file is not a database, or is damaged."),
        N_("Restore the backup. See also: lodgekey doctor"),
    ),
    "database_away": ProblemTexts(
        N_("The database is not available ({detail})."),
        N_("Find the cause with: lodgekey doctor"),
    ),
    "gateway_away": ProblemTexts(
        N_("The gateway is not responding ({detail})."),
        N_("Start it with `lodgekey serve`, and check the address."),
    ),
    "gateway_failed": ProblemTexts(
        N_("The gateway did not start."),
        N_("The lines above show the cause. See also: lodgekey doctor"),
    ),
    "demo_failed": ProblemTexts(
        N_("The demonstration failed: {detail}"),
        N_("The logs of its parts are in .data/last-failure."),
    ),
    "interrupted": ProblemTexts(
        N_("Interrupted."),
        N_("Run the command again."),
    ),
}


def what_happened(language: str, code: str, /, **facts: object) -> str:
    """Return what happened, in `language`. Raises KeyError for a code without text."""
    return translator(language).translate(PROBLEMS[code].what_happened, **facts)


def what_to_do(language: str, code: str, /, **facts: object) -> str:
    """Return what to do about it, in `language`. Raises KeyError for a code without text."""
    return translator(language).translate(PROBLEMS[code].what_to_do, **facts)
