"""A file through the window's worker and through the shell: one path, the same words and times."""

from pathlib import Path

import numpy as np

from engine.datatypes import SAMPLE_RATE, Segment
from engine.file_hearing import FileHearing
from engine.protocol import SegmentChanged, TranscribeFile
from engine.session import Session
from tests.e2e.speech import MORNING, QUESTION, speech, write_wav


def test_a_file_in_moments_is_the_file_as_a_whole(nano_folder: Path, tmp_path: Path) -> None:
    silence = np.zeros(2 * SAMPLE_RATE, np.float32)
    sound = np.concatenate([silence, speech(MORNING), silence, speech(QUESTION)])
    path = write_wav(tmp_path / "talk.wav", sound)
    session = Session()
    for _ in session.load(nano_folder):
        pass
    whole = list(session.transcribe(path))
    hearing = FileHearing(session)
    list(hearing.start(TranscribeFile(1, str(path))))
    heard: list[Segment] = []
    moments = 0
    while hearing.running:
        moments += 1
        heard += [event.segment for event in hearing.step() if isinstance(event, SegmentChanged)]
    assert len(whole) == 2
    assert moments > 2
    assert [segment for segment in heard if segment.final] == whole
    session.close()
