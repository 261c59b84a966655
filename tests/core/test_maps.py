# SPDX-License-Identifier: GPL-3.0-or-later
"""Several maps as one exemplar: what belongs together in them stays together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.spatial.distance import cdist

from addon_core import Kind, Map, Progress, Settings, synthesize, synthesize_maps
from addon_core.areas import resized_by_area
from addon_core.channels import Normalisation, weighted
from addon_core.maps import are_alike, output_shapes
from addon_core.normals import pixels_of, vectors_of

PAPER = Settings(method="paper", patch_size=8, stride=4, levels=2, steps=3)
FAST = Settings(levels=2, steps=6)
both_methods = pytest.mark.parametrize("quick", [PAPER, FAST], ids=["paper", "fast"])


def rough(side: int, channels: int, seed: int = 0, width: float = 1.0) -> np.ndarray:
    """(side, side, channels), 0 to 1: noise with features some pixels wide."""
    noise = np.random.default_rng(seed).standard_normal((side, side, channels))
    smooth = gaussian_filter(noise, (width, width, 0), mode="wrap")
    smooth -= smooth.min()
    return (smooth / smooth.max()).astype(np.float32)


def wall(side: int) -> dict[str, np.ndarray]:
    """The maps of a brick wall, made from its relief."""
    rows, columns = np.indices((side, side))
    row = rows // 16
    mortar = (rows % 16 < 3) | ((columns + 14 * (row % 2)) % 28 < 3)
    height = gaussian_filter(np.where(mortar, 0.0, 1.0), 0.7)
    height += 0.15 * rough(side, 1, 1)[:, :, 0]
    slope_down, slope_right = np.gradient(2 * height)
    normals = np.dstack((-slope_right, slope_down, np.ones_like(height)))
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    colours = height[:, :, None] * (0.6, 0.3, 0.2) + 0.2 * (1 - height[:, :, None])
    return {
        "colour": (colours + 0.05 * rough(side, 3, 2)).astype(np.float32),
        "normal": (0.5 + 0.5 * normals).astype(np.float32),
        "roughness": (0.9 - 0.4 * height[:, :, None]).astype(np.float32),
        "occlusion": np.clip(0.3 + height[:, :, None], 0, 1).astype(np.float32),
    }


def lengths(normal_map: np.ndarray) -> np.ndarray:
    return np.linalg.norm(2.0 * normal_map[:, :, :3].astype(np.float64) - 1.0, axis=2)


def edges(image: np.ndarray) -> np.ndarray:
    """(pixels,): the length of the gradient, all channels added."""
    down, right = np.gradient(image, axis=(0, 1))
    return np.sqrt(np.square(down) + np.square(right)).sum(axis=2).ravel()


@both_methods
def test_one_map_is_what_a_single_image_is(quick):
    pixels = rough(48, 3)
    (texture,) = synthesize_maps([Map(pixels, weight=0.3)], (60, 70), quick)
    assert np.array_equal(texture, synthesize(pixels, (60, 70), quick))


@both_methods
@pytest.mark.parametrize("weights", [(1, 1, 1), (0.2, 0, 3), (0, 1, 0), (0, 0, 0)])
def test_nothing_drifts(quick, weights):
    """A map that follows from another one still does, whatever its weight and its unit."""
    colours = rough(48, 3)
    maps = [colours, colours[:, :, [2, 0, 1]], 7000 - 500 * colours[:, :, :1]]
    given = [Map(pixels, weight=weight) for pixels, weight in zip(maps, weights, strict=True)]
    first, turned, other = synthesize_maps(given, (70, 61), quick)
    assert np.abs(turned - first[:, :, [2, 0, 1]]).max() < 1e-4
    assert np.abs(other - (7000 - 500 * first[:, :, :1])).max() < 500 * 1e-4
    assert first.std() > 0.5 * colours.std()


def test_edges_meet_in_all_maps():
    given = wall(192)
    kinds = {"colour": Kind.COLOUR, "normal": Kind.NORMAL}
    maps = [Map(pixels, kinds.get(name, Kind.DATA)) for name, pixels in given.items()]
    made = synthesize_maps(maps, (256, 256))
    before = np.corrcoef([edges(pixels) for pixels in given.values()])
    after = np.corrcoef([edges(pixels) for pixels in made])
    assert before.min() > 0.3
    assert (after >= 0.95 * before).all()


@both_methods
def test_normals_come_back_with_unit_length(quick):
    pixels = wall(64)
    maps = [Map(pixels["colour"]), Map(pixels["normal"], Kind.NORMAL)]
    _, bent = synthesize_maps(maps, (80, 72), quick)
    assert np.abs(lengths(bent) - 1).max() < 1e-6
    assert bent[:, :, 2].mean() > 0.7
    assert bent[:, :, :2].std() > 0.5 * pixels["normal"][:, :, :2].std()


@both_methods
def test_directx_normals_are_the_others_with_green_inverted(quick):
    pixels = wall(64)
    opengl = np.round(pixels["normal"] * 256) / 256
    directx = opengl.copy()
    directx[:, :, 1] = 1 - directx[:, :, 1]
    base = Map(pixels["colour"])
    _, up = synthesize_maps([base, Map(opengl, Kind.NORMAL)], (80, 72), quick)
    _, down = synthesize_maps([base, Map(directx, Kind.NORMAL_DIRECTX)], (80, 72), quick)
    down[:, :, 1] = 1 - down[:, :, 1]
    assert np.abs(up - down).max() < 1e-6


@pytest.mark.parametrize("kind", [Kind.NORMAL, Kind.NORMAL_DIRECTX])
def test_normals_there_and_back(kind):
    bent = np.concatenate((wall(32)["normal"], rough(32, 1)), axis=2)
    vectors = vectors_of(bent, kind)
    assert np.array_equal(vectors[:, :, 1] > 0, (bent[:, :, 1] > 0.5) == (kind is Kind.NORMAL))
    assert np.abs(pixels_of(vectors, kind) - bent).max() < 1e-6


def test_a_normal_that_points_nowhere_points_up():
    grey = np.full((4, 4, 3), 0.5, np.float32)
    grey[1, 1] = 127 / 255
    assert np.array_equal(vectors_of(grey, Kind.NORMAL), np.tile((0, 0, 1), (4, 4, 1)))


def test_opacity_of_normals_goes_along_untouched():
    pixels = wall(64)
    alpha = 3 * pixels["colour"][:, :, :1]
    bent = np.concatenate((pixels["normal"], alpha), axis=2)
    maps = [Map(pixels["colour"]), Map(bent, Kind.NORMAL, alpha=3)]
    colour, made = synthesize_maps(maps, (80, 72), FAST)
    assert np.abs(made[:, :, 3] - 3 * colour[:, :, 0]).max() < 1e-4
    assert np.abs(lengths(made) - 1).max() < 1e-6


@both_methods
def test_sizes_keep_their_ratio(quick):
    maps = [rough(60, 3), rough(30, 1, 1), rough(120, 2, 2), rough(20, 1, 3), rough(45, 1, 4)]
    made = synthesize_maps([*map(Map, maps)], (80, 100), quick)
    shapes = [(80, 100, 3), (40, 50, 1), (160, 200, 2), (27, 33, 1), (60, 75, 1)]
    assert [pixels.shape for pixels in made] == shapes
    for pixels, given in zip(made, maps, strict=True):
        assert given.min() - 1e-5 <= pixels.min()
        assert pixels.max() <= given.max() + 1e-5


def test_a_smaller_map_is_not_blurred():
    """Where one piece lies, a map of half the size has its own pixels."""
    small = np.random.default_rng(5).random((48, 48, 1), dtype=np.float32)
    _, made = synthesize_maps([Map(rough(96, 3, width=3)), Map(small)], (128, 128), FAST)
    apart = np.abs(np.subtract.outer(made[:, :, 0].ravel(), small.ravel())).min(axis=1)
    assert made.shape == (64, 64, 1)
    # By chance a pixel comes so near to one of 48 × 48 in one of 200 cases.
    assert (apart < 1e-6).mean() > 0.3


def test_resizing_by_area_there_and_back_changes_nothing():
    image = rough(12, 2)
    larger = resized_by_area(image, (36, 24))
    assert np.array_equal(larger[::3, ::2], image)
    assert np.allclose(resized_by_area(larger, (12, 12)), image, rtol=0, atol=1e-6)


def test_resizing_by_area_takes_the_mean_of_what_lies_below():
    line = np.array([1.0, 2.0, 4.0], np.float32).reshape(1, 3, 1)
    assert resized_by_area(line, (1, 2)).ravel() == pytest.approx([4 / 3, 10 / 3])
    assert resized_by_area(line, (1, 4)).ravel() == pytest.approx([1, 5 / 3, 8 / 3, 4])
    image = rough(17, 1)
    assert resized_by_area(image, (11, 23)).mean() == pytest.approx(image.mean(), abs=1e-6)


def test_each_map_has_its_share_of_the_distance():
    images = [rough(40, 3), 50 * rough(40, 1, 1), np.ones((40, 40, 2), np.float32)]
    found = [*map(Normalisation.of, images)]

    def added(*weights: float) -> list[float]:
        pairs = zip(weighted(found, weights), images, strict=True)
        return [own.apply(image).var(axis=(0, 1)).sum() for own, image in pairs]

    one, three, none = added(1, 3, 9)
    assert three == pytest.approx(3 * one, rel=1e-3)
    assert none == 0
    # As if it were alone.
    assert added(1, 0, 0) == pytest.approx([3, 0, 0], abs=1e-3)


def _misfit(made: np.ndarray, given: np.ndarray) -> float:
    """How far patches of a result are from the nearest ones of the exemplar, on average."""

    def patches(image: np.ndarray, step: int) -> np.ndarray:
        windows = np.lib.stride_tricks.sliding_window_view(image[:, :, 0], (8, 8))
        return windows[::step, ::step].reshape(-1, 64)

    return float(cdist(patches(made, 5), patches(given, 1)).min(axis=1).mean())


@both_methods
def test_what_weighs_more_fits_better(quick):
    """It shows at the joints of pieces alone, so that several large textures are looked at."""
    pair = rough(64, 1, 1, width=4.0), rough(64, 1, 2, width=4.0)
    ratios = []
    for seed in range(4):
        misfits = []
        for weights in ((1, 0.05), (0.05, 1)):
            maps = [Map(own, weight=weight) for own, weight in zip(pair, weights, strict=True)]
            made = synthesize_maps(maps, (256, 256), replace(quick, seed=seed))
            misfits.append([_misfit(*own) for own in zip(made, pair, strict=True)])
        (heavy_one, light_other), (light_one, heavy_other) = misfits
        ratios.append((heavy_one / light_one, heavy_other / light_other))
    assert (np.mean(ratios, axis=0) < 0.9).all()


@both_methods
def test_a_constant_map_comes_back_as_it_is(quick):
    base = rough(48, 3)
    flat = np.full((24, 24, 4), (0.25, 7, 0, 1), np.float32)
    up = np.full((48, 48, 3), (0.5, 0.5, 1), np.float32)
    maps = [Map(base), Map(flat, weight=5), Map(up, Kind.NORMAL)]
    texture, plain, level = synthesize_maps(maps, (60, 70), quick)
    assert np.array_equal(texture, synthesize(base, (60, 70), quick))
    assert np.array_equal(plain, np.tile(flat[0, 0], (30, 35, 1)))
    assert np.array_equal(level, np.tile(up[0, 0], (60, 70, 1)))


def test_constant_maps_alone_come_back_in_their_sizes():
    maps = [Map(np.full((20, 20), 0.25)), Map(np.full((40, 40, 2), 3.0), weight=0)]
    one, two = synthesize_maps(maps, (9, 11))
    assert np.array_equal(one, np.full((9, 11, 1), 0.25, np.float32))
    assert np.array_equal(two, np.full((18, 22, 2), 3.0, np.float32))


@both_methods
def test_previews_show_the_first_map(quick):
    told: list[Progress] = []

    def listen(progress: Progress) -> None:
        told.append(progress)

    pixels = wall(64)
    maps = [Map(pixels["normal"], Kind.NORMAL), Map(pixels["colour"])]
    bent, _ = synthesize_maps(maps, (80, 72), quick, listen)
    first, last = (progress.preview for progress in told if progress.preview is not None)
    assert first is not None
    assert first.shape == (40, 36, 3)
    assert np.abs(lengths(first) - 1).max() < 1e-6
    assert last is bent


@pytest.mark.parametrize(
    ("maps", "message"),
    [
        ([], "there is no map"),
        (
            [
                Map(np.zeros((32, 32, 3)), name="base.png"),
                Map(np.zeros((32, 64)), name="rough.png"),
            ],
            "“rough.png” has 64 × 32 pixels and “base.png” 32 × 32, which are other proportions",
        ),
        ([Map(np.zeros((32, 32))), Map(np.full((32, 32), np.nan))], "map 2 has values"),
        ([Map(np.zeros((32, 32))), Map(np.zeros((32, 32, 0)))], "map 2 has shape"),
        ([Map(np.zeros((32, 32)), weight=-1)], "the exemplar has a weight of -1"),
        ([Map(np.zeros((32, 32)), weight=float("nan"))], "a weight of nan"),
        ([Map(np.zeros((32, 32, 1)), Kind.NORMAL, name="bump")], "“bump” is to be a normal map"),
        ([Map(np.zeros((32, 32, 4)), Kind.NORMAL, alpha=1)], "no opacity in channel 1 of 4"),
        ([Map(np.zeros((32, 32, 3)), alpha=3)], "no opacity in channel 3 of 3"),
        ([Map(np.zeros((8, 8))), Map(np.zeros((4, 4)))], "map 1 has 8 × 8 pixels, but must be"),
    ],
)
def test_refuses_what_cannot_be_used(maps, message):
    with pytest.raises(ValueError, match=message):
        synthesize_maps(maps, (16, 16))


def test_proportions_may_be_rounded():
    assert are_alike((1024, 683), (512, 341))
    assert are_alike((512, 342), (1024, 683))
    assert not are_alike((1024, 683), (512, 512))
    assert not are_alike((512, 512), (512, 520))
    assert output_shapes([(1024, 683), (512, 341), (1, 1)], (2048, 1366))[1:] == [
        (1024, 682),
        (2, 2),
    ]
