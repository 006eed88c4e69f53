"""What the forms for a new password have in common."""

from api.web.shell.forms import Input, refuse_incomplete
from gateway.domain.errors import PasswordDiffers
from gateway.texts.marks import N_


def refuse_differing(*, new: str, again: str, **others: str) -> None:
    """Raise FormRefused for empty inputs, PasswordDiffers where the new password was entered differently."""
    typed = others | {"new": new, "again": again}
    refuse_incomplete(typed, *(Input(name, 1000) for name in typed))
    if new != again:
        raise PasswordDiffers(N_("The new passwords do not match. Enter them again."), field="again")
