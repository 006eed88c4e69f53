"""Turns are detected in the yaw of a head, and the nose is tracked through drawn frames."""

from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from gateway.identity.faces.compare import FaceBox, Points
from gateway.identity.faces.liveness import NOSE, Pose, find_turns, steady
from gateway.identity.faces.nose_parallax import follow_nose
from gateway.identity.images.decode import Pixels

STILL, OUT_AND_BACK = (0.0, 0.01, -0.01), (0.1, 0.2, 0.3, 0.2, 0.1)
ROWS, COLUMNS, EYES = 300, 240, 80.0
MIDDLE, ROOT_ROW, TIP_ROW, LIP_ROW = 120.0, 100.0, 150.0, 190.0


def pose_at(frame: int, swing: float) -> Pose:
    """A pose of which only the nose offset matters."""
    level = np.zeros((68, 2))
    level[NOSE, 0] = swing
    return Pose(frame, level, level, level[0], EYES, swing, FaceBox(0, 0, 10, 10))


def sides(*swings: float) -> str:
    """The turns detected in these offsets, one letter each."""
    return "".join(turn.side[0] for turn in find_turns(steady([pose_at(*pose) for pose in enumerate(swings)])))


def test_two_turns_to_one_side_with_two_frames_of_rest_between_them_are_two() -> None:
    assert sides(*STILL, *OUT_AND_BACK, -0.01, 0.01, *OUT_AND_BACK, *STILL) == "ll"


def test_grain_that_throws_a_single_frame_back_to_the_middle_does_not_split_a_turn() -> None:
    assert sides(*STILL, 0.1, 0.3, 0.3, 0.0, 0.3, 0.3, 0.1, *STILL) == "l"


def test_grain_that_throws_a_single_frame_aside_at_rest_makes_no_turn() -> None:
    assert sides(*STILL, *OUT_AND_BACK, 0.0, -0.4, 0.0, *(-swing for swing in OUT_AND_BACK), *STILL) == "lr"


def test_each_landmark_is_steadied_by_the_two_frames_beside_it_and_the_seen_ones_are_left() -> None:
    thrown = [pose_at(*pose) for pose in enumerate((0.1, 0.9, 0.2, 0.3))]
    found = steady(thrown)
    assert [pose.swing for pose in found] == pytest.approx([0.1, 0.2, 0.3, 0.3])
    assert found[1].level[NOSE, 0] == pytest.approx(0.2)
    assert found[1].seen is thrown[1].seen


def test_a_head_that_goes_on_from_one_side_to_the_other_makes_two_turns() -> None:
    assert sides(*STILL, *OUT_AND_BACK, *(-swing for swing in OUT_AND_BACK), *STILL) == "lr"


def test_a_turn_that_wavers_is_still_one() -> None:
    assert sides(*STILL, 0.1, 0.3, 0.2, 0.3, 0.1, *STILL) == "l"


def test_a_single_frame_that_looks_to_the_other_side_is_no_turn() -> None:
    assert sides(*STILL, 0.1, 0.3, 0.3, -0.3, 0.3, 0.3, 0.1, *STILL) == "l"


def test_a_head_that_only_trembles_makes_no_turn() -> None:
    assert sides(*STILL, *(0.05, -0.06, 0.08) * 8) == ""


def test_a_head_at_rest_that_looks_aside_is_measured_from_its_own_rest() -> None:
    turns = (*STILL, *OUT_AND_BACK, *STILL, *(-swing for swing in OUT_AND_BACK), *STILL)
    assert sides(*(swing + 0.25 for swing in turns)) == "lr"


def test_a_turn_begins_at_the_last_frame_of_rest_and_names_its_far_frames() -> None:
    (turn,) = find_turns([pose_at(*pose) for pose in enumerate((*STILL, *OUT_AND_BACK, *STILL))])
    assert [pose.frame for pose in turn.path] == [2, 3, 4, 5, 6]
    assert [pose.frame for pose in turn.far] == [4, 5, 6]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The parts of a frame that tracking needs."""

    seen: Points
    eyes: float = EYES


def draw_face(aside: float, squeeze: float) -> tuple[Pixels, Drawn]:
    """A grain face compressed towards its middle column, with the nose moved right by this many pixels."""
    grain = np.random.default_rng(1).integers(0, 256, (ROWS, COLUMNS), np.uint8)
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS].astype(np.float32)
    nose = np.exp(-(((rows - TIP_ROW) / 22) ** 4) - ((columns - MIDDLE) / 45) ** 4)
    from_columns = (columns - MIDDLE - aside * nose) / squeeze + MIDDLE
    soft = cv2.GaussianBlur(grain, (0, 0), 3)
    face = cv2.remap(cv2.normalize(soft, soft, 0, 255, cv2.NORM_MINMAX), from_columns, rows, cv2.INTER_LINEAR)
    points = np.zeros((68, 2))
    for row, numbers in ((ROOT_ROW, [27]), (TIP_ROW, [30, 33]), (LIP_ROW, [51, 57])):
        points[numbers] = (MIDDLE, row)
    return np.asarray(np.dstack([face] * 3), np.uint8), Drawn(points)


@pytest.mark.parametrize("towards", [1, -1])
def test_a_nose_that_stands_out_is_followed_off_the_line_of_the_face(towards: int) -> None:
    frames, faces = zip(*(draw_face(towards * step, 1) for step in range(0, 15, 3)), strict=True)
    ways = follow_nose(frames, faces)
    assert [way for way in ways if way is not None] == pytest.approx(
        [towards * step / EYES for step in range(3, 15, 3)], abs=0.03
    )


def test_the_nose_of_a_print_that_is_squeezed_by_turning_stays_on_its_line() -> None:
    frames, faces = zip(*(draw_face(0, squeeze) for squeeze in (1, 0.95, 0.9, 0.85, 0.8)), strict=True)
    assert follow_nose(frames, faces) == pytest.approx([0, 0, 0, 0], abs=0.02)


def test_a_face_that_is_suddenly_another_picture_is_not_followed() -> None:
    frame, face = draw_face(0, 1)
    blank = np.full_like(frame, 90)
    ways = follow_nose([frame, blank, frame], [face] * 3)
    assert ways == [None, None]
