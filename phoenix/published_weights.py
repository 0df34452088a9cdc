"""The weights that X has published, over the actions that the synthetic world has, and all that they leave out.

A weight multiplies a predicted probability: that one report weighs as much as 468 likes does not make it worth them,
because nobody predicts a report with certainty.
"""

from collections.abc import Mapping
from typing import NamedTuple


class PublishedWeights(NamedTuple):
    """One release.

    Attributes:
      date: ISO date (or year) of it.
      source: where it was published.
      weights: action → weight; actions that are not named weigh 0.
      left_out: every further weight of the release, for which the world has no action.
    """

    date: str
    source: str
    weights: Mapping[str, float]
    left_out: Mapping[str, float]


_SOURCE, _SOURCE_2023 = "github.com/xai-org/x-algorithm", "github.com/twitter/the-algorithm-ml"

# The release has two weights for video: one for opening it, left out here, and one for watching it properly.
# `reply_to_mutual` is added to the weight of a reply where reader and author follow each other and the post is neither
# a reply nor a repost: `phoenix.scoring.ScoreSettings.mutual`.
X_2026_08 = PublishedWeights(
    "2026-08-12",
    _SOURCE,
    weights=dict(
        favorite=0.5,
        reply=5,
        retweet=1,
        quote=5,
        click=0.4,
        video_view=0.05,
        photo_expand=0.05,
        share=2,
        follow_author=4,
        not_interested=-43.2,
        block_author=-31.2,
        mute_author=-58.8,
        report=-234,
    ),
    left_out=dict(
        dwell_seconds=0.004,
        not_dwelled=-0.02,
        share_by_message=5.0,
        copied_link=20.0,
        open_link=0.2,
        quoted_click=0.05,
        post_unexplored=0.02,
        video_open=0.05,
        reply_to_mutual=15.0,
    ),
)

# Watching a video properly weighs 0 from here on; opening it is what counts, and our one action stands for that.
X_2026_09 = PublishedWeights(
    "2026-09-24",
    _SOURCE,
    weights={**X_2026_08.weights, "dwell": 0.05, "video_view": 0.07},
    left_out={name: weight for name, weight in X_2026_08.left_out.items() if name != "video_open"},
)

# One weight for all negative feedback; clicks count here only with a like or a reply behind them.
X_2023 = PublishedWeights(
    "2023",
    _SOURCE_2023,
    weights=dict(
        favorite=0.5,
        reply=13.5,
        retweet=1,
        click=11,
        profile_click=12,
        video_view=0.005,
        not_interested=-74,
        block_author=-74,
        mute_author=-74,
        report=-369,
    ),
    left_out=dict(reply_engaged_by_author=75.0, click_with_long_stay=10.0),
)
