# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrays as files, which Blender and the worker process hand to each other.

NumPy is loaded with the first use, as everywhere in Blender: not while that starts.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


def read(path: str) -> NDArray[np.float32]:
    """The array in a ``.npy`` file.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no array.
    """
    import numpy as np

    return np.load(path)


def write(path: Path, array: ArrayLike) -> None:
    """Write an array into a ``.npy`` file.

    Not by ``numpy.save``, which does not notice that the disk was full before the last bytes.

    Args:
        path: what is there is replaced.
        array: of any shape.

    Raises:
        OSError: with the system's reason.
    """
    import numpy as np
    from numpy.lib import format as npy

    array = np.ascontiguousarray(array)
    with path.open("wb") as file:
        npy.write_array_header_1_0(file, npy.header_data_from_array_1_0(array))
        file.write(array.data)
