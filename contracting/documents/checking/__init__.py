"""What a file that somebody hands in may be, told from its bytes.

Pure: bytes in, a verdict out. Nothing is written, nothing is decoded that could unfold
without bound, and no input makes it raise. The entry is ``upload.check_upload``.
"""
