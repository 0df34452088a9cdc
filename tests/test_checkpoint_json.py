"""Numbers as JSON: they come back as they were; what is damaged, edited or too large is refused with a sentence."""

import json

import pytest

from phoenix.checkpoint import ArtifactError, load_json, load_sealed_json, save_json, save_sealed_json

METADATA = {"kind": "test", "number": 3, "nested": {"text": "文字", "list": [1, 2.5, None]}}


def test_json_larger_than_any_of_ours_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.truncate(2**36)
    with pytest.raises(ArtifactError, match="is larger than"):
        load_json(path)


def test_sealed_json_comes_back_and_every_edited_value_is_refused(tmp_path):
    path, value = tmp_path / "a.json", {"auc": 0.75, "rows": [1, 2.5, None], "text": "文字", "deep": {"n": 3}}
    save_sealed_json(path, value)
    assert load_sealed_json(path) == value
    text = path.read_text(encoding="utf-8")
    path.write_text(json.dumps(json.loads(text)))  # laid out otherwise, the values are the same
    assert load_sealed_json(path) == value
    for old, new in (("0.75", "0.999"), ("2.5", "3.5"), ("文", "武"), ('"n": 3', '"n": 4'), ("null", "false")):
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(ArtifactError, match="has been changed since it was written: its seal does not match"):
            load_sealed_json(path)


def test_json_without_a_seal_is_refused(tmp_path):
    save_json(tmp_path / "a.json", {"auc": 0.75})
    with pytest.raises(ArtifactError, match="its seal does not match"):
        load_sealed_json(tmp_path / "a.json")


def test_json_comes_back_and_is_readable(tmp_path):
    save_json(tmp_path / "a.json", METADATA)
    assert load_json(tmp_path / "a.json") == METADATA
    assert "文字" in (tmp_path / "a.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["", '{"a": ', "[1]", "\x00", "[" * 100_000])
def test_damaged_json_is_refused(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(ArtifactError, match="JSON") as caught:
        load_json(path)
    assert str(path) in str(caught.value)


def test_json_with_a_number_that_is_not_finite_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        save_json(tmp_path / "a.json", {"loss": float("nan")})
    assert not (tmp_path / "a.json").exists()
