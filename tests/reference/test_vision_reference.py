"""The vision tower and its preprocessing against timm, torchvision and transformers' processors.

All of it runs in `beside_timm.py`, one process for each kind of figure.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from engine.provision import REFERENCE
from tests.tiny_vision import PICTURE_SIZES, TOWERS

ROOT = Path(__file__).resolve().parents[2]

# [W x H] -> widths of the crops, or heights for upright pictures (spec/audio-vision.md section 15).
EXAMPLES = {
    (1000, 1000): [],
    (1190, 1000): [],
    (1200, 1000): [600, 600],
    (1500, 1000): [750, 750],
    (2500, 1000): [834, 834, 832],
    (4000, 1000): [1000] * 4,
    (9000, 1000): [2250] * 4,
    (640, 480): [320, 320],
    (520, 300): [260, 260],
    (500, 400): [],
    (1920, 1080): [960, 960],
    (1001, 500): [501, 500],
    (500, 1001): [501, 500],
}


def figures(kind: str, *arguments: str) -> dict[str, Any]:
    places = [str(Path(sys.prefix) / REFERENCE), str(ROOT)]
    run = subprocess.run(
        [sys.executable, "-W", "error", "tests/reference/beside_timm.py", kind, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(places)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"{run.stderr}\n(`python3 main.py test` installs timm)"
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def test_features_equal_timms_at_every_size() -> None:
    found = figures("encoders")
    assert found.keys() == {
        f"{name} {height}x{width}" for name, (_, sizes) in TOWERS.items() for height, width in sizes
    }
    assert {case: error for case, error in found.items() if not error < 5e-5} == {}


def test_the_picture_that_enters_the_tower_is_the_references_to_the_level() -> None:
    found = figures("resizing")
    assert len(found) == 3 * len(PICTURE_SIZES)
    assert {case: error for case, error in found.items() if error > 1} == {}


def test_crops_are_those_of_pan_and_scan() -> None:
    found = figures("slicing")
    assert {case: both for case, both in found.items() if both[0] != both[1]} == {}
    for (width, height), parts in EXAMPLES.items():
        long = 1 if width >= height else 0
        assert [crop[long] for crop in found[f"{height}x{width}"][1]] == parts


def test_files_are_read_as_the_reference_reads_them(tmp_path: Path) -> None:
    found = figures("files", str(tmp_path))
    assert len(found) == 33
    assert {case: error for case, error in found.items() if error > 1} == {}


def test_logits_of_text_pictures_and_sounds_equal_those_of_transformers(tmp_path: Path) -> None:
    """One checkpoint, opened by both: several pictures and several sounds in one prompt."""
    found = figures("logits", str(tmp_path))
    assert len(found) == 5
    assert {case: error for case, error in found.items() if not error < 1e-4} == {}
