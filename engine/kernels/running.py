"""What goes through a list of kernels on every thread, with a barrier where one is asked for.

control: 64-bit words, as `engine.kernels.tape` lays them out.
"""

from collections.abc import Callable

import llvmlite.ir as ir

from engine.kernels.ir import I32, I64, PTR, VOID, Value
from engine.kernels.machine import (
    ENTRIES,
    ENTRY_WORDS,
    GENERATION,
    LENGTH,
    THREAD,
    THREADS,
    WAITING,
    YIELD,
    Machine,
)

_SPINS = 3000  # some 50 us: whoever waits longer lets another program have the core
_ASKED = ir.FunctionType(I32, ()).as_pointer()
_KERNEL = ir.FunctionType(VOID, (I64, I64, PTR)).as_pointer()


def emit(module: ir.Module, machine: Machine) -> None:
    """Write both functions, void (ptr control): `run` as one of a team, and `run_alone`."""
    _run(module, "run", team=True)
    _run(module, "run_alone", team=False)


def _run(module: ir.Module, name: str, *, team: bool) -> None:
    function = ir.Function(module, ir.FunctionType(VOID, (PTR,)), name)
    build = ir.IRBuilder(function.append_basic_block())

    def place(index: int | Value) -> Value:
        offset = I64(index) if isinstance(index, int) else index
        return build.gep(function.args[0], [offset], source_etype=I64)

    def asked(index: int) -> Value:
        known = build.inttoptr(build.load(place(index), typ=I64), _ASKED)
        return build.zext(build.call(known, ()), I64)

    thread, threads = (asked(THREAD), asked(THREADS)) if team else (I64(0), I64(1))
    length = build.load(place(LENGTH), typ=I64)
    slot = build.alloca(I64)
    build.store(I64(0), slot)
    head, body, end = (function.append_basic_block() for _ in range(3))
    build.branch(head)
    build.position_at_end(head)
    index = build.load(slot, typ=I64)
    build.cbranch(build.icmp_signed("<", index, length), body, end)
    build.position_at_end(body)
    first = build.add(build.mul(index, I64(ENTRY_WORDS)), I64(ENTRIES))
    words = [build.load(place(build.add(first, I64(at))), typ=I64) for at in range(3)]
    arguments = build.inttoptr(words[1], PTR)
    build.call(build.inttoptr(words[0], _KERNEL), (thread, threads, arguments))
    if team:
        with build.if_then(build.icmp_signed("!=", words[2], I64(0))):
            _barrier(function, build, place, threads)
    build.store(build.add(index, I64(1)), slot)
    build.branch(head)
    build.position_at_end(end)
    build.ret_void()


def _barrier(
    function: ir.Function,
    build: ir.IRBuilder,
    place: Callable[[int | Value], Value],
    threads: Value,
) -> None:
    """Go on when every thread has come here: the last one begins a new generation."""
    waiting, generation = place(WAITING), place(GENERATION)
    before = build.load_atomic(generation, "acquire", 8, typ=I64)
    came = build.atomic_rmw("add", waiting, I64(1), "acq_rel")
    last = build.icmp_signed("==", build.add(came, I64(1)), threads)
    with build.if_else(last) as (frees, waits):
        with frees:
            build.atomic_rmw("xchg", waiting, I64(0), "monotonic")
            build.atomic_rmw("xchg", generation, build.add(before, I64(1)), "release")
        with waits:
            with build.goto_entry_block():
                slot = build.alloca(I64)
            build.store(I64(0), slot)
            spin, rest, free = (function.append_basic_block() for _ in range(3))
            build.branch(spin)
            build.position_at_end(spin)
            now = build.load_atomic(generation, "acquire", 8, typ=I64)
            build.cbranch(build.icmp_signed("==", now, before), rest, free)
            build.position_at_end(rest)
            spins = build.load(slot, typ=I64)
            build.store(build.add(spins, I64(1)), slot)
            with build.if_else(build.icmp_signed("<", spins, I64(_SPINS))) as (soon, late):
                with soon:
                    pause = function.module.globals.get("llvm.x86.sse2.pause") or ir.Function(
                        function.module, ir.FunctionType(VOID, ()), "llvm.x86.sse2.pause"
                    )
                    build.call(pause, ())
                with late:
                    known = build.inttoptr(build.load(place(YIELD), typ=I64), _ASKED)
                    build.call(known, ())
            build.branch(spin)
            build.position_at_end(free)
