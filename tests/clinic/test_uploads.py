"""A file too large for any page: counted, not kept."""

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from clinic.uploads import MOST_KEPT, BoundedFileUploadHandler

CHUNK = bytes(1024 * 1024)


def test_a_file_larger_than_any_page_takes_is_counted_and_not_kept():
    handler = BoundedFileUploadHandler()
    handler.new_file("photo", "photo.jpg", "image/jpeg", None)
    for number in range(40):
        handler.receive_data_chunk(CHUNK, number * len(CHUNK))

    with handler.file_complete(40 * len(CHUNK)) as kept:
        assert kept.size == 40 * len(CHUNK)
        assert Path(kept.temporary_file_path()).stat().st_size == MOST_KEPT


def test_a_form_with_a_heap_of_files_is_turned_away(client, db):
    heap = {f"photo{number}": SimpleUploadedFile(f"{number}.jpg", b"x") for number in range(11)}

    assert client.post("/photos/1/", heap).status_code == 400
