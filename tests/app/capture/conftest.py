"""A private sound server for each test that asks for one."""

from collections.abc import Iterator

import pytest

from tests.virtual_audio import VirtualAudio, in_environment


@pytest.fixture
def sound_server() -> Iterator[VirtualAudio]:
    """Two microphones, `mic` (the default) and `desk`; this process uses that server."""
    server = VirtualAudio(("mic", "desk"))
    try:
        with in_environment(server.environment):
            yield server
    finally:
        server.close()
