"""Judges a clip against its challenge: the requested turns, and the nose standing out from the face in each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from gateway.domain.verification.liveness import MAX_FRAMES, MIN_FRAMES
from gateway.domain.verification.port import Challenge, ImageRefused, LivenessResult, Turn
from gateway.identity.faces.compare import FaceBox, FaceEngine, Points, band_of, distance, one_face, shrink
from gateway.identity.faces.nose_parallax import follow_nose
from gateway.identity.images.decode import Pixels
from gateway.identity.settings import Thresholds

FRAME_WIDTH, DETECTION_WIDTH = 480, 240
PLANE = np.r_[17:27, 36:68]
"""Indices of brows, eyes and lips in the 68 points, which lie nearly in one plane."""
NOSE = np.r_[27:36]
LEFT_EYE, RIGHT_EYE = np.r_[42:48], np.r_[36:42]
JAW = np.r_[0:17]
RULES = "parallax-4"
"""The version of the rules below in verdicts; incremented with every change of them."""
LEAST_SWING, OWN_SHARE = 0.15, 0.4
"""Least shift of the nose against the jaw, in eye distances, and least share of this head's widest turns."""
MIN_PARALLAX = 0.05
"""By landmarks, in every turn: distance of the nose from the homography of the face's plane, in eye distances."""
MIN_WAY = 0.08
"""By pixels, in every turn: shift of the nose off the line from its root to the lips, in eye distances."""
FAR_FRAMES = 3
"""The number of far frames whose median represents a turn."""
MAX_LOST = 0.25
FARTHEST_JUMP = 0.8
"""Largest movement from one frame to the next, in eye distances."""


@dataclass(frozen=True, slots=True)
class Pose:
    """One frame's head: 68 points in pixels (`seen`), and levelled, in eye distances from `middle` (`level`)."""

    frame: int
    seen: Points
    level: Points
    middle: Points
    eyes: float
    swing: float
    box: FaceBox


@dataclass(frozen=True, slots=True)
class TurnMade:
    """A turn to one side: the poses from the last one at rest to the last far one, and the far ones."""

    side: Turn
    path: Sequence[Pose]
    far: Sequence[Pose]


def check_liveness(
    engine: FaceEngine, challenge: Challenge, frames: Sequence[Pixels], portrait: Pixels | None, thresholds: Thresholds
) -> LivenessResult:
    """Pass only if one face, the portrait's, made every turn in order, each with swing and parallax.

    Raises ImageRefused for a clip too short or too long, or a portrait without exactly one face.
    """
    if not engine.has_landmarks:
        return LivenessResult(passed=False, model=engine.version, problems=("liveness_not_available",))
    if not MIN_FRAMES <= len(frames) <= MAX_FRAMES:
        raise ImageRefused("too_few_frames" if len(frames) < MIN_FRAMES else "too_many_frames", "clip")
    poses = find_poses(engine, frames)
    problem = motion_problem(challenge.turns, poses, frames)
    if problem is None:
        problem = _other_face(engine, [frames[poses[0].frame], frames[poses[-1].frame]], portrait, thresholds)
    return LivenessResult(problem is None, f"{engine.version}/{RULES}", (problem,) if problem else ())


def motion_problem(turns: Sequence[Turn], poses: Sequence[Pose], frames: Sequence[Pixels]) -> str | None:
    """The problem code if the movement is not a living head making these turns, else None."""
    if len(poses) < (1 - MAX_LOST) * len(frames) or _jumps(poses):
        return "liveness_face_lost"
    poses = steady(poses)
    made = find_turns(poses)
    if tuple(turn.side for turn in made) != tuple(turns):
        return "liveness_other_order"
    front = np.median([pose.level for pose in poses[: _still(poses)]], axis=0)
    return None if all(stands_out(front, turn, frames) for turn in made) else "liveness_flat"


def stands_out(front: Points, turn: TurnMade, frames: Sequence[Pixels]) -> bool:
    """Whether the nose leaves the face's plane (landmarks) and its line (pixels), towards the side of the turn."""
    if _far_median([parallax(front, pose.level) for pose in turn.far]) < MIN_PARALLAX:
        return False
    ways = follow_nose([shrink(frames[pose.frame], FRAME_WIDTH)[0] for pose in turn.path], turn.path)
    far = {pose.frame for pose in turn.far}
    followed = [way for pose, way in zip(turn.path[1:], ways, strict=True) if way is not None and pose.frame in far]
    return _far_median([way if turn.side == "left" else -way for way in followed]) >= MIN_WAY


