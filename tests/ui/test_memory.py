"""Memory that a long-lived process once needed goes back to the system."""

import platform
import subprocess
import sys

import pytest

_USE = """
import sys
from pathlib import Path
from ui.serving.memory import give_back_what_is_freed

if sys.argv[1:]:
    give_back_what_is_freed()
one = bytearray(30 << 20)
del one  # by itself glibc takes only larger blocks for large now
large, small = [], []
for _ in range(100):
    large.append(bytearray(1 << 20))
    small.append(bytearray(5000))
large.clear()
status = Path("/proc/self/status").read_text(encoding="utf-8")
print(next(line.split()[1] for line in status.splitlines() if line.startswith("RssAnon")))
"""


def megabytes_left(*words):
    done = subprocess.run(
        [sys.executable, "-c", _USE, *words], capture_output=True, text=True, check=True
    )
    return int(done.stdout) / 1024


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc's allocator")
def test_what_is_freed_is_given_back():
    kept, given_back = megabytes_left(), megabytes_left("given back")
    assert kept - given_back > 80, (kept, given_back)
