"""What the XMP metadata of a paper says beside what the press writes by itself."""

from __future__ import annotations

from typing import Any, Final


def claim_universal_accessibility(layout: Any) -> None:
    """Say PDF/UA-1 in the metadata, and declare that schema as PDF/A demands.

    The library writes the marker of one standard only; a test guards this addition.
    """
    plain = layout.metadata.generate_rdf_metadata

    def with_marker(*arguments: Any) -> bytes:
        rdf: bytes = plain(*arguments)
        return rdf.replace(b"</rdf:RDF>", _UNIVERSAL_ACCESS + b"</rdf:RDF>")

    layout.metadata.generate_rdf_metadata = with_marker


_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_AIIM: Final = "http://www.aiim.org"
_UNIVERSAL_ACCESS: Final = (
    f'<rdf:Description xmlns:rdf="{_RDF}" rdf:about=""'
    f' xmlns:pdfuaid="{_AIIM}/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>'
    "</rdf:Description>"
    f'<rdf:Description xmlns:rdf="{_RDF}" rdf:about=""'
    f' xmlns:pdfaExtension="{_AIIM}/pdfa/ns/extension/"'
    f' xmlns:pdfaSchema="{_AIIM}/pdfa/ns/schema#"'
    f' xmlns:pdfaProperty="{_AIIM}/pdfa/ns/property#">'
    '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
    f"<pdfaSchema:namespaceURI>{_AIIM}/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    "<pdfaProperty:name>part</pdfaProperty:name>"
    "<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>PDF/UA part</pdfaProperty:description>"
    "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag>"
    "</pdfaExtension:schemas></rdf:Description>"
).encode()
