"""Derived files: found again by their ingredients, made again when broken, bounded, and never in the way."""

import errno
import os
import pathlib
import threading
import types

import pytest

from phoenix.disk_cache import DiskCache, code_digest

INGREDIENTS = {"weights": "abc", "shape": [3, 4], "version": 1}


@pytest.fixture
def cache(tmp_path) -> DiskCache:
    return DiskCache(tmp_path / "kept", most_bytes=100)


def fetch(cache: DiskCache, ingredients: dict, *, made: str = "made") -> tuple[str, bool, str | None]:
    """What comes of a text that is kept in a file; an empty file cannot be read."""

    def load(path: pathlib.Path) -> str:
        text = path.read_text()
        if not text:
            raise ValueError("it is empty")
        return text

    def save(text: str, path: pathlib.Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return tuple(cache.fetch(cache.path("text", ingredients), load=load, make=lambda: made, save=save))


def test_what_was_made_once_is_found_again(cache):
    assert fetch(cache, INGREDIENTS) == ("made", False, None)
    assert fetch(cache, INGREDIENTS, made="never") == ("made", True, None)
    assert fetch(cache, dict(reversed(INGREDIENTS.items())), made="never") == ("made", True, None)


@pytest.mark.parametrize("change", [{"weights": "abd"}, {"shape": [4, 3]}, {"version": 2}, {"new": None}])
def test_other_ingredients_are_another_file(cache, change):
    fetch(cache, INGREDIENTS)
    assert fetch(cache, INGREDIENTS | change, made="other") == ("other", False, None)
    assert fetch(cache, INGREDIENTS, made="never") == ("made", True, None)


@pytest.mark.parametrize("wild", ["../../outside", "a/b", "x" * 1_000, "\0"])
def test_no_ingredient_leads_out_of_the_folder(cache, wild):
    path = cache.path("text", {"digest": wild})
    assert path.parent == cache.folder
    assert len(path.name) < 100


def test_a_broken_file_is_made_again_with_one_line_in_the_log(cache, caplog):
    fetch(cache, INGREDIENTS)
    path = cache.path("text", INGREDIENTS)
    path.write_text("")
    text, reused, complaint = fetch(cache, INGREDIENTS, made="again")
    assert (text, reused) == ("again", False)
    assert "it is empty" in str(complaint)
    assert [path.name in record.message for record in caplog.records] == [True]
    assert fetch(cache, INGREDIENTS, made="never") == ("again", True, None)


def test_what_used_longest_ago_goes_first(cache):
    first, second, third, fourth = ({"number": number} for number in range(4))
    for age, ingredients in ((300, first), (200, second), (100, third)):
        fetch(cache, ingredients, made="x" * 30)
        path = cache.path("text", ingredients)
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    fetch(cache, first)  # it is the oldest, but has been used now
    fetch(cache, fourth, made="x" * 30)
    assert [cache.path("text", one).exists() for one in (first, second, third, fourth)] == [True, False, True, True]


def test_the_bound_counts_files_of_other_versions_and_leaves_what_is_not_ours(cache):
    cache.folder.mkdir()
    for name in ("corpus-of-another-version.safetensors", "notes.txt"):
        (cache.folder / name).write_text("x" * 90)
        os.utime(cache.folder / name, (1, 1))
    fetch(cache, INGREDIENTS, made="x" * 30)
    assert [path.name for path in cache.folder.iterdir() if path.suffix != ".safetensors"] == ["notes.txt"]
    assert cache.path("text", INGREDIENTS).exists()
    assert len(list(cache.folder.iterdir())) == 2


def test_a_file_larger_than_the_bound_is_kept_alone(cache):
    fetch(cache, {"small": 1}, made="x")
    fetch(cache, {"large": 1}, made="x" * 1_000)
    assert [path.stat().st_size for path in cache.folder.iterdir()] == [1_000]


def test_leftovers_of_killed_writers_are_swept(cache):
    cache.folder.mkdir()
    old, new = cache.folder / ".corpus-1.safetensors.abc.tmp", cache.folder / ".corpus-2.safetensors.abc.tmp"
    for file in (old, new):
        file.write_text("half")
    os.utime(old, (1, 1))
    fetch(cache, INGREDIENTS)
    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENAMETOOLONG])
def test_what_cannot_be_written_is_made_at_every_start(cache, caplog, error):
    def fail(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    path = cache.path("text", INGREDIENTS)
    made = cache.fetch(path, load=lambda _: "loaded", make=lambda: "made", save=fail)
    assert tuple(made) == ("made", False, None)
    assert len(caplog.records) == 1
    assert os.strerror(error) in caplog.text


@pytest.mark.parametrize("folder", ["x" * 300, "file/below", "a/" + "b/" * 3_000])
def test_an_impossible_folder_is_survived(tmp_path, folder):
    (tmp_path / "file").write_text("not a folder")
    assert fetch(DiskCache(tmp_path / folder), INGREDIENTS) == ("made", False, None)


def test_a_folder_that_may_not_be_entered_is_survived(cache, monkeypatch):
    def forbid(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    for method in ("stat", "iterdir", "mkdir", "glob"):
        monkeypatch.setattr(pathlib.Path, method, forbid)
    assert fetch(cache, INGREDIENTS) == ("made", False, None)


@pytest.mark.parametrize("stands", ["fifo", "folder", "dangling link"])
def test_what_is_no_file_is_not_read(cache, stands):
    path = cache.path("text", INGREDIENTS)
    path.parent.mkdir()
    {"fifo": os.mkfifo, "folder": os.mkdir, "dangling link": lambda p: os.symlink("nowhere", p)}[stands](path)
    made = cache.fetch(path, load=lambda _: pytest.fail("it was read"), make=lambda: "made", save=lambda *_: None)
    assert tuple(made) == ("made", False, None)


def test_failing_to_make_is_the_callers(cache):
    with pytest.raises(ZeroDivisionError):
        cache.fetch(cache.path("text", {}), load=lambda _: 0, make=lambda: 1 / 0, save=lambda *_: None)


def test_threads_on_one_cold_folder_all_get_the_result(cache):
    results: list = []
    threads = [threading.Thread(target=lambda: results.append(fetch(cache, INGREDIENTS)[0])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["made"] * 8


def test_code_is_known_by_its_source(tmp_path):
    digests = []
    for text in ("x = 1", "x = 2", "x = 1"):
        (tmp_path / "code.py").write_text(text)
        module = types.ModuleType("code")
        module.__file__ = str(tmp_path / "code.py")
        digests.append(code_digest(module))
    assert digests[0] == digests[2] != digests[1]
