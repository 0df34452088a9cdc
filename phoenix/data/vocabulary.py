"""How logs call things: names of columns and actions that a guess knows, without case, spaces and underscores."""

import re

# role → names, the surer first
ROLES: dict[str, tuple[str, ...]] = {
    "user": (
        "userid", "user", "uid", "visitorid", "memberid", "member", "customerid", "customer", "reviewerid", "accountid",
        "account", "buyerid", "username", "deviceid", "userno", "sessionid", "session", "用户id", "用户",
        "会员id", "会员",
    ),
    "item": (
        "itemid", "item", "iid", "videoid", "video", "postid", "post", "movieid", "movie", "articleid", "article",
        "newsid", "news", "productid", "product", "parentasin", "asin", "aid", "songid", "song", "trackid", "track",
        "bookid", "book", "isbn", "noteid", "note", "docid", "contentid", "goodsid", "skuid", "sku", "gameid", "game",
        "businessid", "recipeid", "locationid", "poiid", "adid", "tweetid", "物品id", "物品", "商品id", "商品",
        "视频id", "视频", "文章id", "文章", "笔记id", "笔记", "帖子id", "帖子", "内容id",
    ),
    "time": (
        "timems", "timestamp", "ts", "time", "datetime", "eventtime", "timestampms", "unixtimestamp", "createdat",
        "unixreviewtime", "shownat", "clicktime", "logtime", "date", "day", "created", "时间戳", "时间", "日期",
    ),
    "author": (
        "authorid", "author", "creatorid", "creator", "uploaderid", "uploader", "publisherid", "publisher", "artistid",
        "artist", "channelid", "sellerid", "seller", "shopid", "brandid", "brand", "作者id", "作者", "创作者", "up主",
    ),
    "surface": ("surface", "tab", "scene", "place", "placement", "surfaceid", "展示位", "场景"),
    "session": ("sessionid", "session", "usersession", "会话id", "会话"),
    "text": ("title", "headline", "caption", "text", "body", "标题", "正文"),
    "topic": (
        "topic", "topicid", "category", "categoryid", "genre", "genres", "videocategory", "maincategory", "tag", "tags",
        "channel", "话题", "类别", "分类", "品类", "标签",
    ),
}  # fmt: skip
EVENT_COLUMNS = (
    "type", "event", "eventtype", "eventname", "action", "actiontype", "behavior", "behaviour", "behaviortype",
    "behaviourtype", "interaction", "interactiontype", "行为", "行为类型", "事件", "动作",
)  # fmt: skip
SHOWN_EVENTS = (
    "impression",
    "impressions",
    "show",
    "shown",
    "exposure",
    "expose",
    "exposed",
    "display",
    "曝光",
    "展示",
)
RATINGS = ("rating", "ratings", "stars", "star", "score", "overall", "grade", "userrating", "评分", "星级")
SPANS = re.compile(
    r"(play|watch|view|read|dwell|stay|listen)(ing)?(time|duration|second|ratio|percent)|^dwell|^watchratio|播放时长|停留"
)
NEGATIVE = re.compile(
    r"hate|dislike|report|block|mute|notinterest|skip|hid(e|den)|unfollow|unlike|spam|negative|complain|举报|屏蔽|不感兴趣|"
    r"拉黑|踩"
)
# What looks like yes or no in a log and is nothing that a user did with an item.
NO_ACTION = re.compile(
    r"rand|test|train|valid|split|gender|sex|male|isnew|isad$|adult|active|weekend|holiday|degree|vip|isvideoauthor|"
    r"streamer|logged|fold|bot"
)
# name → Chinese label; the English one is the name
ACTIONS: dict[str, str] = {
    "click": "点击", "clicks": "点击", "like": "点赞", "liked": "点赞", "favorite": "收藏", "favourite": "收藏",
    "fav": "收藏", "share": "分享", "forward": "转发", "repost": "转发", "reposts": "转发", "retweet": "转发",
    "reply": "回复", "replies": "回复", "quote": "引用", "comment": "评论", "comments": "评论", "follow": "关注",
    "save": "收藏", "saved": "收藏", "collect": "收藏", "cart": "加购", "carts": "加购", "addtocart": "加购",
    "buy": "购买", "purchase": "购买", "order": "下单", "orders": "下单", "transaction": "购买", "download": "下载",
    "install": "安装", "subscribe": "订阅", "pv": "浏览", "view": "浏览", "play": "播放", "longview": "长播放",
    "profileenter": "进入主页", "finish": "看完", "complete": "看完", "hate": "不感兴趣", "dislike": "不喜欢",
    "disliked": "不喜欢", "report": "举报", "block": "屏蔽", "mute": "静音", "skip": "跳过", "hide": "隐藏",
    "hidden": "隐藏", "notinterested": "不感兴趣", "interacted": "互动", "watched": "看了较久", "dwell": "停留",
    "photoexpand": "展开照片", "videoview": "观看视频", "profileclick": "点击个人资料", "followauthor": "关注作者",
    "blockauthor": "屏蔽作者", "muteauthor": "静音作者",
}  # fmt: skip
# The action that retrieval had better learn, if it is neither rare nor nearly always taken.
TARGETS = (
    "like", "liked", "favorite", "favourite", "longview", "watched", "click", "clicks", "buy", "purchase", "orders",
    "cart", "view", "pv",
)  # fmt: skip
