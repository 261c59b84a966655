# SPDX-License-Identifier: GPL-3.0-or-later
"""PNG files of exactly the values given: Blender's own writer would colour-manage data maps."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np

COLOUR_TYPES = {1: 0, 3: 2}


def write_png(path: Path, values: np.ndarray, srgb: bool) -> None:
    """Writes (height, width, 1 or 3) uint8 or uint16; `srgb` says that they are sRGB-encoded."""
    height, width, channels = values.shape
    depth = values.dtype.itemsize * 8
    header = struct.pack(">IIBBBBB", width, height, depth, COLOUR_TYPES[channels], 0, 0, 0)
    pixel = channels * values.dtype.itemsize
    stored = values.astype(values.dtype.newbyteorder(">")).tobytes()
    rows = np.frombuffer(stored, np.uint8).reshape(height, width * pixel)
    chunks = [_chunk(b"IHDR", header)]
    if srgb:
        chunks.append(_chunk(b"sRGB", b"\0"))
    chunks.append(_chunk(b"IDAT", zlib.compress(_filtered(rows, pixel), 9)))
    chunks.append(_chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _filtered(rows: np.ndarray, pixel: int) -> bytes:
    """Each row by the filter, of PNG's five, that leaves the smallest differences."""
    here = rows.astype(np.int16)
    left, up, corner = np.zeros_like(here), np.zeros_like(here), np.zeros_like(here)
    left[:, pixel:] = here[:, :-pixel]
    up[1:] = here[:-1]
    corner[1:, pixel:] = here[:-1, :-pixel]
    guesses = [np.zeros_like(here), left, up, (left + up) // 2, _paeth(left, up, corner)]
    candidates = np.stack([(here - guess).astype(np.uint8) for guess in guesses])
    best = np.abs(candidates.view(np.int8).astype(np.int32)).sum(axis=2).argmin(axis=0)
    chosen = candidates[best, np.arange(len(rows))]
    return np.concatenate([best.astype(np.uint8)[:, None], chosen], axis=1).tobytes()


def _paeth(left: np.ndarray, up: np.ndarray, corner: np.ndarray) -> np.ndarray:
    to_left, to_up = np.abs(up - corner), np.abs(left - corner)
    to_corner = np.abs(left + up - 2 * corner)
    nearest = np.where(to_up <= to_corner, up, corner)
    return np.where((to_left <= to_up) & (to_left <= to_corner), left, nearest)
