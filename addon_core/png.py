# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels as the bytes of a PNG file, quickly.

Blender takes half a second for each four million pixels of a packed image, and its window stands
still meanwhile. Here the worker does it, on all cores, in a fraction of that: the differences
between neighbouring pixels of a texture have no repeats worth looking for, so that coding their
frequencies alone gives files of nearly the same size (PNG, third edition, W3C 2025; DEFLATE, RFC
1951).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
"""From channels: grey, grey and alpha, colour, colour and alpha."""

_SUB = 1
"""The filter that leaves each pixel's difference from the one to its left."""

_BAND = 2**20
"""Bytes that are coded at once, about: bounds the memory, and feeds the cores."""

_MODULUS = 65521
"""Of the check sum: the largest prime below 2¹⁶."""


def encoded(pixels: NDArray[np.float32]) -> bytes:
    """A PNG file with 8 bits a channel.

    Args:
        pixels: (height, width, 1 to 4 channels), the bottom row first, as Blender has them; values
            from 0 to 1, others are taken for the nearest of these. Both sides at least 1.

    Returns:
        The file, the top row first, as PNG has it. It says nothing of a colour space.
    """
    height, width, channels = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    step = max(1, _BAND // (width * channels))
    bands = [pixels[::-1][top : top + step] for top in range(0, height, step)]
    with ThreadPoolExecutor() as cores:
        parts = list(cores.map(_coded, bands, [False] * (len(bands) - 1) + [True]))
    # Of the compression: a window of 32 KB, coded fast.
    stream = [b"\x78\x01", *(part.data for part in parts), struct.pack(">I", _check_sum(parts))]
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", b"".join(stream)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


class _Part:
    """Some rows, coded so that they can follow others."""

    def __init__(self, filtered: bytes, data: bytes) -> None:
        self.data = data
        self.length = len(filtered)
        self.check_sum = zlib.adler32(filtered)


def _coded(rows: NDArray[np.float32], is_last: bool) -> _Part:
    height, _, channels = rows.shape
    values = np.rint(np.clip(rows, 0.0, 1.0) * np.float32(255.0)).astype(np.uint8)
    values = values.reshape(height, -1)
    filtered = np.empty((height, 1 + values.shape[1]), np.uint8)
    filtered[:, 0] = _SUB
    filtered[:, 1 : 1 + channels] = values[:, :channels]
    np.subtract(values[:, channels:], values[:, :-channels], out=filtered[:, 1 + channels :])
    # Where little changes, runs of zeros are most of it.
    is_plain = 2 * np.count_nonzero(filtered) < filtered.size
    strategy = zlib.Z_RLE if is_plain else zlib.Z_HUFFMAN_ONLY
    code = zlib.compressobj(1, zlib.DEFLATED, -15, 9, strategy)
    raw = filtered.tobytes()
    return _Part(
        raw, code.compress(raw) + code.flush(zlib.Z_FINISH if is_last else zlib.Z_SYNC_FLUSH)
    )


def _check_sum(parts: Sequence[_Part]) -> int:
    """Adler-32 of all parts, from those of each (RFC 1950, section 8.2)."""
    low, high = 1, 0
    for part in parts:
        own_high, own_low = divmod(part.check_sum, 1 << 16)
        high = (high + own_high + part.length * (low - 1)) % _MODULUS
        low = (low + own_low - 1) % _MODULUS
    return high << 16 | low


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
