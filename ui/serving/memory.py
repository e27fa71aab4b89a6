"""Memory of a process that serves for long: what it freed goes back to the system."""

import ctypes
import sys

_MMAP_THRESHOLD = -3  # glibc's name for it, from malloc.h
_LARGE = 128 * 1024


def give_back_what_is_freed() -> None:
    """Have the allocator map every large block by itself, so that freeing it gives it back.

    glibc raises what it takes for large with each large block that is freed, and keeps the others
    in a pool for each thread: what a rebuild and some threads of searches once needed stayed with
    the process. Other allocators are left as they are.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_MMAP_THRESHOLD, _LARGE)
