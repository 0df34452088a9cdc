"""What the README files promise is so: the numbers are those of metrics.json, the paths exist."""

import json
import math
import re

import pytest

from phoenix.actions import NEGATIVE_ACTIONS, POSITIVE_ACTIONS

READMES = ("README.md", "README.zh.md")


@pytest.fixture(scope="module")
def metrics(repository) -> dict:
    return json.loads((repository / "phoenix" / "artifacts" / "metrics.json").read_text(encoding="utf-8"))


def quoted(metrics: dict, group: str) -> list[str]:
    """The numbers of one column of the table of models, top to bottom."""
    logged, served = (metrics["ranker"][group][kind] for kind in ("logged", "served"))
    retrieval = metrics["retrieval"][group]
    both = (logged, served)
    return [
        *(f"{kind['lift_share']['pooled']:.3f}" for kind in both),
        *(f"{kind['lift_share']['per_user']:.3f}" for kind in both),
        f"{logged['gap_to_best_simple']:.3f}",
        *(calibration(kind, POSITIVE_ACTIONS) for kind in both),
        *(calibration(kind, NEGATIVE_ACTIONS) for kind in both),
        *(f"{max(kind['ece_over_base_rate'][action] for action in common(kind)):.3f}" for kind in both),
        f"{retrieval['favorite_gain_at_100']:.3f}",
        f"{retrieval['feed_value_recovered']['x_2026']:.3f}",
        f"{retrieval['kendall_tau_likes_only_against_x_2026']:.3f}",
    ]


def calibration(ranker: dict, actions: tuple[str, ...]) -> str:
    ratios = [ranker["predicted_over_true"][action] for action in actions]
    return f"{min(ratios):.3f} … {max(ratios):.3f}"


def common(ranker: dict) -> list[str]:
    return [action for action, rate in ranker["base_rate"].items() if rate >= 0.01]


@pytest.mark.parametrize("name", READMES)
def test_the_table_of_models_quotes_the_metrics(repository, metrics, name):
    text = (repository / name).read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    table = [row for row in rows if len(row) == 4 and re.search(r"0\.\d{3}", row[2])]
    assert [row[2] for row in table] == quoted(metrics, "trained")
    assert [row[3] for row in table] == quoted(metrics, "held_out")
    ranker = metrics["ranker"]
    logged = ranker["trained"]["logged"]
    best = logged["simple_lift_share"][logged["best_simple"]]
    assert f"{best:.3f}" in text
    assert f"{math.ceil(1e7 * ranker['invariance_max_abs_logit_difference']) / 1e7:.1e}" in text
    assert metrics["command"] in text


@pytest.mark.parametrize("name", READMES)
def test_what_is_said_of_new_posts_is_what_was_measured(repository, metrics, name):
    text, measured = (repository / name).read_text(encoding="utf-8"), metrics["new_posts"]
    gains = measured["retrieval"]["new"], measured["retrieval"]["known"], measured["retrieval_lent"]["new"]
    said = [*(part["gain"] for part in gains), *(measured["ranker"][kind] for kind in ("new", "lent", "known"))]
    paragraph = next(part for part in text.split("\n\n") if "20 000" in part and f"{said[0]:.3f}" in part)
    assert re.findall(r"0\.\d{3}", paragraph) == [f"{share:.3f}" for share in said]


@pytest.mark.parametrize("name", READMES)
def test_every_path_of_the_file_tree_exists(repository, name):
    text = (repository / name).read_text(encoding="utf-8")
    tree = next(block for block in text.split("```") if block.lstrip().startswith("app.py"))
    folder, paths = repository, []
    for line in tree.strip().splitlines():
        if not line.startswith(" "):
            folder = repository / line.split()[0].split("<")[0]
            paths.append(folder)
        else:
            paths += [folder / path for path in re.findall(r"(?<!\S)[\w./]+(?:\.py|/)(?=\s)", line)]
    assert len(paths) > 20
    assert [str(path) for path in paths if not path.exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_pictures_and_links_lead_somewhere(repository, name):
    text = (repository / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)]+)\)", text)
    assert any(target.endswith(".png") for target in targets)
    assert [target for target in targets if not (repository / target).exists()] == []
