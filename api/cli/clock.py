"""`lodgekey clock`: the time the gateway acts on."""

import typer

from api.cli.output import AsJson, Folder, settings_of, tell
from api.cli.refusal import NOT_THERE, Refused
from gateway.clock import utc_now
from gateway.operations.clock_state import ClockState, accept_clock
from gateway.texts.marks import N_

app = typer.Typer(no_args_is_help=True)


@app.callback()
def clock() -> None:
    """The time the gateway acts on."""


@app.command()
def accept(folder: Folder = None, as_json: AsJson = False) -> None:
    """Confirm that this machine's clock is right, after it was set or the gateway was off for long."""
    settings = settings_of(folder)
    if not settings.folder.is_dir():
        raise Refused("no_gateway", NOT_THERE, folder=settings.folder)
    before = ClockState.read(settings.folder)
    accept_clock(settings.folder, utc_now())
    tell(
        {"accepted": utc_now(), "seen": before.seen, "off_by": before.off_by},
        as_json,
        N_("The clock is accepted. A running gateway follows it within half a minute."),
    )
