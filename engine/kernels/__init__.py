"""Machine code for products over small integers, made on this machine by LLVM when first wanted."""
