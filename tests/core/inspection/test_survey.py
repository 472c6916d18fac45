"""What `inspect` finds, against values worked out by hand from the bytes."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path

import jsonschema
import numpy as np
import numpy.typing as npt
import pytest

from giflab_core import DecodeError, DecodeLimits, Inspection, LimitExceeded, inspect
from giflab_core.inspection.model import Oddity
from giflab_core.report import inspection_json
from tests.helpers.gifs import GREYS, Picture, gif, moving_frames, sub_blocks, write_clip
from tests.helpers.shared import files

SCHEMA = json.loads(resources.files("giflab_core.report").joinpath("giflab.inspect.1.schema.json").read_text())
HEADER, GREY_PALETTE, CONTROL, LOOP, TRAILER = 13, 768, 8, 19, 1
# A 2x2 image: its descriptor, the code size, 7 bytes for 6 codes of 9 bits in a sub-block, the terminator.
DOT_BYTES = 10 + 1 + 1 + 7 + 1
PLAIN_TEXT = b"\x21\x01" + sub_blocks(bytes(12))[:-1] + sub_blocks(b"hello")


def dot(value: int = 0, side: int = 2) -> npt.NDArray[np.uint8]:
    return np.full((side, side), value, np.uint8)


def comment(text: bytes) -> bytes:
    return b"\x21\xfe" + sub_blocks(text)


def pictures(count: int) -> list[Picture]:
    """That differ from each other."""
    return [Picture(dot(value)) for value in range(count)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clip.gif"


def inspected(path: Path, data: bytes) -> Inspection:
    path.write_bytes(data)
    return inspect(path)


def oddities(path: Path, data: bytes) -> list[Oddity]:
    return list(inspected(path, data).oddities)


def test_an_ordinary_file_has_nothing_odd(path: Path) -> None:
    assert oddities(path, gif(pictures(3), size=(2, 2), loop=0)) == []


def test_the_file_as_a_whole_is_told(path: Path) -> None:
    data = gif([Picture(dot(1), delay_cs=7), Picture(dot(2), delay_cs=9)], size=(2, 2), loop=4)
    found = inspected(path, data)
    assert (found.path, found.digest, found.size_bytes) == (path, hashlib.sha256(data).hexdigest(), len(data))
    assert (found.version, found.width, found.height, found.global_colours) == ("89a", 2, 2, 256)
    assert (found.loop_count, found.plays, found.duration_ms) == (4, 5, 160)


def test_every_byte_is_in_one_part(path: Path) -> None:
    extra = comment(b"hi") + PLAIN_TEXT + b"\x21\x77\x01a\x00" + b"\x00\x00"
    local = Picture(dot(1), palette=bytes(3 * 4))
    data = gif([Picture(dot(), delay_cs=None), local], size=(2, 2), loop=0, extra=extra) + b"more"
    assert dict(inspected(path, data).parts) == {
        "header": HEADER,
        "global_palette": GREY_PALETTE,
        "local_palettes": 12,
        "graphic_control": CONTROL,
        "image_data": 2 * DOT_BYTES,
        "application": LOOP,
        "comments": 2 + 1 + 2 + 1,
        "other_extensions": len(PLAIN_TEXT) + 5,
        "stray": 2,
        "trailer": TRAILER,
        "after_trailer": 4,
        "unread": 0,
    }
    assert sum(inspected(path, data).parts.values()) == len(data)


def test_a_frame_is_told_as_stored_and_as_shown(path: Path) -> None:
    second = Picture(
        dot(3, 4), left=1, top=2, delay_cs=1, disposal=4, transparent=5, palette=bytes(3 * 8), interlaced=True
    )
    frame = inspected(path, gif([Picture(dot(side=8)), second], size=(8, 8))).frames[1]
    assert (frame.number, frame.left, frame.top, frame.width, frame.height) == (2, 1, 2, 4, 4)
    assert (frame.delay_cs, frame.shown_ms) == (1, 100)
    assert (frame.stored_disposal, frame.disposal) == (4, "previous")
    assert (frame.transparent, frame.local_colours, frame.interlaced, frame.code_size) == (5, 8, True, 8)
    # 18 codes of 9 bits are 21 bytes.
    assert frame.size_bytes == CONTROL + 10 + 3 * 8 + 1 + 1 + 21 + 1


def test_without_a_control_block_nothing_is_stored(path: Path) -> None:
    (frame,) = inspected(path, gif([Picture(dot(), delay_cs=None)], size=(2, 2))).frames
    assert (frame.delay_cs, frame.stored_disposal, frame.transparent, frame.size_bytes) == (None, None, None, DOT_BYTES)
    assert (frame.shown_ms, frame.disposal) == (100, "keep")


def test_a_still_needs_no_delay_and_no_loop(path: Path) -> None:
    assert oddities(path, gif([Picture(dot(), delay_cs=0)], size=(2, 2))) == []


@pytest.mark.parametrize(
    ("disposal", "dirty"),
    [
        (1, 4),  # the second image alone
        (2, 9 + 4 - 1),  # with the 3x3 that the first one clears; they share one pixel
        (3, 9 + 4 - 1),
    ],
)
def test_what_disposal_restores_is_dirty_too(path: Path, disposal: int, dirty: int) -> None:
    first = Picture(dot(1, 3), disposal=disposal)
    second = Picture(dot(2), left=2, top=2)
    frames = inspected(path, gif([first, second], size=(10, 10))).frames
    assert [frame.dirty_pixels for frame in frames] == [9, dirty]


@pytest.mark.parametrize(("left", "top", "dirty"), [(9, 9, 1), (10, 0, 0), (300, 300, 0)])
def test_what_lies_outside_of_the_canvas_is_odd_and_not_dirty(path: Path, left: int, top: int, dirty: int) -> None:
    found = inspected(path, gif([Picture(dot(1), left=left, top=top)], size=(10, 10)))
    assert found.frames[0].dirty_pixels == dirty
    assert [(oddity.kind, oddity.frames) for oddity in found.oddities] == [("outside", (1,))]


def test_delays_that_browsers_replace_are_odd(path: Path) -> None:
    delays = [0, 1, 2, None, 0]
    data = gif([Picture(dot(index), delay_cs=delay) for index, delay in enumerate(delays)], size=(2, 2), loop=0)
    assert oddities(path, data) == [
        Oddity("short_delay", "a delay of 0 ms is stored; shown for 100 ms", (1, 5)),
        Oddity("short_delay", "a delay of 10 ms is stored; shown for 100 ms", (2,)),
        Oddity("short_delay", "no delay is stored; shown for 100 ms", (4,)),
    ]


def test_frames_that_change_nothing_are_odd(path: Path) -> None:
    data = gif([Picture(dot(value)) for value in (1, 1, 2, 1)], size=(2, 2), loop=0)
    assert oddities(path, data) == [Oddity("duplicate", "the same picture as that of the frame before", (2,))]


def test_a_transparent_frame_changes_nothing(path: Path) -> None:
    data = gif([Picture(dot(1)), Picture(dot(9), transparent=9)], size=(2, 2), loop=0)
    assert [oddity.kind for oddity in oddities(path, data)] == ["duplicate"]


def test_an_image_without_pixels_is_odd(path: Path) -> None:
    empty = b"\x2c" + bytes(9)
    data = gif([Picture(dot())], size=(2, 2), extra=empty, loop=0)
    found = inspected(path, data)
    assert Oddity("empty", "an image without pixels", (1,)) in found.oddities
    assert (found.frames[0].size_bytes, found.parts["unread"]) == (10, 0)


@pytest.mark.parametrize(("disposal", "meaning"), [(4, "previous"), (5, "keep"), (6, "keep"), (7, "keep")])
def test_undefined_disposal_is_odd(path: Path, disposal: int, meaning: str) -> None:
    data = gif([Picture(dot(), disposal=disposal)], size=(2, 2))
    message = f"disposal {disposal} is undefined; taken for {meaning}"
    assert oddities(path, data) == [Oddity("undefined_disposal", message, (1,))]


def test_an_animation_without_a_loop_block_is_odd(path: Path) -> None:
    assert [oddity.kind for oddity in oddities(path, gif(pictures(2), size=(2, 2)))] == ["no_loop"]


def test_a_missing_trailer_is_odd(path: Path) -> None:
    found = oddities(path, gif(pictures(1), size=(2, 2), trailer=b""))
    assert found == [Oddity("no_trailer", "the file ends without a trailer")]


def test_bytes_behind_the_trailer_are_odd(path: Path) -> None:
    data = gif(pictures(1), size=(2, 2))
    for rest, words in (
        (b"x", "1 byte after the trailer, which begins with x"),
        (data, f"{len(data)} bytes after the trailer, which begin with GIF89a (another GIF)"),
        (b"\x89PNG\r\n\x1a\n", "8 bytes after the trailer, which begin with 89 50 4e 47 0d 0a (a PNG image)"),
        (b"\0\0PK\x03\x04", "6 bytes after the trailer, which begin with 2 zero bytes and then 50 4b 03 04 (a ZIP"),
        (b"\0" * 5000, "5000 bytes after the trailer, which begin with zeros"),
    ):
        (found,) = oddities(path, data + rest)
        assert (found.kind, found.message[: len(words)]) == ("after_trailer", words)


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (comment(b"made by x") * 3, "the same comment 3 times: 39 bytes"),
        (comment(b"a" * 3000), "a comment: 3015 bytes"),
        (b"".join(comment(b"%03d" % number * 100) for number in range(9)), "9 comments: 2745 bytes"),
        (
            (b"\x21\xff\x0bXMP DataXMP" + sub_blocks(b"<x/>")) * 2,
            "application extension 'XMP DataXMP' 2 times: 40 bytes",
        ),
        (b"\x21\xff\x0bICCRGBG1012" + sub_blocks(bytes(2000)), "application extension 'ICCRGBG1012': 2023 bytes"),
        (b"\x21\xff\x0b\x1b[31mXMPXM\n" + sub_blocks(bytes(2000)), "application extension '\\x1b[31mXMPXM\\n': 2023"),
    ],
    ids=["same comments", "large comment", "many comments", "copied application", "large application", "hostile name"],
)
def test_what_is_repeated_or_takes_much_of_the_file_is_odd(path: Path, extra: bytes, words: str) -> None:
    (found,) = oddities(path, gif(pictures(1), size=(2, 2), extra=extra))
    assert (found.kind, found.message[: len(words)]) == ("metadata", words)


def test_one_short_comment_is_not_odd(path: Path) -> None:
    assert oddities(path, gif(pictures(1), size=(2, 2), extra=comment(b"made by x"))) == []


def test_stray_zero_bytes_are_odd(path: Path) -> None:
    data = gif(pictures(1), size=(2, 2), extra=b"\x00\x00")
    assert oddities(path, data) == [Oddity("stray", "2 stray zero bytes between blocks")]


def test_extensions_that_nobody_knows_are_odd(path: Path) -> None:
    data = gif(pictures(1), size=(2, 2), extra=b"\x21\x77\x01a\x00" * 2)
    assert oddities(path, data) == [Oddity("unknown_extension", "2 extensions of the unknown type 0x77")]


def test_plain_text_is_odd_and_what_follows_is_inspected(path: Path) -> None:
    found = inspected(path, gif(pictures(1), size=(2, 2), extra=PLAIN_TEXT))
    assert list(found.oddities) == [Oddity("plain_text", "1 plain text extension, which no browser draws: skipped")]
    assert [(text.kind, text.text) for text in found.texts] == [("plain_text", "hello")]
    assert len(found.frames) == 1


def test_a_control_block_before_plain_text_speaks_of_the_next_image_as_in_browsers(path: Path) -> None:
    control = b"\x21\xf9\x04\x00\x32\x00\x00\x00"
    data = gif([Picture(dot(), delay_cs=None)], size=(2, 2), extra=control + PLAIN_TEXT)
    (frame,) = inspected(path, data).frames
    assert (frame.delay_cs, frame.shown_ms, frame.size_bytes) == (50, 500, CONTROL + DOT_BYTES)


def test_a_code_size_of_more_than_8_bits_is_odd(path: Path) -> None:
    # Codes of 10 bits: clear (512), four zeros, end (513).
    codes = sum(code << 10 * place for place, code in enumerate((512, 0, 0, 0, 0, 513)))
    image = b"\x2c" + bytes(4) + b"\x02\x00\x02\x00\x00\x09" + sub_blocks(codes.to_bytes(8, "little"))
    data = gif([], size=(2, 2), extra=image)
    assert [(oddity.kind, oddity.frames) for oddity in oddities(path, data)] == [("large_code_size", (1,))]


def test_a_file_without_images_is_odd(path: Path) -> None:
    found = inspected(path, gif([], size=(2, 2)))
    assert found.frames == ()
    assert [oddity.kind for oddity in found.oddities] == ["no_image"]


def test_a_file_that_is_cut_is_inspected_as_far_as_it_goes(path: Path) -> None:
    data = gif(pictures(3), size=(2, 2), loop=0)
    found = inspected(path, data[: -TRAILER - 6])  # within the codes of the last image
    assert [frame.is_whole for frame in found.frames] == [True, True, False]
    assert [(oddity.kind, oddity.frames) for oddity in found.oddities] == [("damage", (3,)), ("no_trailer", ())]
    assert found.duration_ms == 200


def test_what_cannot_be_read_is_counted(path: Path) -> None:
    data = gif(pictures(1), size=(2, 2), trailer=b"\x99abc")
    found = inspected(path, data)
    assert found.parts["unread"] == 4
    assert found.oddities == (
        Oddity("damage", f"after frame 1: byte 0x99 at {len(data) - 4} starts no GIF block"),
        Oddity("damage", "the last 4 bytes of the file cannot be read"),
    )


def test_damaged_pixels_do_not_end_the_inspection(path: Path) -> None:
    good, bad = Picture(dot(1)).encode(), Picture(dot(2)).encode()
    image = bad[:-9] + b"\x07" + b"\xff" * 7 + b"\x00"  # codes that mean nothing
    found = inspected(path, gif([], size=(2, 2), loop=0, extra=good + image + good))
    assert [frame.is_whole for frame in found.frames] == [True, False, True]
    assert [(oddity.kind, oddity.frames) for oddity in found.oddities] == [("damage", (2,))]


def test_an_image_without_any_palette_is_damage(path: Path) -> None:
    data = gif([Picture(dot(), palette=GREYS), Picture(dot())], size=(2, 2), palette=None)
    damage = oddities(path, data)[0]
    assert damage == Oddity("damage", "after frame 1: an image without a local or a global colour table")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        gif(pictures(1), size=(2, 2))[: -TRAILER - 6],
        gif(pictures(1), size=(2, 2), palette=None),
        gif([], size=(2, 2), extra=PLAIN_TEXT, trailer=b""),
    ],
    ids=["empty file", "first image cut", "no palette", "text alone"],
)
def test_a_file_without_a_whole_frame_is_refused_by_name(path: Path, data: bytes) -> None:
    with pytest.raises(DecodeError, match=r"cannot read .*clip\.gif"):
        inspected(path, data)


def test_limits_hold_behind_the_first_frame_too(path: Path) -> None:
    path.write_bytes(gif(pictures(3), size=(2, 2)))
    with pytest.raises(LimitExceeded, match="max_frames=2"):
        inspect(path, limits=DecodeLimits(max_frames=2))


def test_long_texts_are_cut(path: Path) -> None:
    (text,) = inspected(path, gif(pictures(1), size=(2, 2), extra=comment(b"x" * 1000))).texts
    assert (text.text, text.size_bytes) == ("x" * 200 + "…", 2 + 1000 + 4 + 1)


def test_of_many_texts_the_first_are_kept_and_all_are_counted(path: Path) -> None:
    found = inspected(path, gif(pictures(1), size=(2, 2), extra=comment(b"x") * 150))
    assert (len(found.texts), found.n_texts) == (100, 150)


def test_texts_that_are_no_utf8_are_escaped(path: Path) -> None:
    found = inspected(path, gif(pictures(1), size=(2, 2), loop=0, extra=comment("ü".encode() + b"\xff")))
    assert [text.text for text in found.texts] == ["NETSCAPE2.0", "ü\\xff"]


def test_the_document_follows_its_schema(path: Path) -> None:
    extra = comment(b"\x1b[31m\xff") + PLAIN_TEXT + b"\x21\x77\x00\x00"
    odd = [Picture(dot(1), delay_cs=0, disposal=7, left=1), Picture(dot(1), palette=GREYS, transparent=3)]
    document = json.loads(inspection_json(inspected(path, gif(odd, size=(2, 2), extra=extra, trailer=b"\x99"))))
    jsonschema.validate(document, SCHEMA)
    assert document["schema"] == "giflab.inspect/1"
    assert document["frames"][1]["dirty_share"] == 1.0


def test_the_schema_refuses_what_it_does_not_name(path: Path) -> None:
    document = json.loads(inspection_json(inspected(path, gif(pictures(1), size=(2, 2)))))
    document["frames"][0]["colour"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)


def test_many_frames_are_all_in_the_document(path: Path) -> None:
    write_clip(path, moving_frames(60))
    assert [frame["number"] for frame in json.loads(inspection_json(inspect(path)))["frames"]] == [*range(1, 61)]


@pytest.mark.corpus
def test_the_bytes_of_every_real_file_add_up() -> None:
    for path in files("gifs/*.gif") + files("pairs/*.gif"):
        if "truncated" not in path.name:
            found = inspect(path)
            assert sum(found.parts.values()) == path.stat().st_size, path
            assert found.parts["unread"] == 0, path


@pytest.mark.corpus
@pytest.mark.parametrize("path", files("hostile/*.gif") + files("pairs/*truncated*.gif"), ids=lambda path: path.stem)
def test_hostile_files_are_inspected_or_refused(path: Path) -> None:
    try:
        found = inspect(path)
    except DecodeError:
        return
    assert sum(found.parts.values()) == path.stat().st_size
    jsonschema.validate(json.loads(inspection_json(found)), SCHEMA)
