# SPDX-License-Identifier: GPL-3.0-or-later
"""PNG files byte by byte, to know exactly what is in the files that Blender reads and writes."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}


def write(path: Path, pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> Path:
    """Write (height, width, 1 to 4 channels), top row first, with the depth of its dtype."""
    height, width, channels = pixels.shape
    depth = pixels.dtype.itemsize * 8
    rows = pixels.astype(pixels.dtype.newbyteorder(">")).reshape(height, -1)
    unfiltered = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, depth, COLOR_TYPES[channels], 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(unfiltered)), (b"IEND", b"")]
    path.write_bytes(SIGNATURE + b"".join(_chunk(*part) for part in parts))
    return path


def read(path: Path) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """(height, width, channels), top row first, uint8 or uint16 as in the file."""
    data = path.read_bytes()
    assert data.startswith(SIGNATURE)
    position, header, packed = len(SIGNATURE), b"", b""
    while position < len(data):
        (length,) = struct.unpack_from(">I", data, position)
        name = data[position + 4 : position + 8]
        content = data[position + 8 : position + 8 + length]
        header = content if name == b"IHDR" else header
        packed += content if name == b"IDAT" else b""
        position += 12 + length
    width, height, depth, color_type, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    assert not interlaced
    channels = {number: count for count, number in COLOR_TYPES.items()}[color_type]
    pixel = channels * depth // 8
    lines = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + width * pixel)
    above, rows = np.zeros(width * pixel, np.uint8), []
    for line in lines:
        above = _unfiltered(line[0], line[1:], above, pixel)
        rows.append(above)
    flat = np.stack(rows)
    stored = flat if depth == 8 else flat.view(">u2").astype(np.uint16)
    return stored.reshape(height, width, channels)


def _unfiltered(kind: int, line: np.ndarray, above: np.ndarray, pixel: int) -> np.ndarray:
    if kind == 0:
        return line
    if kind == 2:
        return line + above
    row = [0] * pixel + line.tolist()
    up = [0] * pixel + above.tolist()
    for index in range(pixel, len(row)):
        left, top, corner = row[index - pixel], up[index], up[index - pixel]
        row[index] = (row[index] + _predicted(kind, left, top, corner)) % 256
    return np.array(row[pixel:], np.uint8)


def _predicted(kind: int, left: int, top: int, corner: int) -> int:
    if kind == 1:
        return left
    if kind == 3:
        return (left + top) // 2
    assert kind == 4
    guess = left + top - corner
    return min((left, top, corner), key=lambda value: abs(guess - value))


def _chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )
