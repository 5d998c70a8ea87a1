"""Per-layer rows come from the file, bit for bit, and only the pages that hold them."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine import residency
from engine.text.cache import KVCache
from engine.text.matformer import Size
from engine.text.ple import KEPT_BYTES, PleTable
from tests.page_cache import PAGE, drop, resident_pages
from tests.tiny_text import PLE_ROWS, random_ids, random_model, tiny_config

CONFIG = tiny_config()


def written(path: Path, table: torch.Tensor) -> PleTable:
    save_file({"table": table}, path)
    header = int.from_bytes(path.read_bytes()[:8], "little")
    rows, width = table.shape
    return PleTable(path, offset=8 + header, rows=rows, width=width, dtype=table.dtype)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
def test_rows_are_the_files_bits(tmp_path: Path, dtype: torch.dtype) -> None:
    table = torch.randn(50, 12, generator=torch.Generator().manual_seed(0)).to(dtype)
    ple = written(tmp_path / "table.safetensors", table)
    ids = torch.tensor([[3, 49, 3], [0, 1, 2]])
    assert torch.equal(ple.gather(ids), table[ids])
    assert torch.equal(ple.gather(ids, slice(4, 8)), table[ids][..., 4:8])
    assert ple.gather(ids).dtype is dtype
    assert ple.nbytes == table.nbytes
    ple.close()


def test_rows_outlive_the_table(tmp_path: Path) -> None:
    table = torch.arange(12.0).view(3, 4)
    ple = written(tmp_path / "table.safetensors", table)
    rows = ple.gather(torch.tensor([2, 0]))
    ple.close()
    assert torch.equal(rows, table[[2, 0]])


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_from_disk_is_as_in_memory(tmp_path: Path, dtype: torch.dtype) -> None:
    model = random_model(CONFIG, dtype=dtype, splits=(16, 32))
    ple = written(tmp_path / "table.safetensors", model.embed_tokens_per_layer.weight)
    mapped = random_model(CONFIG, dtype=dtype, splits=(16, 32), ple=ple)
    weights = model.state_dict()
    del weights["embed_tokens_per_layer.weight"]
    mapped.load_state_dict(weights)
    ids = random_ids(30)
    ids[0, 3] = PLE_ROWS + 3
    size = Size("some", (16, 32) * 6, frozenset({3, 9}))
    caches = KVCache(CONFIG, dtype, 8), KVCache(CONFIG, dtype, 8)
    with torch.no_grad():
        embeds = model.embed(ids)
        assert torch.equal(mapped(embeds, ids), model(embeds, ids))
        for part in ids.split((20, 1, 9), 1):
            parts = [
                m(m.embed(part), part, cache=cache, size=size, want=1)
                for m, cache in zip((model, mapped), caches, strict=True)
            ]
            assert torch.equal(*parts)
    ple.close()


def test_only_the_pages_of_the_rows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "table.safetensors"
    rows, width = 4096, 7680  # E2B's row of 15 KiB
    save_file({"table": torch.zeros(rows, width, dtype=torch.bfloat16)}, path)
    with path.open("rb") as file:
        start = 8 + int.from_bytes(file.read(8), "little")
    drop(path)
    before = resident_pages(path)
    ple = PleTable(path, offset=start, rows=rows, width=width, dtype=torch.bfloat16)
    ids = torch.randint(0, rows, (512,), generator=torch.Generator().manual_seed(0))
    ple.gather(ids)
    touched = {
        page
        for first in (start + 2 * width * i for i in ids.tolist())
        for page in range(first // PAGE, (first + 2 * width - 1) // PAGE + 1)
    }
    assert before <= 0.01 * len(touched)
    assert len(touched) * 0.9 < resident_pages(path) <= 1.1 * len(touched)
    ple.close()


def test_rows_leave_little_mapped_where_the_file_is_in_memory(tmp_path: Path) -> None:
    """Around a page that is touched Linux maps 60 KB of what the page cache holds already."""
    rows, width = 8192, 2048  # a token table's row of 4 KiB
    ple = written(tmp_path / "table.safetensors", torch.zeros(rows, width, dtype=torch.bfloat16))
    generator = torch.Generator().manual_seed(0)
    extents = [residency.Extent(*span) for span in ple.spans]
    most = 0
    for count in (512, *[64] * 40):  # a prompt, then the best scores of tokens
        ple.gather(torch.randint(0, rows, (count,), generator=generator))
        parts = residency.measure({"table": extents}, {})
        most = max(most, parts["table"].file_backed)
    assert most <= 1.5 * KEPT_BYTES
    ple.close()
