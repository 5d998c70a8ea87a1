"""The ring: nothing is lost that was read in time, and what is lost is counted."""

import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.capture.ring import Block, Ring

CAPACITY = 64


def numbered(start: int, size: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.arange(start, start + size, dtype=np.float32)


def check(blocks: list[Block], position: int) -> int:
    """Every sample is where it belongs; the position after them."""
    for block in blocks:
        position += block.lost
        np.testing.assert_array_equal(block.pcm, numbered(position, block.pcm.size))
        position += block.pcm.size
    return position


@given(st.lists(st.integers(0, 2 * CAPACITY), max_size=60), st.integers(2, 9))
def test_every_sample_is_read_or_counted_as_lost(steps: list[int], marks: int) -> None:
    """A step of 0 reads; any other writes so many samples."""
    ring, written, position, lost = Ring(CAPACITY, marks), 0, 0, 0
    for step in [*steps, 0]:
        if step:
            ring.write(numbered(written, step), float(written), False)
            written += step
            continue
        unread = written - position
        blocks = ring.read()
        position = check(blocks, position)
        lost += sum(block.lost for block in blocks)
        assert ring.read() == []
        assert sum(block.pcm.size for block in blocks) == min(unread, CAPACITY)
    assert position == written
    assert ring.dropped == lost


@given(st.lists(st.integers(1, 8), min_size=1, max_size=8))
def test_each_delivery_keeps_its_time_and_its_flag(sizes: list[int]) -> None:
    ring = Ring(CAPACITY)
    for number, size in enumerate(sizes):
        ring.write(numbered(0, size), float(number), number % 2 == 1)
    blocks = ring.read()
    assert [block.at for block in blocks] == [float(number) for number in range(len(sizes))]
    assert [block.overflowed for block in blocks] == [n % 2 == 1 for n in range(len(sizes))]
    assert [block.pcm.size for block in blocks] == sizes


def test_a_block_of_the_readers_own_is_not_overwritten() -> None:
    ring = Ring(CAPACITY)
    ring.write(numbered(0, CAPACITY), 0.0, False)
    (block,) = ring.read()
    ring.write(numbered(1000, CAPACITY), 1.0, False)
    np.testing.assert_array_equal(block.pcm, numbered(0, CAPACITY))


def test_a_writer_that_overtakes_the_reader_is_noticed() -> None:
    """Two threads without a lock: whatever is read is right, and the sum is complete."""
    ring, total = Ring(4096), 400_000
    done = threading.Event()

    def write() -> None:
        for start in range(0, total, 160):
            ring.write(numbered(start, 160), 0.0, False)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    position = 0
    while not done.is_set():
        position = check(ring.read(), position)
    writer.join()
    position = check(ring.read(), position)
    assert position == total
