"""What the commands print around their numbers, in English and Chinese.

    say("rank", "zh")                             → "名次"
    say("persona.reader", "zh")                   → "阅读者"
    say("ranker.title", "en", user=7, …)          the placeholders filled in

Names of JSON keys, options and presets are the same in every language.
"""

from typing import Any

from phoenix.actions import ActionSet

LANGUAGES = ("en", "zh")

# key → English, Chinese
WORDS = {
    "action": ("action", "动作"),
    "followed": ("followed", "已关注"),
    "format": ("format", "格式"),
    "item": ("id in the log", "日志中的 ID"),
    "post": ("post", "帖子 ID"),
    "rank": ("rank", "名次"),
    "retrieval_rank": ("retrieval rank", "检索名次"),
    "score": ("score", "分数"),
    "similarity": ("similarity", "相似度"),
    "text": ("text", "正文"),
    "topic": ("topic", "话题"),
    "true_favorite": ("true P(favorite)", "真实 P(点赞)"),
    "yes": ("yes", "是"),
    "format.text": ("text", "文字"),
    "format.photo": ("photo", "照片"),
    "format.video": ("video", "视频"),
    "format.quote": ("quote", "引用帖"),
    "persona.reader": ("reader", "阅读者"),
    "persona.conversationalist": ("conversationalist", "健谈者"),
    "persona.amplifier": ("amplifier", "传播者"),
    "persona.critic": ("critic", "批评者"),
    "persona.fan": ("fan", "粉丝"),
    "persona.lurker": ("lurker", "潜水者"),
    "stage.history": ("history", "读取历史"),
    "stage.encode_user": ("encode_user", "用户塔"),
    "stage.search": ("search", "相似度搜索"),
    "stage.rank": ("rank", "排序 Transformer"),
    "stage.score": ("score", "打分"),
    "retrieval.title": (
        "User {user} (@{handle}, {persona}; interests: {interests})\n"
        "nearest {count} of {corpus:,} posts by dot product",
        "用户 {user}（@{handle}，{persona}；兴趣：{interests}）\n{corpus:,} 条帖子中点积最大的 {count} 条",
    ),
    "retrieval.title_log": (
        "User {user} ({handle} in {world})\nnearest {count} of {corpus:,} posts by dot product",
        "用户 {user}（{world} 中的 {handle}）\n{corpus:,} 条帖子中点积最大的 {count} 条",
    ),
    "ranker.title_log": (
        "User {user} ({handle} in {world}): best of {count} by {weights}",
        "用户 {user}（{world} 中的 {handle}）：{count} 个候选中的最佳，权重 {weights}",
    ),
    "ranker.title": (
        "User {user} (@{handle}): best of {count} by {weights}",
        "用户 {user}（@{handle}）：{count} 个候选中的最佳，权重 {weights}",
    ),
    "ranker.probabilities": (
        "P(action), one sigmoid for each action: a column need not sum to 1",
        "P(动作)：每种动作各用一个 sigmoid，一列之和不必等于 1",
    ),
    "device": ("computed on: {device}", "计算设备：{device}"),
    "left_out": ("A wider terminal also shows: {names}.", "终端更宽时还会显示：{names}。"),
    "comma": (", ", "、"),
    "action.favorite": ("favorite", "点赞"),
    "action.reply": ("reply", "回复"),
    "action.retweet": ("retweet", "转发"),
    "action.quote": ("quote", "引用"),
    "action.click": ("click", "点击"),
    "action.profile_click": ("profile_click", "点击个人资料"),
    "action.video_view": ("video_view", "观看视频"),
    "action.photo_expand": ("photo_expand", "展开照片"),
    "action.share": ("share", "分享"),
    "action.dwell": ("dwell", "停留"),
    "action.follow_author": ("follow_author", "关注作者"),
    "action.not_interested": ("not_interested", "不感兴趣"),
    "action.block_author": ("block_author", "屏蔽作者"),
    "action.mute_author": ("mute_author", "静音作者"),
    "action.report": ("report", "举报"),
}


def say(key: str, language: str, **values: Any) -> str:
    """A text in one of `LANGUAGES`, its placeholders filled in."""
    return WORDS[key][LANGUAGES.index(language)].format(**values)


def action_name(action: str, *, actions: ActionSet, language: str) -> str:
    """An action's label, or what it is called here."""
    key = f"action.{action}"
    return say(key, language) if key in WORDS and action not in actions.labels else actions.label(action, language)
