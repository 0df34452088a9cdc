"""Compiled programs on disk: each machine and version has its own, broken ones are dropped, all are bounded."""

import os
import pathlib
import zlib

import jax
import pytest

from phoenix import kept_programs
from phoenix.kept_programs import drop_broken, keep_compilations, machine_digest

WHOLE = zlib.compress(b"program" * 100)


@pytest.fixture(autouse=True)
def settings():
    names = (
        "jax_compilation_cache_dir",
        "jax_persistent_cache_min_compile_time_secs",
        "jax_persistent_cache_min_entry_size_bytes",
    )
    before = {name: getattr(jax.config, name) for name in names}
    yield
    for name, value in before.items():
        jax.config.update(name, value)


def entry(folder: pathlib.Path, name: str, data: bytes = WHOLE) -> pathlib.Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-cache"
    path.write_bytes(data)
    return path


def test_programs_are_kept_in_a_folder_of_this_machine(tmp_path):
    keep_compilations(tmp_path)
    place = tmp_path / f"programs-{machine_digest()}"
    assert jax.config.jax_compilation_cache_dir == str(place)
    assert place.is_dir()


@pytest.mark.parametrize("change", ["compiler", "processor"])
def test_another_compiler_or_processor_has_another_folder(monkeypatch, change):
    before = machine_digest()
    assert machine_digest() == before
    if change == "compiler":
        monkeypatch.setattr(kept_programs.jaxlib, "__version__", "0.0")
    else:
        monkeypatch.setattr(kept_programs, "_processor_features", lambda: "avx512")
    assert machine_digest() != before


@pytest.mark.parametrize("damage", [b"", WHOLE[:-3], WHOLE[: len(WHOLE) // 2], WHOLE[:20] + b"?" + WHOLE[21:]])
def test_a_broken_program_is_dropped_with_one_line_in_the_log(tmp_path, damage, caplog):
    whole, broken = entry(tmp_path, "whole"), entry(tmp_path, "broken", damage)
    drop_broken(tmp_path)
    assert (whole.exists(), broken.exists()) == (True, False)
    assert [broken.name in record.message for record in caplog.records] == [True]


def test_a_program_that_was_checked_is_read_again_only_when_it_changed(tmp_path, monkeypatch):
    path, read = entry(tmp_path, "program"), []
    is_whole = kept_programs._is_whole
    monkeypatch.setattr(kept_programs, "_is_whole", lambda file: read.append(file) or is_whole(file))
    for _ in range(3):
        drop_broken(tmp_path)
    assert read == [path]
    path.write_bytes(WHOLE[:-3])
    drop_broken(tmp_path)
    assert read == [path, path]
    assert not path.exists()


def test_an_unreadable_list_of_checked_programs_is_made_again(tmp_path):
    path = entry(tmp_path, "program")
    for text in ("[", "[1]", "[" * 100_000, '{"program-cache": 5}'):
        (tmp_path / "checked.json").write_text(text)
        drop_broken(tmp_path)
        assert path.exists()


def test_programs_compressed_otherwise_are_left_to_jax(tmp_path):
    path = entry(tmp_path, "zstd", b"\x28\xb5\x2f\xfd...")
    drop_broken(tmp_path)
    assert path.exists()


def test_other_machines_go_first_and_then_the_oldest(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_programs, "MOST_BYTES", 3 * len(WHOLE))
    ours = tmp_path / f"programs-{machine_digest()}"
    for age, name in ((300, "a"), (200, "b")):
        entry(tmp_path / f"programs-{name}", "program")
        os.utime(tmp_path / f"programs-{name}", (1_000 - age,) * 2)
    for age, name in ((30, "old"), (20, "new")):
        os.utime(entry(ours, name), (1_000 - age,) * 2)
    keep_compilations(tmp_path)
    assert {place.name for place in tmp_path.iterdir()} == {"programs-b", ours.name}
    monkeypatch.setattr(kept_programs, "MOST_BYTES", len(WHOLE))
    keep_compilations(tmp_path)
    assert {place.name for place in tmp_path.iterdir()} == {ours.name}
    assert [path.name for path in ours.glob("*-cache")] == ["new-cache"]


def test_a_folder_that_cannot_be_used_is_survived(tmp_path, caplog):
    (tmp_path / "file").write_text("not a folder")
    keep_compilations(tmp_path / "file")
    assert "the next start compiles again" in caplog.text
