"""What the library refuses is said in the visitor's language, and no key of the library lacks its words."""

import re

import pytest

from dashboard import locale, refusals, state
from phoenix.checkpoint import ArtifactError, load_json
from phoenix.index import IndexUnavailableError
from phoenix.index.milvus import MilvusParameters
from phoenix.storage import load_artifacts


def test_every_key_of_the_library_has_words_and_all_words_have_a_key(repository):
    code = "".join(path.read_text(encoding="utf-8") for path in repository.glob("phoenix/**/*.py"))
    named = set(re.findall(r'"((?:artifact|remedy|index)\.[a-z_]+)"', code))
    named |= {f"index_file.{kind}" for kind in re.findall(r'_unusable\(path, .*"([a-z]+)"\)', code)}
    assert {f"error.{key}" for key in named} == locale.catalogue("en", "error").keys()


@pytest.fixture
def chinese(monkeypatch):
    monkeypatch.setattr(state, "language", lambda: "zh")


def test_missing_artifacts_are_told_in_chinese_with_path_and_remedy(chinese, tmp_path):
    with pytest.raises(ArtifactError) as caught:
        load_artifacts(tmp_path)
    said = refusals.explain(caught.value)
    assert f"文件 `{tmp_path / 'metrics.json'}` 不存在。请用 `python -m phoenix.train --out {tmp_path}`" in said
    assert "does not exist" not in said


def test_an_error_that_a_refusal_caused_is_told_by_it(chinese, tmp_path):
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(ArtifactError) as caught:
        load_json(tmp_path / "a.json")
    outer = RuntimeError("wrapped")
    outer.__cause__ = caught.value
    assert refusals.explain(outer) == refusals.explain(caught.value)
    assert "a.json" in refusals.explain(outer)


def test_an_unusable_address_of_the_index_is_told_in_chinese(chinese):
    with pytest.raises(IndexUnavailableError) as caught:
        MilvusParameters("ftp://somewhere")
    assert refusals.explain(caught.value).startswith("`PHOENIX_INDEX_URI` 应为")


@pytest.mark.parametrize("error", [None, RuntimeError("plain"), ArtifactError("no key")])
def test_what_has_no_key_has_no_other_words(error):
    assert refusals.explain(error) is None
