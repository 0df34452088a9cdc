"""What `python -m phoenix.data` says, in English and Chinese.

say("bad.no_user", "zh")                → "没有用户"
raise DataError("file.missing", file=path)   its text is the English sentence; `error.say("zh")` the Chinese one
"""

from typing import Any

from phoenix.checks import ForeseenError

LANGUAGES = ("en", "zh")

# key → English, Chinese
WORDS = {
    # The file
    "file.missing": ("{file} does not exist.", "文件 {file} 不存在。"),
    "file.none": ("{file} is not a file.", "{file} 不是文件。"),
    "file.unreadable": ("{file} cannot be read ({reason}).", "无法读取 {file}（{reason}）。"),
    "file.empty": ("{file} is empty: there is no row in it.", "{file} 是空的，一行数据也没有。"),
    "file.no_rows": (
        "{file} has a header and no rows under it: there is nothing to import.",
        "{file} 只有表头，没有数据，没有可以导入的内容。",
    ),
    "file.no_good_rows": (
        "{file} has {rows:,} rows and all of them are bad: there is nothing to import. "
        "See what is said about the first of each kind.",
        "{file} 共 {rows:,} 行，全部有问题，没有可以导入的内容。请看每类问题的第一个例子。",
    ),
    "file.zip": (
        "{file} is a ZIP archive, which may hold any number of files: unpack it and name the table in it.",
        "{file} 是 ZIP 压缩包，里面可能有许多文件：请先解压，再指明其中的表。",
    ),
    "file.damaged": ("{file} is damaged or cut off ({reason}).", "{file} 已损坏或不完整（{reason}）。"),
    "file.parquet": (
        "{file} is no Parquet file, or a damaged one ({reason}).",
        "{file} 不是 Parquet 文件，或已损坏（{reason}）。",
    ),
    "file.json": (
        "{file} has no JSON objects at its beginning: one object on each line is expected.",
        "{file} 开头没有 JSON 对象：应当每行一个对象。",
    ),
    "file.json_array": (
        "{file} is one JSON list; one object on each line is expected. `jq -c '.[]'` makes such lines of it.",
        "{file} 是一整个 JSON 列表；应当每行一个对象。用 `jq -c '.[]'` 可以转换。",
    ),
    "file.entries": (
        "No line of {file} has a list called {entries}: the names are {there}.",
        "{file} 中没有名为 {entries} 的列表；现有的名字：{there}。",
    ),
    "file.quotes": (
        "Thousands of lines up to line {line} have quotes that do not fit together. If quotes mean nothing in this "
        'file, write quote = "" under [file].',
        '到第 {line} 行为止，已有上千行的引号不配对。如果引号在这个文件里没有特殊含义，请在 [file] 下写 quote = ""。',
    ),
    "file.too_large": (
        "{file} needs more memory than there is ({reason}).",
        "处理 {file} 所需的内存不足（{reason}）。",
    ),
    "file.no_room": (
        "The database that {file} is sorted in could not be written ({reason}): make room on the disk, or choose "
        "another folder.",
        "用来排序 {file} 的临时数据库无法写入（{reason}）：请腾出磁盘空间，或换一个文件夹。",
    ),
    "file.engine": (
        "{file} brought the database to something that it cannot do ({reason}): please report this.",
        "处理 {file} 时数据库出现了意外（{reason}）：请反馈这个问题。",
    ),
    # Columns
    "column.missing": (
        "The mapping wants the column {column!r} for {role}, which {file} does not have. Its columns are: {there}.",
        "映射为 {role} 指定的列 {column!r} 在 {file} 中不存在。现有的列：{there}。",
    ),
    "column.missing_near": (
        "The mapping wants the column {column!r} for {role}, which {file} does not have. Did you mean {near!r}? "
        "Its columns are: {there}.",
        "映射为 {role} 指定的列 {column!r} 在 {file} 中不存在。是不是 {near!r}？现有的列：{there}。",
    ),
    "column.several": (
        "Several columns of {file} could be {column!r}, wanted for {role}: write the name exactly. "
        "Its columns are: {there}.",
        "{file} 中有好几列都可能是 {role} 所要的 {column!r}：请写出准确的列名。现有的列：{there}。",
    ),
    # The mapping
    "mapping.unreadable": ("The mapping {file} cannot be read ({reason}).", "无法读取映射文件 {file}（{reason}）。"),
    "mapping.no_toml": (
        "The mapping {file} is not valid TOML: {reason}.",
        "映射文件 {file} 不是有效的 TOML：{reason}。",
    ),
    "mapping.shipped": (
        "There is no file {file}, and no mapping of that name comes with the program; there are: {there}.",
        "没有文件 {file}，程序自带的映射里也没有这个名字；自带的有：{there}。",
    ),
    "mapping.missing": ("The mapping has no [{place}].", "映射中没有 [{place}]。"),
    "mapping.needs": ("[{place}] of the mapping needs {missing}.", "映射的 [{place}] 中缺少 {missing}。"),
    "mapping.unknown": (
        "{name} under [{place}] means nothing to a mapping; known are: {known}.",
        "映射的 [{place}] 中不认识 {name}；可用的有：{known}。",
    ),
    "mapping.kind": ("{place} must be {wanted}, got {got}.", "{place} 应当写成 {wanted}，实际是 {got}。"),
    "mapping.choice": ("{place} must be one of {choices}, got {got}.", "{place} 应当是 {choices} 之一，实际是 {got}。"),
    "mapping.character": (
        "{place} must be a character that can stand there, got {got}.",
        "{place} 应当是一个可用的字符，实际是 {got}。",
    ),
    "mapping.label": (
        "{place} must be a text of at most {most} printable characters, got {got}.",
        "{place} 应当是不超过 {most} 个可见字符的文字，实际是 {got}。",
    ),
    "mapping.zone": (
        "columns.time.zone must be a time zone such as Asia/Shanghai or +08:00, got {got}.",
        "columns.time.zone 应当是时区，例如 Asia/Shanghai 或 +08:00，实际是 {got}。",
    ),
    "mapping.order": (
        'unit = "order" says that there is no time but the order of the rows: it goes without a column.',
        'unit = "order" 表示除了行的先后再没有别的时间，因此不能再写 column。',
    ),
    "mapping.target": (
        "The target {target} is no action of the mapping; the actions are: {actions}.",
        "target 指定的 {target} 不是映射中的动作；现有的动作：{actions}。",
    ),
    "mapping.actions": ("The actions of the mapping cannot be used: {reason}", "映射中的动作无法使用：{reason}"),
    "mapping.no_actions": (
        "{file} has the columns of no action of the mapping.",
        "映射中所有动作所需的列，{file} 里都没有。",
    ),
    "mapping.no_guess": (
        "No column of {file} looks like {role}. Its columns are: {there}. Write the mapping by hand: docs/own-data.md "
        "shows how.",
        "{file} 中看不出哪一列是 {role}。现有的列：{there}。请手写映射，写法见 docs/own-data.zh.md。",
    ),
    "when.ends": (
        "The condition `{when}` ends too early: a column or a value is missing.",
        "条件 `{when}` 没有写完：缺少列名或取值。",
    ),
    "when.unexpected": (
        "The condition `{when}` cannot be read at `{token}`. Conditions look like: is_click, rating >= 4, "
        "type = clicks | carts, watched and not hidden.",
        "条件 `{when}` 在 `{token}` 处读不懂。条件写成这样：is_click，rating >= 4，type = clicks | carts，"
        "watched and not hidden。",
    ),
    "when.deep": ("The condition `{when}` has too many brackets within brackets.", "条件 `{when}` 的括号嵌套太深。"),
    # A guess
    "guess.shipped": (
        "{file} has the columns of {name}: this is the mapping that comes with the program.",
        "{file} 的列与 {name} 一致：下面是程序自带的映射。",
    ),
    "guess.title": (
        "A guess for {file} by its first rows. Check every line: what an action is, only you know.",
        "根据 {file} 开头若干行猜测的映射。请逐行核对：什么算一个动作，只有你知道。",
    ),
    "guess.target": ("what retrieval learns", "检索要学习的动作"),
    "guess.within": (
        "events of a user on an item with no longer gap between them are one impression",
        "同一用户对同一物品的事件，间隔不超过这个时长就算一次曝光",
    ),
    "guess.unused": ("Columns that are not used: {names}", "没有用到的列：{names}"),
    # Where to
    "out.no_folder": (
        "{folder} is there and is not a folder: choose another --out.",
        "{folder} 已存在但不是文件夹：请换一个 --out。",
    ),
    "out.taken": (
        "{folder} holds something that is no imported log ({file}) and is left as it is: choose another --out.",
        "{folder} 里有不属于导入结果的内容（{file}），不会去动它：请换一个 --out。",
    ),
    "out.unwritable": (
        "Cannot write to {folder} ({reason}): choose another --out.",
        "无法写入 {folder}（{reason}）：请换一个 --out。",
    ),
    # Bad rows
    "bad.refused": (
        "{number:,} of {rows:,} rows are bad and nothing was imported. Mend the mapping or the file, or leave these "
        "rows out: --bad-rows drop.",
        "{rows:,} 行中有 {number:,} 行有问题，没有导入任何内容。请修改映射或文件，或者用 --bad-rows drop 跳过这些行。",
    ),
    "bad.no_user": ("no user", "没有用户"),
    "bad.no_item": ("no item", "没有物品"),
    "bad.no_time": ("no time", "没有时间"),
    "bad.time": ("not a time", "不是时间"),
    "bad.time_range": ("time out of the plausible range", "时间超出合理范围"),
    "bad.number": ("neither a number nor yes or no", "既不是数，也不是“是／否”"),
    "bad.fields": ("wrong number of fields", "字段数不对"),
    "bad.quotes": ("quotes that do not fit together", "引号不配对"),
    "bad.encoding": ("bytes that are no text in this encoding", "不符合文件编码的字节"),
    "bad.json": ("not a JSON object", "不是 JSON 对象"),
    "bad.no_impression": ("action without an impression", "有动作但没有对应的曝光"),
    # Notes
    "note.unit": (
        "{share} % of the times are out of the plausible range when read as {unit}: another unit may be meant.",
        "按 {unit} 读取时，{share}% 的时间超出合理范围：单位可能不对。",
    ),
    "note.items": (
        "{file} tells of {told:,} items, {matched:,} of them in the log.",
        "{file} 描述了 {told:,} 个物品，其中 {matched:,} 个出现在日志里。",
    ),
    "note.follows": (
        "{file} has {told:,} follows, {matched:,} of them by users of authors in the log.",
        "{file} 有 {told:,} 条关注，其中 {matched:,} 条的用户和作者都出现在日志里。",
    ),
    "note.absent": ("{file} is not beside the log: done without it.", "日志旁边没有 {file}，未使用。"),
    "note.surfaces": (
        "{number:,} surfaces: the {most} most frequent keep their names, the others are “{other}”.",
        "共有 {number:,} 个产品界面：最常见的 {most} 个保留名字，其余合并为“{other}”。",
    ),
    "note.no_column": (
        "The file has no column for {action} ({when}): done without it.",
        "文件里没有 {action} 所需的列（{when}），未使用。",
    ),
    "note.no_time": ("no time was found: the order of the rows is one", "没有找到时间：以行的先后为准"),
    "note.never": (
        "{action} was never taken: nothing can be learnt about it.",
        "动作 {action} 从未发生，学不到任何东西。",
    ),
    "note.always": (
        "{action} was taken on every impression: nothing can be learnt about it.",
        "动作 {action} 在每次曝光上都发生了，学不到任何东西。",
    ),
    # Tables
    "title.understood": ("{file}, as it was understood", "{file} 的读取方式"),
    "title.found": ("What is in it", "内容"),
    "title.bad": ("Bad rows: {number:,} of {rows:,}", "有问题的行：{rows:,} 行中有 {number:,} 行"),
    "title.actions": ("Actions", "动作"),
    "what": ("what", "项目"),
    "column": ("column", "列"),
    "kind": ("kind", "种类"),
    "number": ("number", "数量"),
    "first": ("first", "首个"),
    "shown": ("there", "内容"),
    "action": ("action", "动作"),
    "when": ("when", "条件"),
    "sign": ("sign", "正负"),
    "rate": ("share", "占比"),
    "line": ("line {number:,}", "第 {number:,} 行"),
    "row": ("row {number:,}", "第 {number:,} 行"),
    "at": ("{line}, column {column}", "{line}，列 {column}"),
    "order": ("(the order of the rows)", "（行的先后）"),
    "role.user": ("user", "用户"),
    "role.item": ("item", "物品"),
    "role.time": ("time", "时间"),
    "role.author": ("author", "作者"),
    "role.surface": ("surface", "产品界面"),
    "role.session": ("session", "会话"),
    "role.text": ("text", "正文"),
    "role.topic": ("topic", "话题"),
    "count.rows": ("rows", "行数"),
    "count.duplicates": ("exact duplicates, dropped", "完全重复的行（已去除）"),
    "count.impressions": ("impressions", "曝光"),
    "count.users": ("users", "用户"),
    "count.items": ("items", "物品"),
    "count.authors": ("authors", "作者"),
    "count.topics": ("topics", "话题"),
    "count.surfaces": ("surfaces", "产品界面"),
    "count.sessions": ("sessions", "会话"),
    "count.follows": ("follows", "关注"),
    "count.span": ("from, to (UTC)", "起止时间（UTC）"),
    "done.check": ("Nothing was written. This log can be imported.", "没有写入任何内容。这份日志可以导入。"),
    "done.check_bad": (
        "Nothing was written. This log can be imported with --bad-rows drop.",
        "没有写入任何内容。加上 --bad-rows drop 即可导入这份日志。",
    ),
    "done.import": ("Imported into {folder}.", "已导入到 {folder}。"),
    "done.unchanged": (
        "Nothing has changed since this log was imported into {folder}.",
        "这份日志自导入到 {folder} 以来没有变化，无需重新导入。",
    ),
    "stopped": ("Stopped; what was there before is as it was.", "已停止；原有内容保持不变。"),
}


def say(key: str, language: str, **values: Any) -> str:
    """A text in one of `LANGUAGES`, its placeholders filled in."""
    return WORDS[key][LANGUAGES.index(language)].format(**values)


class DataError(ForeseenError):
    """A file, a mapping or a folder that cannot be used; the text says which and what to do."""

    def __init__(self, key: str, **values: object) -> None:
        """A key of `WORDS` and what its sentence names."""
        self._key, self._values = key, values
        super().__init__(say(key, "en", **values))

    def say(self, language: str) -> str:
        """The sentence in one of `LANGUAGES`."""
        return say(self._key, language, **self._values)
