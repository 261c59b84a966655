# SPDX-License-Identifier: GPL-3.0-or-later
"""How close a texture is to its exemplar, and how it was put together.

Images are float32 (height, width, channels), both in the same unit, which is that of every distance
here unless it says otherwise. Where patches or directions are drawn at random, the draw is seeded:
the same images give the same figures.

===============================  ================================================  =====
metric                           question                                          right
===============================  ================================================  =====
:func:`sliced_wasserstein`       Are all patches there, as often as they should?   0
:func:`wasserstein`              The same, exactly, for fewer patches.             0
:func:`cover`                    Is everything of the exemplar there?              0
:func:`structure`                Is everything that is there of the exemplar?      0
:func:`autocorrelation_score`    Are things as far apart as they should be?        0
:func:`gram_score`               Do features occur together as they should?        0
:func:`sifid`                    Do features have the same mean and covariance?    0
:func:`sharpness`                Is it as sharp?                                   1
:func:`use`                      Is the exemplar used evenly?                      1
:func:`largest_piece`            How much is copied in one piece?                  small
:func:`repetition`               How much of it is there twice?                    0
:func:`seam`                     How bad are the worst joints?                     0
:func:`border`                   Does it go on over its border when repeated?      1
===============================  ================================================  =====
"""

from .border import border, relative_steps
from .copying import Correspondence, largest_piece, repetition, seam, use
from .correlation import autocorrelation_score
from .features import Features, gram_score, oriented_filters, sifid
from .nearest import cover, structure
from .sharpness import sharpness
from .transport import sliced_wasserstein, wasserstein

__all__ = [
    "Correspondence",
    "Features",
    "autocorrelation_score",
    "border",
    "cover",
    "gram_score",
    "largest_piece",
    "oriented_filters",
    "relative_steps",
    "repetition",
    "seam",
    "sharpness",
    "sifid",
    "sliced_wasserstein",
    "structure",
    "use",
    "wasserstein",
]
