"""What we did not write is exactly what we took."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[2] / "static"
VENDOR = ROOT / "vendor"
MANIFEST = VENDOR / "manifest.sha256"


def test_manifest_lists_every_vendored_file_with_its_hash():
    listed = dict(line.split("  ", 1)[::-1] for line in MANIFEST.read_text().splitlines())
    found = {
        str(file.relative_to(VENDOR)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in VENDOR.rglob("*")
        if file.is_file() and file != MANIFEST
    }
    assert found == listed


def test_vendored_folders_carry_a_licence():
    folders = [folder for folder in VENDOR.iterdir() if folder.is_dir()]
    assert [folder.name for folder in folders if not (folder / "LICENSE").is_file()] == []
    assert folders != []


def test_style_sheets_load_nothing_from_elsewhere():
    urls = [
        (file.name, found)
        for file in ROOT.rglob("*.css")
        for found in re.findall(r"url\(([^)]*)\)|@import([^;]*);", file.read_text())
    ]
    assert urls == []
