"""One safetensors file: views of the mapping, and every way in which it can be broken."""

import json
import struct
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.errors import ErrorKind, NestlingError
from engine.shard import map_tensors, read_header


def write(path: Path, header: object, data: bytes) -> Path:
    encoded = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(encoded)) + encoded + data)
    return path


def entry(dtype: str, shape: list[int], begin: int, end: int) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def test_every_dtype_and_shape_comes_back_exactly(tmp_path: Path) -> None:
    tensors = {
        "bf16": torch.randn(3, 5).bfloat16(),
        "f16": torch.randn(7).half(),
        "f32": torch.randn(2, 3, 4),
        "f64": torch.randn(2, dtype=torch.float64),
        "i64": torch.arange(3),
        "scalar": torch.tensor(1.5),
        "empty": torch.empty(0, 4),
    }
    file = tmp_path / "größe.safetensors"
    save_file(tensors, file, {"format": "pt"})
    places = read_header(file)
    read = dict(zip(places, map_tensors(file, places.values()), strict=True))
    assert read.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert torch.equal(read[name], tensor)
        assert read[name].dtype is tensor.dtype


def test_tensors_are_pages_of_the_file_and_writing_leaves_it_alone(tmp_path: Path) -> None:
    """Zero copy: the address of a tensor lies in a mapping of the file."""
    file = tmp_path / "m.safetensors"
    save_file({"w": torch.ones(100_000)}, file)
    before = file.read_bytes()
    places = read_header(file)
    (tensor,) = map_tensors(file, places.values())
    mappings = [
        line for line in Path("/proc/self/maps").read_text().splitlines() if file.name in line
    ]
    spans = [[int(end, 16) for end in line.split()[0].split("-")] for line in mappings]
    assert any(low <= tensor.data_ptr() < high for low, high in spans)
    tensor.zero_()
    assert file.read_bytes() == before


def test_a_mapping_lasts_as_long_as_its_tensors(tmp_path: Path) -> None:
    file = tmp_path / "lasting.safetensors"
    save_file({"w": torch.ones(10), "v": torch.zeros(10)}, file)
    places = read_header(file)
    first, second = map_tensors(file, places.values())
    del second
    assert first.sum() in (0, 10)
    assert file.name in Path("/proc/self/maps").read_text()
    del first
    assert file.name not in Path("/proc/self/maps").read_text()


def test_an_unaligned_tensor_is_copied(tmp_path: Path) -> None:
    values = torch.tensor([1.0, -2.0])
    header = {"pad": entry("U8", [1], 0, 1), "w": entry("F32", [2], 1, 9)}
    if (8 + len(json.dumps(header))) % 4 == 3:  # then it would be aligned by chance
        header["pad2"] = entry("U8", [0], 9, 9)
    file = write(tmp_path / "u.safetensors", header, b"\0" + values.numpy().tobytes())
    place = read_header(file)["w"]
    assert place.offset % 4 != 0
    assert torch.equal(map_tensors(file, [place])[0], values)


BROKEN = {
    "empty": (b"", "is not a safetensors file"),
    "another format": (b"PK\x03\x04" + bytes(100), "is not a safetensors file"),
    "no JSON": (struct.pack("<Q", 4) + b"abcd", "no JSON"),
    "no text": (struct.pack("<Q", 2) + b"\xff\xff", "no JSON"),
    "no object": (struct.pack("<Q", 2) + b"[]", "no JSON object"),
}


@pytest.mark.parametrize(("content", "said"), BROKEN.values(), ids=BROKEN)
def test_a_file_of_another_kind_is_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "m.safetensors"
    file.write_bytes(content)
    with pytest.raises(NestlingError, match=said) as caught:
        read_header(file)
    assert caught.value.kind is ErrorKind.BAD_MODEL
    assert str(file) in caught.value.message


HEADERS = {
    "unknown dtype": ({"w": entry("F4", [8], 0, 4)}, "entry of w"),
    "no offsets": ({"w": {"dtype": "F32", "shape": [1]}}, "entry of w"),
    "no entry": ({"w": None}, "entry of w"),
    "size and place disagree": ({"w": entry("F32", [2], 0, 4)}, "size of w"),
    "negative length": ({"w": entry("F32", [-1], 4, 0)}, "size of w"),
    "hole": ({"v": entry("F32", [1], 0, 4), "w": entry("F32", [1], 8, 12)}, "w does not begin"),
    "overlap": ({"v": entry("F32", [2], 0, 8), "w": entry("F32", [2], 4, 12)}, "w does not begin"),
    "bytes behind": ({"w": entry("F32", [1], 0, 4)}, "8 bytes follow"),
}


@pytest.mark.parametrize(("header", "said"), HEADERS.values(), ids=HEADERS)
def test_a_header_that_lies_is_one_sentence(tmp_path: Path, header: object, said: str) -> None:
    with pytest.raises(NestlingError, match=said):
        read_header(write(tmp_path / "m.safetensors", header, bytes(12)))


def test_a_truncated_file_says_how_much_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "m.safetensors"
    save_file({"w": torch.ones(1000)}, file)
    whole = file.read_bytes()
    file.write_bytes(whole[:-100])
    with pytest.raises(
        NestlingError, match=f"truncated: it holds {len(whole) - 100} bytes of the {len(whole)}"
    ):
        read_header(file)


def test_a_folder_in_place_of_the_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NestlingError, match="cannot be read"):
        read_header(tmp_path)
