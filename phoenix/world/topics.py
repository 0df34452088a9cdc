"""The topics that posts are about and users care about, with their names in both languages.

Thirty topics in six groups of five; the topics of a group stand side by side, so the group of topic t is
t // TOPICS_PER_GROUP. Topics of one group are neighbours in taste: a user who likes one is likelier to like the rest.
"""

from typing import NamedTuple

from phoenix.checks import check_id, shown

LANGUAGES = ("en", "zh")


class Group(NamedTuple):
    """Five neighbouring topics."""

    key: str
    english: str
    chinese: str


class Topic(NamedTuple):
    """One subject of conversation."""

    key: str
    group: int  # index into GROUPS
    english: str
    chinese: str
    controversy: float  # -1 (nobody argues) … 1 (every thread is an argument)


GROUPS = (
    Group("nature", "Science & nature", "科学与自然"),
    Group("technology", "Technology", "科技"),
    Group("culture", "Arts & culture", "艺术与文化"),
    Group("sport", "Sport & games", "运动与棋艺"),
    Group("daily_life", "Daily life", "日常生活"),
    Group("public_affairs", "Public affairs", "公共事务"),
)

TOPICS = (
    Topic("astronomy", 0, "Astronomy", "天文观星", -0.6),
    Topic("birdwatching", 0, "Birdwatching", "观鸟", -0.5),
    Topic("gardening", 0, "Gardening", "园艺", -0.8),
    Topic("fossils", 0, "Rocks & fossils", "岩石与化石", -0.6),
    Topic("marine_life", 0, "Marine life", "海洋生物", -0.3),
    Topic("open_source", 1, "Open-source software", "开源软件", 0.3),
    Topic("retro_computing", 1, "Retro computing", "老式电脑", -0.4),
    Topic("robotics", 1, "Robotics", "机器人", 0.1),
    Topic("printing_3d", 1, "3D printing", "3D 打印", -0.2),
    Topic("data_privacy", 1, "Data privacy", "数据隐私", 0.7),
    Topic("jazz", 2, "Jazz", "爵士乐", -0.2),
    Topic("film_photography", 2, "Film photography", "胶片摄影", -0.1),
    Topic("theatre", 2, "Theatre", "戏剧", 0.2),
    Topic("science_fiction", 2, "Science fiction", "科幻小说", 0.1),
    Topic("ceramics", 2, "Ceramics", "陶艺", -0.7),
    Topic("chess", 3, "Chess", "国际象棋", 0.0),
    Topic("running", 3, "Distance running", "长跑", 0.0),
    Topic("bouldering", 3, "Bouldering", "抱石攀岩", -0.2),
    Topic("table_tennis", 3, "Table tennis", "乒乓球", 0.1),
    Topic("football_tactics", 3, "Football tactics", "足球战术", 0.5),
    Topic("home_cooking", 4, "Home cooking", "家常菜", -0.1),
    Topic("coffee", 4, "Coffee", "咖啡", 0.1),
    Topic("cats", 4, "Living with cats", "养猫日常", -0.6),
    Topic("repair", 4, "Repair & mending", "修修补补", -0.7),
    Topic("rail_travel", 4, "Rail travel", "火车旅行", -0.3),
    Topic("city_budget", 5, "City budgets", "城市预算", 0.8),
    Topic("housing", 5, "Housing & planning", "住房与规划", 0.8),
    Topic("urban_cycling", 5, "Urban cycling", "城市骑行", 0.6),
    Topic("schools", 5, "Schools", "学校教育", 0.6),
    Topic("energy", 5, "Renewable energy", "可再生能源", 0.6),
)

NUM_TOPICS = len(TOPICS)
TOPICS_PER_GROUP = 5


def topic_name(topic: int, language: str) -> str:
    """Returns a topic's name.

    Args:
      topic: index into `TOPICS`, 0 … NUM_TOPICS - 1.
      language: "en" or "zh".

    Raises:
      ValueError: unknown topic or language.
    """
    entry = TOPICS[check_id(topic, kind="topic", count=NUM_TOPICS)]
    return entry.english if _checked_language(language) == "en" else entry.chinese


def _checked_language(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"Unknown language {shown(language)}: expected one of {', '.join(LANGUAGES)}.")
    return language
