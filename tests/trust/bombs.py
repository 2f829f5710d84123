"""Documents that unfold into far more than their bytes, made by hand: no library writes them."""

from __future__ import annotations

import zlib

MEBIBYTE = 1024 * 1024
WORDS = (
    "Un paragraphe de la page, avec assez de mots pour appartenir à son article : 12 visites et 34 "
    "appels dans les accueils. "
)


def pdf(*objects: bytes) -> bytes:
    """A PDF of numbered objects, the first of which is its catalog."""
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % (number, part) for number, part in enumerate(objects, 1))
    return b"%PDF-1.5\n" + body + b"trailer << /Root 1 0 R >>\n%%EOF\n"


def page(content: bytes, font: bytes = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>") -> bytes:
    """A PDF of one page that draws ``content`` (a stream object)."""
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F 5 "
        b"0 R >> >> >>",
        content,
        font,
    )


def stream(data: bytes, *filters: str, **entries: str) -> bytes:
    """A stream object whose bytes went through ``filters``."""
    names = " ".join(f"/{name}" for name in filters)
    told = "".join(f" /{key} {value}" for key, value in entries.items())
    return f"<< /Length {len(data)} /Filter [{names}]{told} >>\nstream\n".encode() + data + b"\nendstream"


def deflated(unit: bytes, mebibytes: int) -> bytes:
    """``unit`` (a power of two bytes) repeated to so many mebibytes, deflated: one compressed mebibyte, over
    and over.
    """
    packer = zlib.compressobj(9)
    whole = unit * (MEBIBYTE // len(unit))
    first = packer.compress(whole) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(whole) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (mebibytes - 1)


def text_of(operators: bytes) -> bytes:
    """A content stream that shows text by ``operators``."""
    return stream(zlib.compress(b"BT /F 9 Tf 40 700 Td " + operators + b" ET"), "FlateDecode")


def html(body: str) -> bytes:
    return (
        f"<!doctype html><html><body><article><h1>Rapport</h1><p>{WORDS * 3}</p>{body}<p>fin "
        f"{WORDS * 3}</p></article></body></html>"
    ).encode()
