"""What kind of file some bytes are, whether they are all there, and a name it may have.

A file is known by its content: its name and whatever else is said of it are not believed.
"""

import struct
import unicodedata
import zlib
from typing import Literal, get_args

MediaType = Literal["application/pdf", "image/jpeg", "image/png"]
MEDIA_TYPES: tuple[MediaType, ...] = get_args(MediaType)

ENDINGS: dict[MediaType, str] = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
}
LONGEST_NAME = 120
"""Of a cleaned name with its ending, in bytes of UTF-8: any disk and any ZIP takes it."""

_BEGINS: dict[MediaType, bytes] = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}
_PDF_TAIL = 2048
"""Where a PDF's last line is looked for: programs leave some bytes behind it."""
_IMAGE_ENDS = 0xD9
_BARE = {0x01, *range(0xD0, 0xD9)}
"""Markers of a JPEG that no length follows."""
_NOT_IN_NAMES = '<>:"/\\|?*'
_NO_NAMES = {"con", "prn", "aux", "nul", *(f"{of}{n}" for of in ("com", "lpt") for n in range(10))}
"""What Windows takes for a device, whatever its ending."""


def media_type_of(content: bytes) -> MediaType | None:
    """The media type that the first bytes tell; None for any other than a PDF, JPEG or PNG."""
    return next((kind for kind, begins in _BEGINS.items() if content.startswith(begins)), None)


def is_whole(media_type: MediaType, content: bytes) -> bool:
    """Whether a file of that type is there to its end. What may follow the end is not looked at."""
    if media_type == "application/pdf":
        return b"%%EOF" in content[-_PDF_TAIL:]
    return _jpeg_ends(content) if media_type == "image/jpeg" else _png_ends(content)


def _jpeg_ends(content: bytes) -> bool:
    """Go from segment to segment: the small picture in a photo's data has an end of its own."""
    at = 2
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            return False
        marker = content[at + 1]
        if marker == _IMAGE_ENDS:
            return True
        if marker == 0xFF:  # a filler
            at += 1
        elif marker == 0 or marker in _BARE:
            at += 2
        else:
            # A segment says how long it is; what a scan holds is passed over by its markers.
            length = int.from_bytes(content[at + 2 : at + 4])
            if length < 2:
                return False
            at += 2 + length


def _png_ends(content: bytes) -> bool:
    at = len(_BEGINS["image/png"])
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            return False
        (told,) = struct.unpack_from(">I", content, end - 4)
        if zlib.crc32(content[at + 4 : end - 4]) != told:
            return False
        if kind == b"IEND":
            return True
        at = end
    return False


def clean_name(name: str, media_type: MediaType, otherwise: str) -> str:
    """A name that any computer takes, in a folder of its own, with the ending of its type.

    Folders, control signs, signs that turn the direction of reading, and what Windows does not
    allow are gone. Where nothing is left the name is `otherwise`.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(
        " " if sign in _NOT_IN_NAMES or sign.isspace() else sign
        for sign in last
        if sign.isspace() or not unicodedata.category(sign).startswith("C")
    )
    stem, dot, ending = kept.rpartition(".")
    if not dot or not 1 <= len(ending) <= 4 or not ending.isalnum():
        stem = kept
    stem = " ".join(stem.split()).strip(". ")
    if stem.partition(".")[0].strip().casefold() in _NO_NAMES:
        stem = f"_{stem}"
    ended = ENDINGS[media_type]
    room = LONGEST_NAME - len(ended)
    stem = stem.encode()[:room].decode(errors="ignore").rstrip(". ")
    return f"{stem or otherwise}{ended}"


def unlike(name: str, others: set[str]) -> str:
    """The name, with a number where one of `others` is the same to a disk; it is put to them."""
    stem, dot, ending = name.rpartition(".")
    found, number = name, 1
    while _to_a_disk(found) in others:
        number += 1
        found = f"{stem} ({number}){dot}{ending}"
    others.add(_to_a_disk(found))
    return found


def _to_a_disk(name: str) -> str:
    """A name as a disk compares it that tells no capitals apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
