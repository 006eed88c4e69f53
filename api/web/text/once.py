"""One-time codes, on the pages of landlord and tenant."""

from api.web.text.pair import Text

TEXTS: dict[str, Text] = {
    "staypage.endless": Text(
        "没有到期时间，门锁得知之前可能仍然有效",
        "It has no end of its own: until the lock hears of it, it may open the door",
    ),
    "staypage.once_ended": Text("未使用的一次性密码正在作废。", "The unused one-time codes are being ended."),
    "once.title": Text("一次性密码", "One-time code"),
    "once.list": Text("一次性密码", "One-time codes"),
    "once.ask": Text("生成一次性密码", "Make a one-time code"),
    "once.ask_lock": Text("为 {lock} 生成一次性密码", "Make a one-time code for {lock}"),
    "once.hint": Text(
        "在键盘上只能开一次门：给访客、师傅，或手机没电的租客。租客能看到您何时发出、何时被使用。",
        "Opens the door once at its keypad: for a visitor, a craftsman, a tenant whose phone is flat. "
        "The tenant sees when you handed it out and when it was used.",
    ),
    "once.waiting": Text(
        "门锁尚未确认，可能要等它联网后才有效。",
        "The lock has not confirmed it yet: it may work only once it is reached.",
    ),
    "once.shown_once": Text("请现在记下，之后不再显示。", "Note it down now: it is not shown again."),
    "once.until": Text(
        "用过一次即失效；未使用的在入住结束（{time}）时作废。",
        "It dies with its use, or unused when the stay ends ({time}).",
    ),
    "once.seen": Text("租客的页面会显示此密码已发出。", "The tenant’s page says that it was handed out."),
    "once.noted": Text("已记下", "I have noted it"),
    "once.end": Text("作废未使用的一次性密码", "End the unused one-time codes"),
    "once.end_hint": Text("门锁确认后，它们不再能开门。", "Once the lock has confirmed, they open nothing."),
    "once.end_confirm": Text("是，作废", "Yes, end them"),
    "keypage.once": Text("房东发出的一次性密码", "One-time codes your landlord handed out"),
}
