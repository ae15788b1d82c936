"""The cryptography of the sealed box, on bytes alone.

Every format is one that a browser makes and reads with WebCrypto: P-256, HKDF-SHA-256,
AES-256-GCM and PBKDF2-HMAC-SHA-256. ``docs/explanation/sealed-box.md`` describes them.
"""
