"""How many cores the engine takes."""

from collections.abc import Iterator

import psutil
import pytest
import torch

from engine import device


@pytest.fixture(autouse=True)
def _threads_as_before() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("physical", "allowed", "taken"), [(8, 16, 7), (8, 4, 3), (1, 2, 1)])
def test_one_core_is_left_to_the_window(
    monkeypatch: pytest.MonkeyPatch, physical: int, allowed: int, taken: int
) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda logical: physical)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(allowed)), raising=False)
    assert device.configure() == taken
    assert torch.get_num_threads() == taken


@pytest.mark.parametrize(("physical", "taken"), [(8, 7), (2, 2), (1, 1)])
def test_for_a_large_model_two_cores_work_where_there_are_two(
    monkeypatch: pytest.MonkeyPatch, physical: int, taken: int
) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda logical: physical)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(physical)), raising=False)
    assert device.configure(large=True) == taken


def test_a_machine_that_does_not_tell_its_cores_gets_one_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda logical: None)
    assert device.configure() == 1


def test_the_number_can_be_given() -> None:
    assert device.configure(3) == torch.get_num_threads() == 3
    assert device.describe().endswith(", 3 threads")
    device.configure(1)
    assert device.describe().endswith(", 1 thread")


def test_no_threads_are_refused() -> None:
    with pytest.raises(ValueError, match="expected at least 1"):
        device.configure(0)
