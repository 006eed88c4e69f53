"""The liveness challenge: head turns in a given order, how long it is valid, and the attempt limit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from gateway.domain.verification.port import Challenge, Turn

Level = Literal["phone", "kiosk", "person"]

TURNS: tuple[Turn, ...] = ("left", "right")
TURN_COUNT = 4
"""Sixteen orders: a clip of an earlier challenge fits a new one with a chance of 1 in 16, and never the next one."""
VALID_SECONDS = 60
MAX_ATTEMPTS = 3
MIN_FRAMES, MAX_FRAMES = 8, 120
LEVELS: Final[Mapping[Level, Mapping[str, str]]] = {
    "phone": {
        "en": "The tenant's own phone. Stops photos, bent prints, and clips of an earlier request unless they happen "
        "to fit (1 in 16). Does not stop a recording that follows the turns, a mask, or a picture fed in instead of "
        "the camera.",
        "zh": "租客自己的手机。可拦截照片、弯曲的打印照片，以及旧视频（恰好相符的概率为十六分之一）；"
        "不能拦截按要求转头的录像、面具，或绕过摄像头注入的画面。",
    },
    "kiosk": {
        "en": "The camera at the door; who registers on a phone waits for a person. Stops what the phone stops, and "
        "pictures fed in instead of the camera. Does not stop a mask, or a screen held up that follows the turns.",
        "zh": "门口自助机的摄像头；用手机登记的租客由工作人员核验。除手机能拦截的之外，还可拦截注入的画面；"
        "不能拦截面具，或举在镜头前按要求转头的屏幕。",
    },
    "person": {
        "en": "A person looks at every tenant before the key is given. May notice masks and screens too. Does not stop "
        "what that person overlooks, and tenants wait until somebody has looked.",
        "zh": "发放钥匙前由工作人员逐一核验，也可能识别面具和屏幕；不能防止工作人员疏忽，且租客须等待核验。",
    },
}
"""What each level stops and does not stop; shown where a landlord chooses."""


def issue_challenge(
    nonce: str, now: int, choose: Callable[[Sequence[Turn]], Turn], previous: Challenge | None
) -> Challenge:
    """A new challenge whose order differs from the previous one's. `choose` must be a secure random choice."""
    turns = tuple(choose(TURNS) for _ in range(TURN_COUNT))
    if previous is not None and turns == previous.turns:
        turns = tuple("right" if turn == "left" else "left" for turn in turns)
    return Challenge(nonce, turns, now, now + VALID_SECONDS)


def challenge_problem(challenge: Challenge | None, nonce: str, now: int, attempts: int) -> str | None:
    """Why a clip may not be judged against this challenge (a reason code), or None. `attempts`: clips judged so far."""
    if attempts >= MAX_ATTEMPTS:
        return "liveness_tries_used"
    if challenge is None or challenge.nonce != nonce:
        return "liveness_other_challenge"
    return None if challenge.issued_at <= now < challenge.expires_at else "liveness_too_late"
