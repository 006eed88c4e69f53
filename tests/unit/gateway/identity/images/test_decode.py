"""Bad pictures are refused with their own code before they are decoded; a good one keeps its pixels and no metadata."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from gateway.domain.verification.port import ImageRefused
from gateway.identity.images.containers import open_container
from gateway.identity.images.decode import MAX_BYTES, decode_image, encode_jpeg, screen_image
from gateway.texts.identity import REASON
from tests.specimens.bad_pictures import BAD, CANARY, GPS, JPEG, PNG, pattern, png_chunk, position, saved


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_picture_is_refused_by_its_own_code(name: str) -> None:
    data, code = BAD[name]
    with pytest.raises(ImageRefused) as refused:
        decode_image(data)
    assert refused.value.code == code
    assert code in REASON


def test_a_file_of_more_than_eight_megabytes_is_refused_unread() -> None:
    with pytest.raises(ImageRefused, match="too_large"):
        screen_image(bytes(MAX_BYTES + 1))


def test_a_refusal_says_which_picture_it_is_about() -> None:
    with pytest.raises(ImageRefused) as refused:
        screen_image(b"", "face")
    assert refused.value.part == "face"


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_of_any_colour_mode_becomes_rgb(mode: str) -> None:
    pixels = decode_image(saved(pattern(mode), "JPEG"))
    assert pixels.shape == (120, 160, 3)


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "LA", "1"])
def test_a_png_of_any_colour_mode_becomes_rgb(mode: str) -> None:
    assert decode_image(saved(pattern(mode), "PNG")).shape == (120, 160, 3)


def test_sixteen_bits_keep_their_brightness() -> None:
    deep = Image.fromarray(np.full((100, 100), 0x8000, np.uint16))
    assert int(decode_image(saved(deep, "PNG"))[50, 50, 0]) == 0x80


def test_what_is_transparent_lies_on_white() -> None:
    assert decode_image(saved(Image.new("RGBA", (100, 100), (0, 0, 0, 0)), "PNG"))[50, 50].tolist() == [255, 255, 255]


def test_exif_turns_the_picture_upright_and_is_left_behind() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = CANARY.decode()
    data = saved(pattern(), "JPEG", exif=exif, comment=CANARY)
    assert CANARY in data
    assert decode_image(data).shape == (160, 120, 3)
    clean = open_container(data).data
    assert CANARY not in clean
    assert decode_image(clean).shape == (160, 120, 3)
    assert CANARY not in encode_jpeg(decode_image(data))


def test_where_a_picture_was_taken_is_left_behind() -> None:
    data = saved(pattern(), "JPEG", exif=position())
    with Image.open(BytesIO(data)) as image:
        assert image.getexif().get_ifd(GPS)[2] == (51.0, 30.0, 2.5), "it was there"
    with Image.open(BytesIO(open_container(data).data)) as image:
        assert dict(image.getexif()) == {}


def test_png_text_is_left_behind() -> None:
    data = PNG[:-12] + png_chunk(b"tEXt", b"Comment\x00" + CANARY) + PNG[-12:]
    assert CANARY not in open_container(data).data
    assert (decode_image(data) == decode_image(PNG)).all()


def test_a_second_picture_behind_the_first_is_left_behind() -> None:
    picture = open_container(JPEG + CANARY + JPEG)
    assert CANARY not in picture.data
    assert (picture.width, picture.height) == (160, 120)


def test_a_progressive_jpeg_is_read_whole() -> None:
    data = saved(pattern(), "JPEG", progressive=True)
    with Image.open(BytesIO(data)) as image:
        expected = np.asarray(image)
    assert (decode_image(data) == expected).all()