def find_poses(engine: FaceEngine, frames: Sequence[Pixels]) -> list[Pose]:
    """The poses of the frames that show a face; a turned face is searched at the previous position."""
    poses: list[Pose] = []
    for place, frame in enumerate(frames):
        pose = find_pose(engine, frame, place, poses[-1].box if poses else None)
        poses += [pose] if pose else []
    return poses


def find_pose(engine: FaceEngine, frame: Pixels, place: int, before: FaceBox | None) -> Pose | None:
    """The pose of the only face; None where no face or no landmarks are found."""
    small, _ = shrink(frame, FRAME_WIDTH)
    tiny, scale = shrink(small, DETECTION_WIDTH)
    face = engine.find_turned(tiny, before)
    points = engine.landmarks(small, face.scaled(1 / scale)) if face else None
    if points is None or face is None:
        return None
    left, right = points[LEFT_EYE].mean(axis=0), points[RIGHT_EYE].mean(axis=0)
    across, middle = left - right, (left + right) / 2
    eyes = float(np.hypot(*across))
    upright = np.array([[across[0], across[1]], [-across[1], across[0]]]) / eyes**2
    level = (points - middle) @ upright.T
    return Pose(place, points, level, middle, eyes, swing_of(level), face)


def swing_of(level: Points) -> float:
    """Distance of the nose to the picture's right of the jaw's middle, in eye distances."""
    return float(level[NOSE, 0].mean() - level[JAW, 0].mean())


def steady(poses: Sequence[Pose]) -> list[Pose]:
    """The poses with each level landmark replaced by the median of three neighbouring frames.

    Noise moves the landmarks of single frames by up to half a turn; a turn and the rest after it last longer.
    """
    levels = np.array([pose.level for pose in poses])
    beside = np.concatenate((levels[:1], levels, levels[-1:]))
    medians = np.median((beside[:-2], beside[1:-1], beside[2:]), axis=0)
    return [replace(pose, level=level, swing=swing_of(level)) for pose, level in zip(poses, medians, strict=True)]


def find_turns(poses: Sequence[Pose]) -> list[TurnMade]:
    """Each turn made, in order. Between two turns to one side the head must return, as measured for this head.

    The person's left is the picture's right. The rest position is the median of the first frames.
    """
    rest = float(np.median([pose.swing for pose in poses[: _still(poses)]]))
    aways = [pose.swing - rest for pose in poses]
    far = max(LEAST_SWING, OWN_SHARE * sorted(abs(away) for away in aways)[-FAR_FRAMES])
    made: list[TurnMade] = []
    home, turned = 0, False
    for at, (pose, away) in enumerate(zip(poses, aways, strict=True)):
        side: Turn = "left" if away > 0 else "right"
        if abs(away) < far / 2:
            home, turned = at, False
        elif abs(away) > far:
            before = made.pop().far if turned and made[-1].side == side else ()
            made.append(TurnMade(side, poses[home : at + 1], (*before, pose)))
            turned = True
    return made


def parallax(front: Points, turned: Points) -> float:
    """Mean distance of the nose from its position on a flat face in the same pose, in eye distances."""
    carried = np.asarray(cv2.findHomography(front[PLANE], turned[PLANE], 0)[0], np.float64)
    if carried.shape != (3, 3):
        return 0.0
    expected = cv2.perspectiveTransform(front[NOSE].reshape(-1, 1, 2), carried).reshape(-1, 2)
    off: NDArray[np.float64] = np.linalg.norm(expected - turned[NOSE], axis=1)
    return float(off.mean())


def _still(poses: Sequence[Pose]) -> int:
    """The number of first frames that show the head before it turns."""
    return max(FAR_FRAMES, len(poses) // 12)


def _far_median(values: Sequence[float]) -> float:
    """The median of the FAR_FRAMES largest values; 0 without values."""
    return float(np.median(sorted(values)[-FAR_FRAMES:])) if values else 0.0


def _jumps(poses: Sequence[Pose]) -> bool:
    """Whether the face's position or size jumps from one frame to the next."""
    for before, after in pairwise(poses):
        moved = float(np.hypot(*(after.middle - before.middle)))
        if moved > FARTHEST_JUMP * before.eyes * (after.frame - before.frame):
            return True
    return False


def _other_face(
    engine: FaceEngine, ends: Sequence[Pixels], portrait: Pixels | None, thresholds: Thresholds
) -> str | None:
    """ "liveness_face_changed" if the first and last frames, or the portrait, show different faces; else None."""
    cuts = [one_face(engine, frame, "clip") for frame in ends]
    if portrait is not None:
        cuts.append(one_face(engine, portrait, "portrait"))
    for other in cuts[1:]:
        if band_of(distance(engine, [cuts[0], other], 1), thresholds) == "refuse":
            return "liveness_face_changed"
    return None
