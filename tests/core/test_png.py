# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels as PNG files."""

import struct
import zlib

import numpy as np
import pytest

from addon_core import png


def _chunks(data):
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    start = 8
    while start < len(data):
        (length,) = struct.unpack_from(">I", data, start)
        kind, body = data[start + 4 : start + 8], data[start + 8 : start + 8 + length]
        (check_sum,) = struct.unpack_from(">I", data, start + 8 + length)
        assert check_sum == zlib.crc32(kind + body)
        yield kind, body
        start += 12 + length


def _decoded(data):
    """The rows of a file that is filtered by differences to the left, the top row first."""
    (header, size), (body, stream), (end, rest) = _chunks(data)
    assert (header, body, end, rest) == (b"IHDR", b"IDAT", b"IEND", b"")
    width, height, depth, colour_type, *others = struct.unpack(">IIBBBBB", size)
    assert (depth, others) == (8, [0, 0, 0])
    channels = {0: 1, 4: 2, 2: 3, 6: 4}[colour_type]
    # Raises where the check sum of the whole is wrong.
    rows = np.frombuffer(zlib.decompress(stream), np.uint8).reshape(height, 1 + width * channels)
    assert (rows[:, 0] == 1).all()
    return np.cumsum(rows[:, 1:].reshape(height, width, channels), axis=1, dtype=np.uint8)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [(1, 1), (5, 7), (700, 901)])
def test_what_is_encoded_is_what_was_given(size, channels):
    """The largest one is coded in several parts."""
    values = np.random.default_rng(0).integers(0, 256, (*size, channels)).astype(np.uint8)
    pixels = (values / 255.0).astype(np.float32)
    assert np.array_equal(_decoded(png.encoded(pixels)), values[::-1])
    assert size != (700, 901) or values.size > png._BAND or channels == 1


def test_values_are_rounded_and_bounded():
    pixels = np.array([[-0.3, 0.0, 0.4 / 255, 0.6 / 255, 254.6 / 255, 1.0, 1.7]], np.float32)
    assert _decoded(png.encoded(pixels[:, :, None]))[0, :, 0].tolist() == [
        0,
        0,
        0,
        1,
        255,
        255,
        255,
    ]


def test_plain_images_are_small():
    assert len(png.encoded(np.full((1024, 1024, 3), 0.5, np.float32))) < 20_000
