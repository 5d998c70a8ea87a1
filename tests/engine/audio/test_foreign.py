"""What libsndfile does not read is heard through ffmpeg: videos and other sound files."""

import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.audio import foreign
from engine.audio.files import length_s, read_chunks, read_pcm
from engine.datatypes import SAMPLE_RATE
from engine.errors import ErrorKind, NestlingError
from tests.films import film, plain


def tone(seconds: float, rate: int = SAMPLE_RATE) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)


def converted(folder: Path, name: str, seconds: float) -> Path:
    wav, path = folder / "tone.wav", folder / name
    soundfile.write(wav, tone(seconds), SAMPLE_RATE)
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(wav), str(path)], check=True)
    return path


def failure(path: Path) -> str:
    messages = set()
    for reading in (length_s, lambda path: list(read_pcm(path))):
        with pytest.raises(NestlingError) as caught:
            reading(path)
        assert caught.value.kind is ErrorKind.BAD_AUDIO
        messages.add(caught.value.message)
    (message,) = messages
    assert path.name in message
    return message


@pytest.mark.parametrize("name", ["tone.m4a", "tone.webm", "tone.mka", "tone.wma"])
def test_other_sound_files_are_heard_from_begin_to_end(tmp_path: Path, name: str) -> None:
    path = converted(tmp_path, name, 3.0)
    pcm = np.concatenate([chunk.pcm for chunk in read_chunks(path)])
    assert pcm.dtype == np.float32
    assert abs(pcm.size - 3 * SAMPLE_RATE) < 0.15 * SAMPLE_RATE  # codecs pad a little
    middle = pcm[SAMPLE_RATE : 2 * SAMPLE_RATE]
    assert 2 * abs(
        np.mean(middle * np.exp(-2j * np.pi * 440 * np.arange(SAMPLE_RATE) / SAMPLE_RATE))
    ) == pytest.approx(0.5, abs=0.03)
    assert length_s(path) == pytest.approx(3.0, abs=0.15)


def test_the_sound_of_a_video_is_heard(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", [plain(90)] * 10, tone_s=2.0)
    pcm = np.concatenate(list(read_pcm(path)))
    assert abs(pcm.size - 2 * SAMPLE_RATE) < 0.1 * SAMPLE_RATE
    assert np.abs(pcm).max() > 0.1
    assert length_s(path) == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
def test_sound_files_say_how_long_they_are(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"tone.{kind.lower()}"
    soundfile.write(path, tone(2.5, 22_050), 22_050, format=kind)
    assert length_s(path) == pytest.approx(2.5, abs=0.1)


def test_a_video_without_sound_says_so(tmp_path: Path) -> None:
    assert "no sound track" in failure(film(tmp_path / "silent.mp4", [plain(90)] * 5))


def test_what_holds_no_sound_is_one_sentence(tmp_path: Path) -> None:
    notes = tmp_path / "notes.odt"
    notes.write_bytes(b"hello, this is text\n" * 100)
    assert "cannot be read as sound" in failure(notes)


def test_without_the_program_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = film(tmp_path / "film.mp4", [plain(90)] * 5, tone_s=1.0)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "install ffmpeg" in failure(path)


def test_a_playlist_leads_to_no_address(tmp_path: Path) -> None:
    """A file of names: whoever sends one would learn that it was opened."""
    path = tmp_path / "list.m3u8"
    path.write_text("#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n")
    assert "cannot be read as sound" in failure(path)
    assert "file" in foreign.pcm_command("ffmpeg", path)


def test_who_hears_no_further_waits_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a disk that does not answer, say: closing the pipe alone would not end it."""
    begun: list[subprocess.Popen[bytes]] = []

    class Kept(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *arguments: object, **more: object) -> None:
            super().__init__(*arguments, **more)  # type: ignore[call-overload]
            begun.append(self)

    slow = ["sh", "-c", "head -c 100000 /dev/zero; exec sleep 20"]
    monkeypatch.setattr(foreign, "pcm_command", lambda *_: slow)
    monkeypatch.setattr(foreign.subprocess, "Popen", Kept)
    blocks = foreign.read(tmp_path / "film.mp4")
    assert next(blocks).size == foreign.BLOCK_SAMPLES
    blocks.close()  # type: ignore[attr-defined]
    assert begun[-1].returncode == -signal.SIGKILL
