"""The sealed box: its cryptography, on bytes alone, and the rows of boxes and openings.

Every format is one that a browser makes and reads with WebCrypto: P-256, HKDF-SHA-256,
AES-256-GCM and PBKDF2-HMAC-SHA-256. ``docs/explanation/sealed-box.md`` describes them.
"""
