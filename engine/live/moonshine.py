"""Moonshine tiny by ONNX Runtime: English sound to text, a stretch at a time.

Source: Jeffries et al. 2024 (arXiv:2410.15608). Weights and vocabulary lie in the package
moonshine-voice; its own library is not used, which loses 13 kB for each piece that it writes
(0.0.65; closing does not give them back): half a gigabyte in an hour of speech.
"""

import errno
import importlib.util
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.datatypes import SAMPLE_RATE, Pcm

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions

PACKAGE, RUNTIME = "moonshine_voice", "onnxruntime"

_BEGIN, _END = 1, 2  # pieces <s> and </s>
_VOCABULARY = 32_768
_PIECES_PER_S = 6.5  # as its authors bound what is written, which else can go round in a circle
_HEADS, _WIDTH = 8, 36  # of the decoder's attention
_SPACE = "▁"
_ERRORS_ONLY = 3  # of ONNX Runtime's levels of logging


def is_installed() -> bool:
    """Whether weights and runtime are there; nothing of them is imported."""
    return all(importlib.util.find_spec(package) for package in (PACKAGE, RUNTIME))


def weights_folder() -> Path:
    """Where the weights lie. Errors: ImportError without their package."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ImportError(f"no package {PACKAGE}")
    return Path(found.submodule_search_locations[0]) / "assets" / "tiny-en"


class Moonshine:
    """The network in memory.

    Args:
        folder: with encoder_model.ort, decoder_model_merged.ort and tokenizer.bin.

    Errors: ImportError without the runtime; OSError for files that are missing; ValueError for
    some that are damaged.
    """

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        onnxruntime.disable_telemetry_events()  # there are some on Windows
        vocabulary = folder / "tokenizer.bin"
        try:
            self._pieces = _pieces(vocabulary.read_bytes())
        except (ValueError, IndexError) as error:
            raise ValueError(f"{vocabulary} is damaged: {error}") from error
        opens = [piece.startswith(_SPACE.encode()) for piece in self._pieces]
        self._opens = np.array(opens) | (np.arange(_VOCABULARY) == _END)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # some forty times real time; answers need the others
        options.enable_cpu_mem_arena = False  # which would keep what the longest stretch took
        options.log_severity_level = _ERRORS_ONLY
        self._encoder, self._decoder = (
            _opened(folder / name, options)
            for name in ("encoder_model.ort", "decoder_model_merged.ort")
        )
        self._outputs = [output.name for output in self._decoder.get_outputs()]
        self._kept = [name for name in self._outputs if name != "logits"]

    def close(self) -> None:
        """Give its memory back, whoever still has it; nothing else may be called afterwards."""
        del self._encoder, self._decoder

    def write(self, pcm: Pcm, begun: Sequence[int] = ()) -> list[int]:
        """Pieces of what is said in a stretch [n] of at least 0.1 s, behind those already `begun`.

        The first behind them begins another word.
        """
        whole = np.ones((1, pcm.size), np.int64)
        heard = self._encoder.run(None, {"input_values": pcm[None], "attention_mask": whole})[0]
        past = {
            name.replace("present", "past_key_values"): np.zeros((1, _HEADS, 0, _WIDTH), np.float32)
            for name in self._kept
        }
        given, written = [_BEGIN, *begun], list[int]()
        for number in range(math.ceil(pcm.size / SAMPLE_RATE * _PIECES_PER_S) - len(begun)):
            read = {
                "input_ids": np.array([given], np.int64),
                "encoder_hidden_states": heard,
                "encoder_attention_mask": whole,  # of samples, here too
                "use_cache_branch": np.array([number > 0]),
            }
            found = dict(zip(self._outputs, self._decoder.run(None, read | past), strict=True))
            for name in self._kept:
                if number == 0 or ".decoder." in name:  # the encoder's come only the first time
                    past[name.replace("present", "past_key_values")] = found[name]
            scores = found["logits"][0, -1]
            if begun and number == 0:
                scores = np.where(self._opens, scores, -np.inf)
            piece = int(scores.argmax())
            if piece == _END:
                break
            written.append(piece)
            given = [piece]
        return written

    def words(self, pieces: Sequence[int]) -> list[tuple[int, ...]]:
        """Pieces by the words that they spell."""
        words = list[tuple[int, ...]]()
        for piece in pieces:
            if words and not self._opens[piece]:
                words[-1] += (piece,)
            else:
                words.append((piece,))
        return [word for word in words if self.text(word)]

    def text(self, word: Sequence[int]) -> str:
        """A word as it is spelled."""
        spelled = b"".join(self._pieces[piece] for piece in word)
        return spelled.decode(errors="replace").replace(_SPACE, "")


def _opened(path: Path, options: "SessionOptions") -> "InferenceSession":
    from onnxruntime import InferenceSession

    if not path.is_file():
        raise FileNotFoundError(errno.ENOENT, "no such file", str(path))
    try:
        return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 - the runtime's own have no class in common
        raise ValueError(f"{path} is damaged: {error}") from error


def _pieces(vocabulary: bytes) -> list[bytes]:
    """The UTF-8 of each piece: one after another behind their lengths, two bytes from 128 on.

    Errors: ValueError, IndexError.
    """
    pieces, at = list[bytes](), 0
    while at < len(vocabulary):
        length, at = vocabulary[at], at + 1
        if length >= 128:
            length, at = length - 128 + 128 * vocabulary[at], at + 1
        pieces.append(vocabulary[at : at + length])
        at += length
    if len(pieces) != _VOCABULARY:
        raise ValueError(f"{len(pieces)} pieces, expected {_VOCABULARY}")
    return pieces
