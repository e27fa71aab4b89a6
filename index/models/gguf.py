"""Is this file a whole GGUF? Reads the header only.

The layout is that of the GGUF specification (ggml, version 2 and 3, little-endian): magic,
version, counts, key-value pairs, tensor descriptions, then aligned tensor data.
"""

import mmap
import struct
from pathlib import Path

from ingest.errors import ModelUnavailable

_SCALARS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # bytes by type
_STRING, _ARRAY, _UINT32 = 8, 9, 4
# Tensor type: values a block, bytes a block. Others are taken for one byte in all, which still
# finds a file that ends before its last tensor.
_BLOCKS = {
    0: (1, 4),  # F32
    1: (1, 2),  # F16
    2: (32, 18),  # Q4_0
    3: (32, 20),  # Q4_1
    6: (32, 22),  # Q5_0
    7: (32, 24),  # Q5_1
    8: (32, 34),  # Q8_0
    10: (256, 84),  # Q2_K
    11: (256, 110),  # Q3_K
    12: (256, 144),  # Q4_K
    13: (256, 176),  # Q5_K
    14: (256, 210),  # Q6_K
    30: (1, 2),  # BF16
}


def check_gguf(path: Path) -> None:
    """Check that a file is a GGUF that reaches to the end of its last tensor.

    Raises:
        ModelUnavailable: it is not a GGUF, of an unknown version, damaged or cut short.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ModelUnavailable(
                f"{path} is not a GGUF model: its first bytes are not 'GGUF'. "
                "Give a .gguf file, or fetch it again if the download went wrong."
            )
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                needed = _Header(data).end_of_data()
            except (struct.error, ValueError, KeyError) as error:
                raise ModelUnavailable(
                    f"{path} is a damaged or incomplete GGUF model: its header cannot be read "
                    f"({error}). Fetch the file again."
                ) from error
            if needed > len(data):
                raise ModelUnavailable(
                    f"{path} is an incomplete GGUF model: {len(data)} bytes, but its header "
                    f"describes {needed}. Fetch the file again."
                )


class _Header:
    """A cursor over the header of a GGUF."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self.at = 4
        self.alignment = 32

    def end_of_data(self) -> int:
        """Return the size in bytes the file must have."""
        (version,) = self.take("<I")
        if version not in (2, 3):
            raise ValueError(f"unknown version {version}")
        tensors, pairs = self.take("<QQ")
        for _ in range(pairs):
            key = self.string()
            (kind,) = self.take("<I")
            if key == b"general.alignment" and kind == _UINT32:
                (self.alignment,) = self.take("<I")
                if not self.alignment:
                    raise ValueError("an alignment of 0")
            else:
                self.skip_value(kind)
        end = max((self.tensor_end() for _ in range(tensors)), default=0)
        return -(-self.at // self.alignment) * self.alignment + end

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return values

    def string(self) -> bytes:
        (length,) = self.take("<Q")
        self.skip(length)
        return self.data[self.at - length : self.at]

    def skip(self, count: int) -> None:
        self.at += count
        if self.at > len(self.data):
            raise ValueError("it ends too early")

    def skip_value(self, kind: int) -> None:
        if kind == _STRING:
            self.string()
        elif kind == _ARRAY:
            of, count = self.take("<IQ")
            if of in _SCALARS:
                self.skip(_SCALARS[of] * count)
            elif of == _STRING:
                for _ in range(count):
                    self.string()
            else:
                raise ValueError(f"an array of type {of}")
        else:
            self.skip(_SCALARS[kind])

    def tensor_end(self) -> int:
        """Read one tensor's description; return where its data ends, from the start of data."""
        self.string()
        (dimensions,) = self.take("<I")
        values = 1
        for _ in range(dimensions):
            values *= self.take("<Q")[0]
        kind, offset = self.take("<IQ")
        block, size = _BLOCKS.get(kind, (values or 1, 1))
        return offset + values // block * size
