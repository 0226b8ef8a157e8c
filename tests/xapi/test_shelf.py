"""Where content lies: the same promises in a folder and in a bucket."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import Event

import pytest

from lms.errors import Unavailable
from lms.xapi.shelf import Lost, shelf

WORDS = b"Ett intyg."
SUM = sha256(WORDS).hexdigest()
NAME = f"7/{SUM}"


@pytest.fixture
def place(shelf_address):
    return shelf(shelf_address)


def read(place, name=NAME):
    return b"".join(place.read(name))


class TestWhatIsPut:
    def test_is_there(self, place):
        place.put(NAME, BytesIO(WORDS), len(WORDS))
        assert place.length(NAME) == len(WORDS)
        assert read(place) == WORDS

    def test_is_there_for_another_process(self, place, shelf_address):
        place.put(NAME, BytesIO(WORDS), len(WORDS))
        script = "import sys; from lms.xapi.shelf import shelf; print(*shelf(sys.argv[1]).read(sys.argv[2]))"
        seen = subprocess.run([sys.executable, "-c", script, shelf_address, NAME], capture_output=True, check=True)
        assert seen.stdout.decode().strip() == repr(WORDS)

    def test_can_be_put_again(self, place):
        for _ in range(2):
            place.put(NAME, BytesIO(WORDS), len(WORDS))
        assert read(place) == WORDS

    def test_is_made_whole_if_it_was_cut_off(self, place):
        place.put(NAME, BytesIO(WORDS[:3]), 3)
        place.put(NAME, BytesIO(WORDS), len(WORDS))
        assert read(place) == WORDS

    def test_may_be_empty(self, place):
        place.put("7/e3b0", BytesIO(), 0)
        assert place.length("7/e3b0") == 0
        assert read(place, "7/e3b0") == b""

    def test_may_be_larger_than_one_piece(self, place):
        large = os.urandom(11_000_000)
        place.put("7/abcd", BytesIO(large), len(large))
        assert read(place, "7/abcd") == large

    def test_belongs_to_one_organisation(self, place):
        place.put(NAME, BytesIO(WORDS), len(WORDS))
        assert place.length(f"8/{SUM}") is None

    def test_can_be_removed_and_put_again(self, place):
        place.put(NAME, BytesIO(WORDS), len(WORDS))
        place.remove(NAME)
        assert place.length(NAME) is None
        place.put(NAME, BytesIO(WORDS), len(WORDS))
        assert read(place) == WORDS


def test_what_is_not_there_is_lost(place):
    assert place.length(NAME) is None
    with pytest.raises(Lost):
        read(place)


def test_what_is_not_there_can_be_removed(place):
    place.remove(NAME)


class TestAFolder:
    @pytest.fixture
    def folder(self, tmp_path):
        return tmp_path / "attachments"

    @pytest.fixture
    def place(self, folder):
        return shelf(f"file://{folder}")

    def test_keeps_no_unfinished_file_of_a_write_that_fails(self, place, folder):
        class Broken(BytesIO):
            def read(self, *_args):
                raise OSError("no more")

        with pytest.raises(Unavailable):
            place.put(NAME, Broken(), 1)
        assert [path for path in folder.rglob("*") if path.is_file()] == []

    def test_says_so_when_it_cannot_be_written(self, tmp_path):
        (tmp_path / "taken").touch()
        with pytest.raises(Unavailable):
            shelf(f"file://{tmp_path / 'taken'}").put(NAME, BytesIO(WORDS), len(WORDS))

    def test_has_put_everything_on_the_disk_before_it_says_so(self, place, folder, monkeypatch):
        """The file, its name in the folder, and each new folder's name in the one above."""
        synced = []
        fsync = os.fsync

        def noting(descriptor):
            synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
            fsync(descriptor)

        monkeypatch.setattr(os, "fsync", noting)
        place.put(NAME, BytesIO(WORDS), len(WORDS))
        [file] = [path for path in synced if path.parent.name == "incoming"]
        held = folder / "7" / SUM[:2]
        assert synced.index(file) < synced.index(held)
        assert {folder.parent, folder, folder / "7", held} <= set(synced)

    def test_is_left_without_what_a_killed_process_had_begun(self, place, folder):
        place.put(NAME, BytesIO(WORDS), len(WORDS))
        now = datetime(2026, 11, 23, tzinfo=UTC)
        for name, hours in (("old", 25), ("new", 1)):
            left = folder / "incoming" / name
            left.touch()
            moment = (now - timedelta(hours=hours)).timestamp()
            os.utime(left, (moment, moment))
        assert place.tidy(now - timedelta(days=1)) == 1
        assert [path.name for path in (folder / "incoming").iterdir()] == ["new"]
        assert read(place) == WORDS


@pytest.mark.parametrize("name", ["../7/abc", "7/../abc", "7/ABC", "/etc", "7/abc\n", "abc"])
def test_a_name_cannot_lead_out_of_the_folder(tmp_path, name):
    with pytest.raises(ValueError, match="not a name"):
        shelf(f"file://{tmp_path}").length(name)


def test_a_bucket_that_does_not_answer_is_unavailable(credentials_for_s3, monkeypatch):
    monkeypatch.setattr("lms.xapi.bucket.PATIENCE", timedelta(seconds=1))
    place = shelf("s3://kunna/closed?endpoint=http://127.0.0.1:9&region=us-east-1")
    with pytest.raises(Unavailable):
        place.put(NAME, BytesIO(WORDS), len(WORDS))
    with pytest.raises(Unavailable):
        read(place)


def test_a_bucket_is_read_as_slowly_as_its_reader_likes(bucket, monkeypatch):
    """What is there to come is waited for; not who takes it."""
    place = shelf(f"{bucket}&region=eu-north-1")
    content = os.urandom(8_000_000)
    place.put("7/abcd", BytesIO(content), len(content))
    monkeypatch.setattr("lms.xapi.bucket.PATIENCE", timedelta(milliseconds=200))
    reading, waiting = place.read("7/abcd"), Event()
    pieces = [next(reading)]
    waiting.wait(0.5)
    assert b"".join([*pieces, *reading]) == content


@pytest.mark.parametrize("url", ["", "attachments", "file://attachments", "ftp://x/y", "s3://", "s3://b?secret=x"])
def test_an_address_that_cannot_be_understood_is_refused(url):
    with pytest.raises(ValueError, match="ATTACHMENTS_URL"):
        shelf(url)
