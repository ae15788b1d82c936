"""The QR code on page one."""

from __future__ import annotations


def quick_code(address: str) -> str:
    """The address as a QR code: one path, as the source of an image.

    A code of this kind is drawn from its text alone, so that the same address always
    has the same bytes. Level M: a stain over a seventh of it does no harm.
    """
    import segno

    code = segno.make(address, error="m", micro=False, boost_error=False)
    drawn: str = code.svg_data_uri(
        border=4, omitsize=True, svgclass=None, lineclass=None
    )
    return drawn
