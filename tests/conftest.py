"""What every test shares. The display is chosen before anything can import Qt."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

if sys.platform == "linux" and not (os.environ.get("QT_QPA_PLATFORM") or os.environ.get("DISPLAY")):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

# How long an example takes says nothing of the code: a machine that is busy stops it for a while.
settings.register_profile("patient", settings.default, deadline=None)
settings.load_profile("patient")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def nano_folder() -> Path:
    """The bundled model; NESTLING_TEST_MODEL names another one while a new one is being trained."""
    return Path(os.environ.get("NESTLING_TEST_MODEL") or ROOT / "assets" / "nano")
