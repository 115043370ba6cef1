"""Small files of each type that is taken, made here byte by byte."""

import io
import struct
import zlib

from pypdf import PdfWriter

SECRET = b"Xanthippe counts narwhals"
"""Stands in clear in each file, to be looked for where it must not be."""


def pdf(words: bytes = SECRET) -> bytes:
    """A PDF of one page; `words` are in clear behind a comment sign."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    content = io.BytesIO()
    writer.write(content)
    head, line, rest = content.getvalue().partition(b"\n")
    return head + line + b"%" + words + b"\n" + rest


def png(words: bytes = SECRET) -> bytes:
    """A PNG of one grey point, with a text."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"tEXt", b"Comment\0" + words),
        (b"IDAT", zlib.compress(b"\0\x7f")),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def jpeg(words: bytes = SECRET, scan: bytes = b"\x01\xff\x00\x02\xff\xd0\x03") -> bytes:
    """The segments of a JPEG: one with a whole small JPEG inside, as photos have, and a scan."""

    def segment(marker: int, data: bytes) -> bytes:
        return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data

    small = b"\xff\xd8" + segment(0xFE, b"small") + b"\xff\xd9"
    return (
        b"\xff\xd8"
        + segment(0xE1, b"Exif\0\0" + small)
        + segment(0xFE, words)
        + b"\xff"  # a filler, as some programs write
        + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + scan
        + b"\xff\xd9"
    )


EVERY = {"application/pdf": pdf(), "image/png": png(), "image/jpeg": jpeg()}
