"""What this machine is to a model: its processor, the cores and the memory it may use."""

import ctypes
import os
import platform
import sys
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
_CGROUP = Path("/sys/fs/cgroup")


def processor() -> str:
    """Return what the processor calls itself."""
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def instructions() -> str:
    """Return the instruction sets of the processor, or its name where they are not told."""
    return _cpuinfo("flags") or _cpuinfo("Features") or processor()


def cores() -> int:
    """Return how many physical cores this process may use; hyperthreads slow llama.cpp down."""
    return min(_physical(), _quota())


def memory() -> int:
    """Return the bytes of memory this process may use: the machine's, or its container's."""
    total = _installed()
    try:
        return min(total, int((_CGROUP / "memory.max").read_text(encoding="ascii")))
    except (OSError, ValueError):
        return total


def _cpuinfo(field: str) -> str:
    try:
        with _CPUINFO.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                name, _, value = line.partition(":")
                if name.strip() == field:
                    return value.strip()
    except OSError:
        pass
    return ""


def _physical() -> int:
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    if usable is None:  # macOS and Windows
        count = os.cpu_count() or 2
        return count if platform.machine().lower() == "arm64" else max(1, count // 2)
    siblings = set()
    for cpu in usable:
        file = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        try:
            siblings.add(file.read_text(encoding="ascii").strip())
        except OSError:
            return len(usable)
    return len(siblings)


def _quota() -> int:
    """Return how many cores' time a container may use, rounded up."""
    try:
        time, period = (_CGROUP / "cpu.max").read_text(encoding="ascii").split()
        return max(1, -(-int(time) // int(period)))
    except (OSError, ValueError):  # no container, or "max"
        return os.cpu_count() or 1


class _MemoryStatus(ctypes.Structure):
    """What Windows tells of its memory (MEMORYSTATUSEX)."""

    _fields_ = (
        ("length", ctypes.c_ulong),
        ("load", ctypes.c_ulong),
        *((name, ctypes.c_ulonglong) for name in ("total", "free", "page", "page_free")),
        *((name, ctypes.c_ulonglong) for name in ("virtual", "virtual_free", "extended")),
    )


def _installed() -> int:
    if sys.platform == "win32":
        status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        total = int(status.total)
    else:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return total
