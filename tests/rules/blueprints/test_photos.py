"""Photos: what is measured, what is made of them, and that no picture hurts whoever looks at it."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from backend.core.errors import AppError, Conflict, InvalidInput
from backend.domains.blueprints.model import PhotoProposal
from backend.domains.blueprints.photos.proposing import judged, proposed, read_photos, with_duplicates
from backend.domains.blueprints.photos.reading import Look, PhotoLimits, PhotoReader, Variant, photo_format
from tests.rules.blueprints.pictures import as_bytes, huge_png, saved, scene, swapped_profile

GPS, ORIENTATION = 0x8825, 0x0112


@pytest.fixture(scope="module")
def reader() -> Iterator[PhotoReader]:
    with PhotoReader() as reader:
        yield reader


def read(reader: PhotoReader, path: Path) -> PhotoProposal:
    return proposed(path.name, reader.look(path, path.name))


def refused(reader: PhotoReader, path: Path) -> AppError:
    with pytest.raises(InvalidInput) as error:
        reader.look(path, path.name)
    return error.value


def shown(variant: Variant) -> Image.Image:
    return Image.open(io.BytesIO(variant.content))


# what is measured ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.jpg", "JPEG"),
        ("a.png", "PNG"),
        ("a.webp", "WEBP"),
        ("a.avif", "AVIF"),
        ("a.gif", "GIF"),
        ("a.tif", "TIFF"),
    ],
)
def test_a_sound_photo_of_each_kind_has_its_measures_and_no_warning(
    reader: PhotoReader, tmp_path: Path, name: str, kind: str
) -> None:
    path = saved(scene(), tmp_path / name, format=kind)
    found = read(reader, path)
    assert (found.width, found.height, found.rotated, found.warnings) == (1200, 900, 0, ())
    assert photo_format(path.read_bytes()[:64]) == kind
    assert len(found.phash) == 32


@pytest.mark.parametrize(("turn", "degrees"), [(1, 0), (3, 180), (6, 90), (8, 270)])
def test_a_photo_stands_upright_whatever_way_the_camera_was_held(
    reader: PhotoReader, tmp_path: Path, turn: int, degrees: int
) -> None:
    lying = {
        1: None,
        3: Image.Transpose.ROTATE_180,
        6: Image.Transpose.ROTATE_90,
        8: Image.Transpose.ROTATE_270,
    }
    upright = Image.new("RGB", (1200, 800), "white")
    upright.paste("red", (0, 0, 1200, 200))  # the sky
    method = lying[turn]
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    path = saved(upright.transpose(method) if method else upright, tmp_path / "a.jpg", exif=exif, quality=95)
    found = read(reader, path)
    assert (found.width, found.height, found.rotated) == (1200, 800, degrees)
    largest = shown(reader.variants(path, "a.jpg")[-1])
    assert largest.size == (1200, 800)
    red, green, blue = largest.getpixel((600, 50))  # type: ignore[misc]
    assert red > 200
    assert green < 60
    assert blue < 60


def test_what_is_wrong_with_a_photo_is_told_with_its_measure(reader: PhotoReader, tmp_path: Path) -> None:
    sharp = scene(2400, 1800)
    doubtful = {
        "blurry": sharp.filter(ImageFilter.GaussianBlur(8)),
        "too_small": scene(400, 300),
        "too_dark": sharp.point(lambda value: value * 0.12),
        "too_bright": sharp.point(lambda value: 240 + value * 0.05),
        "odd_aspect": scene(2400, 500),
        "empty": Image.new("RGB", (800, 600), "gray"),
    }
    for warning, picture in doubtful.items():
        found = read(reader, saved(picture, tmp_path / f"{warning}.png"))
        assert warning in found.warnings, (warning, found)
        assert found.evidence[found.warnings.index(warning)].text
    assert read(reader, saved(sharp, tmp_path / "sharp.png")).warnings == ()


def test_a_soft_background_is_no_blur(reader: PhotoReader, tmp_path: Path) -> None:
    picture = scene(2400, 1800).filter(ImageFilter.GaussianBlur(20))
    picture.paste(scene(1000, 800, seed=2), (700, 500))
    assert "blurry" not in read(reader, saved(picture, tmp_path / "a.jpg", quality=92)).warnings


def test_an_animation_is_its_first_frame(reader: PhotoReader, tmp_path: Path) -> None:
    first, second = Image.new("RGB", (800, 600), "red"), Image.new("RGB", (800, 600), "blue")
    path = saved(first, tmp_path / "a.gif", save_all=True, append_images=[second])
    assert "animated" in read(reader, path).warnings
    red, _, blue = shown(reader.variants(path, "a.gif")[-1]).getpixel((400, 300))  # type: ignore[misc]
    assert red > 200 > 60 > blue


# what is made ----------------------------------------------------------------------------------------------------


def test_sizes_for_the_web_go_up_to_the_original(reader: PhotoReader, tmp_path: Path) -> None:
    large = reader.variants(saved(scene(4000, 3000), tmp_path / "a.jpg", quality=90), "a.jpg")
    assert [v.width for v in large if v.type == "image/webp"] == [320, 640, 1280, 1920]
    assert all(abs(v.height / v.width - 0.75) < 0.01 for v in large)
    assert (large[-1].type, large[-1].name) == ("image/webp", "1920.webp")
    assert [v.width for v in large] == sorted(v.width for v in large)
    for variant in large:
        assert shown(variant).size == (variant.width, variant.height)
        assert shown(variant).format == variant.type.removeprefix("image/").upper()
    small = reader.variants(saved(scene(200, 150), tmp_path / "b.png"), "b.png")
    assert [v.name for v in small] == ["200.webp"]
    between = reader.variants(saved(scene(800, 600), tmp_path / "c.png"), "c.png")
    assert [v.width for v in between if v.type == "image/webp"] == [320, 640, 800]


def test_avif_is_kept_where_it_saves_bytes(reader: PhotoReader, tmp_path: Path) -> None:
    made = reader.variants(saved(scene(1600, 1200), tmp_path / "a.jpg", quality=90), "a.jpg")
    sizes = {v.name: len(v.content) for v in made}
    avif = [name for name in sizes if name.endswith(".avif")]
    assert all(sizes[name] < 0.85 * sizes[name.replace("avif", "webp")] for name in avif)
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 255, (1200, 1600, 3), dtype=np.uint8))
    assert avif or any(
        v.type == "image/avif" for v in reader.variants(saved(noise, tmp_path / "n.png"), "n.png")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_nothing_but_pixels_leaves_a_photo(reader: PhotoReader, tmp_path: Path, kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret description"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (48.0, 8.0, 14.0)
    options = {} if kind == "TIFF" else {"exif": exif}
    path = saved(scene(800, 600), tmp_path / "a", format=kind, icc_profile=swapped_profile(), **options)
    if kind != "TIFF":
        assert b"secret" in path.read_bytes()
        assert "the place where it was taken" in " ".join(e.text for e in read(reader, path).evidence)
    for variant in reader.variants(path, "a"):
        picture = shown(variant)
        assert not picture.getexif()
        assert "icc_profile" not in picture.info
        assert b"secret" not in variant.content


def test_colors_are_those_of_the_profile(reader: PhotoReader, tmp_path: Path) -> None:
    red = Image.new("RGB", (400, 300), (220, 20, 20))
    swapped = saved(red, tmp_path / "a.png", icc_profile=swapped_profile())
    seen_red, seen_green, _ = shown(reader.variants(swapped, "a.png")[-1]).getpixel((200, 150))  # type: ignore[misc]
    assert seen_green > 150 > 80 > seen_red
    broken = saved(red, tmp_path / "b.png", icc_profile=b"no profile at all")
    seen_red, seen_green, _ = shown(reader.variants(broken, "b.png")[-1]).getpixel((200, 150))  # type: ignore[misc]
    assert seen_red > 150 > 80 > seen_green


@pytest.mark.parametrize("mode", ["CMYK", "L", "P", "1", "LA", "RGBA", "I;16", "F"])
def test_every_kind_of_pixel_becomes_a_picture(reader: PhotoReader, tmp_path: Path, mode: str) -> None:
    gray = scene(640, 480).convert("L")
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(gray).astype(np.uint16) * 257)
    elif mode == "F":
        picture = Image.fromarray(np.asarray(gray).astype(np.float32) / 255)
    else:
        picture = scene(640, 480).convert("RGB").convert(mode)
    path = saved(
        picture, tmp_path / "a", format="PNG" if mode in ("LA", "RGBA", "P", "1", "I;16") else "TIFF"
    )
    largest = shown(reader.variants(path, "a")[-1]).convert("L")
    coarse = [np.asarray(each.resize((40, 30), Image.Resampling.BOX)).astype(int) for each in (largest, gray)]
    assert np.abs(coarse[0] - coarse[1]).mean() < 14, mode


def test_what_is_transparent_becomes_white(reader: PhotoReader, tmp_path: Path) -> None:
    path = saved(Image.new("RGBA", (400, 300), (0, 0, 0, 0)), tmp_path / "a.png")
    assert min(shown(reader.variants(path, "a.png")[-1]).getpixel((9, 9))) > 250  # type: ignore[type-var, arg-type]


# hostile ---------------------------------------------------------------------------------------------------------


def test_a_picture_of_fifty_thousand_squared_is_refused_by_its_header(
    reader: PhotoReader, tmp_path: Path
) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(huge_png(50_000, 50_000))
    began = time.monotonic()
    error = refused(reader, path)
    assert error.code == "blueprints.photo_too_large"
    assert time.monotonic() - began < 5
    path.write_bytes(huge_png(12_000, 12_000))  # within what the library itself would let pass
    assert refused(reader, path).facts["width"] == 12_000


def test_a_bomb_within_the_pixels_is_held_by_the_memory_of_its_process(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(as_bytes(Image.new("RGB", (9000, 9000)), "PNG"))
    with PhotoReader(PhotoLimits(memory_bytes=400 * 1024 * 1024)) as reader:
        assert refused(reader, path).code == "blueprints.photo_too_large"
        assert read(reader, saved(scene(), tmp_path / "a.jpg")).width == 1200  # and the next one is read


def test_a_picture_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = saved(scene(3000, 2000), tmp_path / "a.png")
    with PhotoReader(PhotoLimits(wall_seconds=0.01)) as reader:
        assert refused(reader, path).facts["problem"] == "needs_too_much"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.98])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_a_cut_file_is_refused(reader: PhotoReader, tmp_path: Path, kind: str, share: float) -> None:
    whole = as_bytes(scene(640, 480), kind)
    path = tmp_path / "cut"
    path.write_bytes(whole[: int(len(whole) * share)])
    assert refused(reader, path).code == "blueprints.unreadable_photo"


POLYGLOTS = {
    "gif_script": b"GIF89a/*" + b"\0" * 40 + b"*/=1;alert(1)//",
    "gif_page": as_bytes(Image.new("RGB", (640, 480), "red"), "GIF") + b"<script>alert(1)</script>",
    "jpeg_page": as_bytes(scene(640, 480), "JPEG", comment=b"<script>alert(1)</script>"),
    "png_zip": as_bytes(scene(640, 480), "PNG") + b"PK\x03\x04<script>alert(1)</script>",
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_what_hides_behind_a_picture_does_not_come_out_again(
    reader: PhotoReader, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(POLYGLOTS[name])
    try:
        made = reader.variants(path, name)
    except InvalidInput as error:
        assert error.code in ("blueprints.unreadable_photo", "blueprints.photo_too_large")  # noqa: PT017
        assert name == "gif_script"
        return
    assert all(b"alert" not in variant.content and variant.content[:2] != b"PK" for variant in made)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (
            b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            "svg",
        ),
        (b'\xef\xbb\xbf  <svg onload="alert(1)"/>', "svg"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40, "heic"),
        (b"%PDF-1.7", "unknown"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "unknown"),
        (b"<html><script>alert(1)</script>", "unknown"),
        (b"", "unknown"),
        (b"BM" + b"\0" * 60, "unknown"),
    ],
)
def test_what_is_no_photo_is_refused_by_its_content(
    reader: PhotoReader, tmp_path: Path, content: bytes, kind: str
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    error = refused(reader, path)
    assert (error.code, error.facts["kind"]) == ("blueprints.unsupported_photo", kind)


def test_nonsense_ends_no_process(reader: PhotoReader, tmp_path: Path) -> None:
    rng = random.Random(7)
    whole = {
        kind: bytearray(as_bytes(scene(160, 120), kind)) for kind in ("JPEG", "PNG", "GIF", "TIFF", "WEBP")
    }
    for turn in range(60):
        broken = bytearray(whole[rng.choice(list(whole))])
        for _ in range(20):
            broken[rng.randrange(12, len(broken))] = rng.randrange(256)
        path = tmp_path / str(turn)
        path.write_bytes(broken)
        try:
            reader.variants(path, path.name)
        except InvalidInput as error:
            assert error.code.startswith("blueprints.")  # noqa: PT017


# many ------------------------------------------------------------------------------------------------------------


def test_one_picture_in_several_sizes_is_found(reader: PhotoReader, tmp_path: Path) -> None:
    original = scene(2000, 1500, seed=5)
    files = {
        "small.jpg": saved(original.resize((800, 600)), tmp_path / "small.jpg", quality=70),
        "large.jpg": saved(original, tmp_path / "large.jpg", quality=95),
        "other.jpg": saved(scene(2000, 1500, seed=6), tmp_path / "other.jpg"),
        "same.jpg": saved(original, tmp_path / "same.jpg", quality=95),
        "flat_a.png": saved(Image.new("RGB", (800, 600), "red"), tmp_path / "flat_a.png"),
        "flat_b.png": saved(Image.new("RGB", (800, 600), "blue"), tmp_path / "flat_b.png"),
    }
    found = with_duplicates([read(reader, path) for path in files.values()])
    assert {p.file: p.duplicate_of for p in found} == {
        "small.jpg": "large.jpg", "large.jpg": None, "other.jpg": None, "same.jpg": "large.jpg", "flat_a.png": None,
        "flat_b.png": None,
    }  # fmt: skip


def test_different_scenes_are_never_one_picture(reader: PhotoReader, tmp_path: Path) -> None:
    many = [read(reader, saved(scene(400, 300, seed=n), tmp_path / f"{n}.jpg")) for n in range(40)]
    assert [p.file for p in with_duplicates(many) if p.duplicate_of] == []


def test_photos_are_read_in_turn_with_progress_and_can_be_stopped(tmp_path: Path) -> None:
    good = saved(scene(), tmp_path / "good.jpg")
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8\xff nothing")
    told: list[tuple[str, int, int]] = []
    files = [("good.jpg", good), ("bad.jpg", bad)]
    photos, refusals = read_photos(files, progress=lambda *step: told.append(step))
    assert [p.file for p in photos] == ["good.jpg"]
    assert [(r.file, r.code) for r in refusals] == [("bad.jpg", "blueprints.unreadable_photo")]
    assert [done for _, done, _ in told] == [1, 2]
    with pytest.raises(Conflict) as stopped:
        read_photos(files, cancelled=lambda: True)
    assert stopped.value.code == "blueprints.cancelled"


def test_a_look_in_the_middle_of_everything_has_no_warning() -> None:
    fine = Look("0" * 64, 1600, 1200, 0, "", 200.0, (20.0, 120.0, 230.0), False, False, False)
    assert judged(fine) == ((), ())
    assert judged(replace(fine, sharpness=None))[0] == ()
    assert judged(replace(fine, light=(2.0, 30.0, 240.0)))[0] == ()  # night with lights: dark on purpose
