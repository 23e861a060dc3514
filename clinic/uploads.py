"""Files that come with a form. What is larger than any page takes is counted to its end, and not kept: so the
page can say how large it was, and nobody fills the disk with one form.
"""

from django.core.files.uploadhandler import TemporaryFileUploadHandler

MOST_KEPT = 12 * 1024 * 1024  # bytes; each page that takes files has a limit of its own below this


class BoundedFileUploadHandler(TemporaryFileUploadHandler):
    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start < MOST_KEPT:
            super().receive_data_chunk(raw_data, start)
