"""Judges a clip against its challenge: the head turned as asked, and its nose stood out from the plane of the face."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from gateway.domain.identity import Challenge, ImageRefused, LivenessResult, Turn
from gateway.domain.liveness import FEWEST_FRAMES, MOST_FRAMES
from gateway.identity.faces import FaceBox, FaceEngine, Points, band_of, distance, one_face, shrink
from gateway.identity.images import Pixels
from gateway.identity.settings import Thresholds

FRAME_WIDTH, DETECTION_WIDTH = 480, 240
PLANE = np.r_[17:27, 36:68]
"""Brows, eyes and lips of the 68 points: near enough one plane."""
NOSE = np.r_[27:36]
LEFT_EYE, RIGHT_EYE = np.r_[42:48], np.r_[36:42]
LEAST_SWING = 0.19
"""Of the nose against the eyes in every turn, in distances between the eyes: a living head 0.21 and more."""
LEAST_PARALLAX, USUAL_PARALLAX = 0.04, 0.09
"""Nose off the plane's homography, likewise: in every turn, and as the median of the turns."""
CENTRE = 0.10
MOST_LOST = 0.25
FARTHEST_JUMP = 0.8
"""Of the distance between the eyes, from one frame to the next."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where one frame's head looks: 68 points upright on the eyes' line, eye distance 1, and the nose's swing."""

    frame: int
    points: Points
    middle: Points
    eyes: float
    swing: float
    box: FaceBox


def check_liveness(
    engine: FaceEngine, challenge: Challenge, frames: Sequence[Pixels], portrait: Pixels | None, thresholds: Thresholds
) -> LivenessResult:
    """Passed only if every turn was made, in order, each with swing and parallax, by one face: the portrait's.

    Raises ImageRefused for a clip too short or too long, or a portrait without one face.
    """
    if not engine.has_landmarks:
        return LivenessResult(passed=False, model=engine.version, problems=("liveness_not_available",))
    if not FEWEST_FRAMES <= len(frames) <= MOST_FRAMES:
        raise ImageRefused("too_few_frames" if len(frames) < FEWEST_FRAMES else "too_many_frames", "clip")
    poses = find_poses(engine, frames)
    problem = motion_problem(challenge.turns, poses, len(frames))
    if problem is None:
        problem = _other_face(engine, [frames[poses[0].frame], frames[poses[-1].frame]], portrait, thresholds)
    return LivenessResult(problem is None, engine.version + "/parallax-2", (problem,) if problem else ())


def motion_problem(turns: Sequence[Turn], poses: Sequence[Pose], frames: int) -> str | None:
    """Why the movement is not that of a living head asked for these turns, or None."""
    if len(poses) < (1 - MOST_LOST) * frames or _jumps(poses):
        return "liveness_face_lost"
    made = find_turns(poses)
    if tuple(turn for turn, _ in made) != tuple(turns):
        return "liveness_other_order"
    front = min(poses[: max(1, len(poses) // 4)], key=lambda pose: abs(pose.swing))
    stands_out = [max(parallax(front, pose) for pose in turned) for _, turned in made]
    deep = min(stands_out) > LEAST_PARALLAX and median(stands_out) > USUAL_PARALLAX
    return None if deep else "liveness_flat"


def find_poses(engine: FaceEngine, frames: Sequence[Pixels]) -> list[Pose]:
    """The poses of the frames that show a face; a turned one is looked for where the face was last."""
    poses: list[Pose] = []
    for place, frame in enumerate(frames):
        pose = find_pose(engine, frame, place, poses[-1].box if poses else None)
        poses += [pose] if pose else []
    return poses


def find_pose(engine: FaceEngine, frame: Pixels, place: int, before: FaceBox | None) -> Pose | None:
    """The pose of the one face, or None where no face or no landmarks are found."""
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
    return Pose(place, level, middle, eyes, float(level[30, 0]), face)


def find_turns(poses: Sequence[Pose]) -> list[tuple[Turn, list[Pose]]]:
    """Each turn made and its far poses, in order; the head must come back to the middle between two turns.

    The person's left is the picture's right. The middle is the median of the first frames; a single frame that looks
    to the other side than both its neighbours is a slip of the landmarks, not a turn.
    """
    rest = float(np.median([pose.swing for pose in poses[: max(3, len(poses) // 12)]]))
    aways = [pose.swing - rest for pose in poses]
    made: list[tuple[Turn, list[Pose]]] = []
    turned = False
    for at, (pose, away) in enumerate(zip(poses, aways, strict=True)):
        side: Turn = "left" if away > 0 else "right"
        if 0 < at < len(aways) - 1 and max(aways[at - 1] * away, away * aways[at + 1]) < 0:
            continue
        if abs(away) > LEAST_SWING:
            if not turned or made[-1][0] != side:
                made.append((side, []))
            made[-1][1].append(pose)
            turned = True
        elif abs(away) < CENTRE:
            turned = False
    return made


def parallax(front: Pose, turned: Pose) -> float:
    """How far the nose lies from where a flat face would have carried it, in distances between the eyes."""
    carried = np.asarray(cv2.findHomography(front.points[PLANE], turned.points[PLANE], 0)[0], np.float64)
    if carried.shape != (3, 3):
        return 0.0
    expected = cv2.perspectiveTransform(front.points[NOSE].reshape(-1, 1, 2), carried).reshape(-1, 2)
    off: NDArray[np.float64] = np.linalg.norm(expected - turned.points[NOSE], axis=1)
    return float(off.mean())


def _jumps(poses: Sequence[Pose]) -> bool:
    """True where the face is somewhere else, or of another size, from one frame to the next."""
    for before, after in pairwise(poses):
        moved = float(np.hypot(*(after.middle - before.middle)))
        if moved > FARTHEST_JUMP * before.eyes * (after.frame - before.frame):
            return True
    return False


def _other_face(
    engine: FaceEngine, ends: Sequence[Pixels], portrait: Pixels | None, thresholds: Thresholds
) -> str | None:
    """Whether first and last frame, and the portrait, show different faces."""
    cuts = [one_face(engine, frame, "clip") for frame in ends]
    if portrait is not None:
        cuts.append(one_face(engine, portrait, "portrait"))
    for other in cuts[1:]:
        if band_of(distance(engine, [cuts[0], other], 1), thresholds) == "refuse":
            return "liveness_face_changed"
    return None
