"""Videos: the frames of every second with their times, scenes, sound."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from engine.datatypes import SAMPLE_RATE, Rgb
from engine.errors import ErrorKind, NestlingError
from engine.vision import video
from tests.films import film, plain

RATE = 5


def counted(frames: int) -> list[Rgb]:
    """Frames that tell their number by their brightness."""
    return [plain(10 + 2 * number) for number in range(frames)]


def test_a_frame_of_every_second_comes_with_its_time(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", counted(18), rate=RATE)
    seen = video.glimpses(path)
    assert [glimpse.index for glimpse in seen] == [0, 5, 10, 15]
    assert [round(glimpse.time_s, 3) for glimpse in seen] == [0.0, 1.0, 2.0, 3.0]
    frames = video.read_frames(path, seen[1:3], 256)
    assert [frame.shape for frame in frames] == [(256, 256, 3)] * 2
    for frame, number in zip(frames, (5, 10), strict=True):
        assert np.abs(frame.astype(int) - (10 + 2 * number)).max() <= 1


def test_a_video_with_fewer_frames_than_seconds_gives_each_once(tmp_path: Path) -> None:
    path = film(tmp_path / "slow.mkv", counted(4), rate=0.5)
    assert [round(glimpse.time_s) for glimpse in video.glimpses(path)] == [0, 2, 4, 6]


def test_a_video_that_begins_late_gives_a_frame_of_every_second(tmp_path: Path) -> None:
    whole = film(tmp_path / "whole.mkv", counted(18), rate=RATE)
    late = tmp_path / "late.mkv"
    shift = ["-c", "copy", "-output_ts_offset", "1.4", str(late)]
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(whole), *shift], check=True)
    seen = video.glimpses(late)
    assert len(seen) in (4, 5)
    assert np.diff([glimpse.time_s for glimpse in seen]).min() >= 0.59
    assert len({int(glimpse.time_s + 0.01) for glimpse in seen}) == len(seen)


def test_a_video_whose_clock_begins_anew_is_looked_at_to_its_end(tmp_path: Path) -> None:
    """As when two recordings of a camera were joined."""
    joined = tmp_path / "joined.ts"
    with joined.open("wb") as stream:
        for level in (20, 200):
            part = film(tmp_path / "part.mkv", [plain(level)] * 5 * RATE, rate=RATE)
            form = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-f", "mpegts", "-"]
            command = ["ffmpeg", "-v", "error", "-i", str(part), *form]
            stream.write(subprocess.run(command, capture_output=True, check=True).stdout)
    seen = video.glimpses(joined)
    assert len(seen) in (9, 10)
    assert np.diff([glimpse.time_s for glimpse in seen]).min() > 0.5
    assert sum(glimpse.small.mean() > 100 for glimpse in seen) in (4, 5)


@pytest.mark.parametrize("ending", ["h264", "hevc", "mpg"])
def test_frames_without_a_time_of_their_own_come_at_their_rate(tmp_path: Path, ending: str) -> None:
    whole, bare = film(tmp_path / "a.mkv", counted(40), rate=RATE), tmp_path / f"bare.{ending}"
    codec = ["-c:v", "libx265" if ending == "hevc" else "libx264", "-pix_fmt", "yuv420p"]
    form = ["-x265-params", "log-level=none"] if ending == "hevc" else []
    command = ["ffmpeg", "-v", "error", "-i", str(whole), *codec, *form, "-r", "25", str(bare)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    times = [glimpse.time_s for glimpse in video.glimpses(bare)]
    assert len(times) in (8, 9)
    assert times == pytest.approx(range(len(times)), abs=0.15)


def test_colours_are_red_green_blue_and_the_picture_upright(tmp_path: Path) -> None:
    left_red = plain(0)
    left_red[:, :32, 0] = 255
    path = film(tmp_path / "turned.mp4", [left_red] * 2, turned=90)
    (frame,) = video.read_frames(path, video.glimpses(path), 256)
    top, bottom = frame[64, 128], frame[192, 128]
    red, black = (bottom, top) if bottom[0] > top[0] else (top, bottom)
    assert red[0] > 250
    assert max(red[1], red[2], *black) < 5


def test_a_name_that_is_no_text_is_said_and_ends_nothing(tmp_path: Path) -> None:
    """OpenCV ends the process over it."""
    path = tmp_path / os.fsdecode(b"caf\xe9.mp4")
    film(tmp_path / "a.mp4", counted(3), rate=RATE).rename(path)
    with pytest.raises(NestlingError, match="not UTF-8") as caught:
        video.glimpses(path)
    assert caught.value.kind is ErrorKind.BAD_PICTURE


def test_scenes_begin_where_the_picture_changes(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    stills = [rng.integers(0, 256, (6, 8, 3), np.uint8).repeat(8, 0).repeat(8, 1) for _ in range(3)]
    noise = [rng.integers(0, 3, (48, 64, 3), np.uint8) for _ in range(9 * RATE)]
    frames = [stills[number // (3 * RATE)] // 2 + noise[number] for number in range(9 * RATE)]
    seen = video.glimpses(film(tmp_path / "cuts.mp4", frames, rate=RATE))
    assert [round(scene.time_s) for scene in video.scenes(seen)] == [0, 3, 6]


def test_frames_are_spread_from_the_first_to_the_last() -> None:
    seen = [video.Glimpse(n, float(n), np.zeros((32, 32), np.int16)) for n in range(10)]
    assert [glimpse.index for glimpse in video.spread(seen, 4)] == [0, 3, 6, 9]
    assert video.spread(seen, 10) == seen
    assert [glimpse.index for glimpse in video.spread(seen, 1)] == [0]


def test_the_sound_is_heard_as_far_as_asked(tmp_path: Path) -> None:
    program = video.sound_reader()
    assert program is not None
    path = film(tmp_path / "tone.mp4", counted(10), rate=RATE, tone_s=2.0)
    pcm = video.read_sound(path, program, 1.5)
    assert pcm is not None
    assert pcm.dtype == np.float32
    assert pcm.size == 1.5 * SAMPLE_RATE
    spectrum = np.abs(np.fft.rfft(pcm[4000:12000]))
    assert spectrum.argmax() * SAMPLE_RATE / 8000 == 440
    silent = film(tmp_path / "silent.mp4", counted(10), rate=RATE)
    assert video.read_sound(silent, program, 1.5) is None


def test_sound_that_begins_later_than_the_picture_is_heard_then(tmp_path: Path) -> None:
    program = video.sound_reader()
    assert program is not None
    tone = film(tmp_path / "tone.mkv", counted(10), rate=RATE, tone_s=2.0)
    late = tmp_path / "late.mkv"
    inputs = ["-i", str(tone), "-itsoffset", "3", "-i", str(tone)]
    parts = ["-map", "0:v", "-map", "1:a", "-c", "copy", str(late)]
    subprocess.run(["ffmpeg", "-v", "error", *inputs, *parts], check=True)
    pcm = video.read_sound(late, program, 10.0)
    assert pcm is not None
    assert pcm.size == pytest.approx(5 * SAMPLE_RATE, rel=0.02)
    before, after = pcm[: int(2.9 * SAMPLE_RATE)], pcm[int(3.1 * SAMPLE_RATE) :]
    assert np.abs(before).max() < 1e-3 < np.abs(after).mean()


def test_what_is_no_video_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    for name, found in (("text.mp4", "cannot be read as a video"), ("none.mp4", "is no file")):
        with pytest.raises(NestlingError, match=found) as caught:
            video.glimpses(tmp_path / name)
        assert caught.value.kind is ErrorKind.BAD_PICTURE
    assert capfd.readouterr() == ("", "")


def test_a_video_of_sound_alone_has_no_frame(tmp_path: Path) -> None:
    whole = film(tmp_path / "whole.mp4", counted(5), tone_s=1.0)
    cut = tmp_path / "cut.mp4"
    data = whole.read_bytes()
    cut.write_bytes(data.replace(b"avc1", b"xxxx"))  # a codec that nobody knows
    with pytest.raises(NestlingError) as caught:
        video.glimpses(cut)
    assert caught.value.kind is ErrorKind.BAD_PICTURE


def test_a_file_that_lost_its_frames_meanwhile_is_an_error(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", counted(12), rate=RATE)
    seen = video.glimpses(path)
    film(path, counted(3), rate=RATE)
    with pytest.raises(NestlingError, match="gives 1 of 3 frames"):
        video.read_frames(path, seen, 256)
