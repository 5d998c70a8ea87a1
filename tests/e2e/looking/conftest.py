"""The real program with a tiny model that sees and hears, and a network camera."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.checkpoints import tiny_config, write_checkpoint
from tests.e2e.looking.helpers import RED, looking
from tests.e2e.program import SOON, Program
from tests.mjpeg_camera import MjpegCamera, plain


@pytest.fixture(scope="module")
def general(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that sees, hears and answers, in tiny."""
    raw = tiny_config(vision=True, max_position_embeddings=4096)
    return write_checkpoint(tmp_path_factory.mktemp("model") / "general", raw)


@pytest.fixture(scope="module")
def one_program(start: Callable[..., Program], general: Path) -> Program:
    program = start(general)
    program.window.welcome.begin.click()
    return program


@pytest.fixture
def server() -> Iterator[MjpegCamera]:
    made = MjpegCamera(plain(RED))
    yield made
    made.close()


@pytest.fixture
def program(one_program: Program) -> Iterator[Program]:
    """With a model, in an empty conversation, looking at nothing."""
    one_program.wait_for_model()
    yield one_program
    looking(one_program).turn_off()
    one_program.application.conversation.stop()
    one_program.wait(lambda: not one_program.application.conversation.answering, SOON)
    if one_program.phase != "idle":
        one_program.stop()
    one_program.window.banner.clear(*[m for m in list(one_program.window.banner._messages)])
    one_program.application.chat.actions["new"].trigger()
