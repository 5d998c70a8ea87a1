"""What tests of machine code need: a processor for which there is some."""

import pytest

from engine.kernels.machine import this_machine

needs_machine_code = pytest.mark.skipif(
    this_machine() is None, reason="machine code is made for x86-64 with AVX2 alone, on Linux"
)
