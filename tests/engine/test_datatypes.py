"""What flows is what it says it is, and nothing that flows can be changed on the way."""

import numpy as np
import pytest

from engine.datatypes import CameraFrame, Role, Turn


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
    ids=["grey", "alpha", "float", "empty"],
)
def test_only_pictures_pass_for_pictures(picture: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"a picture is uint8 \[H, W, 3\]"):
        CameraFrame(picture, 0, 0.0)
    with pytest.raises(ValueError, match=r"a picture is uint8 \[H, W, 3\]"):
        Turn(0, Role.USER, "", images=(picture,))


def test_a_picture_is_read_only_from_then_on() -> None:
    frame = CameraFrame(np.zeros((2, 2, 3), np.uint8), 0, 0.0)
    turn = Turn(0, Role.USER, "", images=(np.zeros((2, 2, 3), np.uint8),))
    assert not frame.rgb.flags.writeable
    assert not turn.images[0].flags.writeable
