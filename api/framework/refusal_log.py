"""A line in the log for each request that was refused: who is not signed in, not entitled, or asks too often."""

import logging
from typing import Final

from fastapi import Request

from gateway.domain.errors import Busy, LodgekeyError, TooManyAttempts

NOT_ENTITLED: Final = (401, 403)
log = logging.getLogger(__name__)


def log_refusal(request: Request, error: LodgekeyError) -> None:
    """Log the error's code with the route's own path, if the request was refused: a real path may hold a capability."""
    if isinstance(error, Busy | TooManyAttempts) or error.status in NOT_ENTITLED:
        route = getattr(request.scope.get("route"), "path", "no route")
        log.info("refused: %s at %s %s", error.code, request.method, route)
