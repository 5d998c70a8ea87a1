"""Making the machine code: `python -m engine.kernels.compiling FILE LANES DOTS TILES`.

A process of its own, so that LLVM's memory goes with it.
"""

import hashlib
import json
import sys
from pathlib import Path

import llvmlite.binding as llvm
import llvmlite.ir as ir

from engine.kernels import attention, layer, maps, matvec, prompts, rows8, running, tiles
from engine.kernels.linking import linked
from engine.kernels.machine import Machine

_TRIPLE = "x86_64-unknown-linux-gnu"


def compiled(machine: Machine) -> tuple[bytes, dict[str, int]]:
    """Machine code of all kernels, to be mapped anywhere, and where each begins."""
    module = ir.Module("nestling")
    module.triple = _TRIPLE
    for part in (running, matvec, rows8, tiles, layer, prompts, attention, maps):
        part.emit(module, machine)
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_triple(_TRIPLE).create_target_machine(
        cpu="x86-64-v3", features=machine.features, opt=3, reloc="pic", codemodel="small"
    )
    parsed = llvm.parse_assembly(str(module))
    parsed.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = options.slp_vectorization = False
    builder = llvm.create_pass_builder(target, options)
    builder.getModulePassManager().run(parsed, builder)
    return linked(target.emit_object(parsed))


def main() -> None:
    """Write the file: a line that tells about the code, and the code."""
    file, lanes, dots, tiles = sys.argv[1:]
    code, functions = compiled(Machine(int(lanes), dots == "1", tiles == "1"))
    head = {"functions": functions, "sha256": hashlib.sha256(code).hexdigest()}
    Path(file).write_bytes(json.dumps(head).encode() + b"\n" + code)


if __name__ == "__main__":
    main()
