"""The largest of many numbers, against torch's own search."""

import pytest
import torch

from engine.top import top


@pytest.mark.parametrize("shape", [(262_400,), (3, 70_001), (2, 2, 65_536), (1000,), (5,)])
@pytest.mark.parametrize("count", [1, 5, 64])
def test_as_torch_finds_them(shape: tuple[int, ...], count: int) -> None:
    count = min(count, shape[-1])
    scores = torch.randn(shape, generator=torch.Generator().manual_seed(count))
    values, places = top(scores, count)
    wanted = scores.topk(count)
    assert torch.equal(values, wanted.values)
    assert torch.equal(places, wanted.indices)


def test_what_is_forbidden_comes_last() -> None:
    scores = torch.full((100_000,), float("-inf"))
    scores[torch.tensor([3, 99_999])] = torch.tensor([1.0, 2.0])
    values, places = top(scores, 2)
    assert values.tolist() == [2.0, 1.0]
    assert places.tolist() == [99_999, 3]


def test_equal_numbers_are_found_once_each() -> None:
    values, places = top(torch.zeros(80_000), 64)
    assert not values.any()
    assert len(set(places.tolist())) == 64
    assert int(places.max()) < 80_000
