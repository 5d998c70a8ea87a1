"""The real program: real worker, real microphone, real window."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.e2e.program import Program
from tests.virtual_audio import VirtualAudio, in_environment

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="module")
def sound() -> Iterator[VirtualAudio]:
    """A sound server with two microphones, `mic` (the default) and `desk`."""
    server = VirtualAudio(("mic", "desk"))
    try:
        with in_environment(server.environment):
            yield server
    finally:
        server.close()


@pytest.fixture(scope="module")
def start(
    qapp: QApplication,
    sound: VirtualAudio,
    nano_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Program]]:
    """Start the program, by default with the bundled model; the model may not be there yet."""
    running: list[Program] = []

    def start(
        model: Path = nano_folder, folder: Path | None = None, *, starter_ears: bool = False
    ) -> Program:
        folder = folder or tmp_path_factory.mktemp("program")
        program = Program(sound, model, folder, starter_ears=starter_ears)
        running.append(program)
        program.show()
        return program

    yield start
    for program in running:
        program.close()
