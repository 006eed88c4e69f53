"""Words every page uses."""

from api.web.text.pair import Text

TEXTS: dict[str, Text] = {
    "common.brand": Text("Lodgekey", "Lodgekey"),
    "common.skip": Text("跳到正文", "Skip to content"),
    "common.other_language": Text("English", "中文"),
    "common.unknown": Text("未知", "unknown"),
    "common.log_out": Text("退出登录", "Log out"),
    "common.back": Text("返回", "Back"),
    "common.comma": Text("、", ", "),
    "common.never": Text("从未", "never"),
    "age.now": Text("刚刚", "just now"),
    "age.seconds": Text("{n} 秒前", "{n} s ago"),
    "age.minutes": Text("{n} 分钟前", "{n} min ago"),
    "age.hours": Text("{n} 小时前", "{n} h ago"),
    "age.days": Text("{n} 天前", "{n} d ago"),
    "span.minutes": Text("{n} 分钟", "{n}\u00a0min"),
    "span.hours": Text("{n} 小时", "{n}\u00a0h"),
    "login.title": Text("登录", "Log in"),
    "login.for": Text("供房东、审核人员和测试人员使用。", "For landlords, officers and testers."),
    "login.tenant": Text(
        "租客无需账号：请打开房东发来的链接或扫描二维码。",
        "Tenants need no account: open the link or scan the code your landlord sent.",
    ),
    "login.name": Text("账号", "Login"),
    "login.password": Text("密码", "Password"),
    "login.enter": Text("登录", "Log in"),
    "login.officer": Text("审核人员", "Officers"),
    "login.single_sign_on": Text("用单位账号登录", "Log in with your office's account"),
    "login.done": Text("登录成功", "You are signed in"),
    "login.go_on": Text("进入工作台", "Go to your pages"),
    "app.landlord": Text("Lodgekey 房东", "Lodgekey for landlords"),
    "app.landlord.short": Text("Lodgekey 房东", "Lodgekey"),
    "app.landlord.what": Text("发钥匙、看门锁、收回钥匙。", "Offer keys, see what is on each lock, revoke."),
    "app.key": Text("Lodgekey 钥匙", "Lodgekey: my key"),
    "app.key.short": Text("我的钥匙", "My key"),
    "app.key.what": Text("打开您入住房源的门。", "Opens the door of the home you stay in."),
    "away.title": Text("您现在离线", "You are offline"),
    "away.sentence": Text(
        "连不上网关。房源、入住和钥匙只在联网时显示，这台设备上没有留存任何人的信息。",
        "The gateway cannot be reached. Homes, stays and keys are shown with a network only; nothing about anybody is "
        "kept on this device.",
    ),
    "away.meanwhile": Text("这段时间", "Meanwhile"),
    "away.keys": Text("已写入门锁的钥匙和密码照常开门。", "Keys and codes that are on a lock open it as before."),
    "away.ends": Text("钥匙到期自动失效。", "Keys end by themselves when their time is over."),
    "away.unsure": Text(
        "如果刚才正在操作，联网后请确认是否已完成。",
        "If you had just pressed something, check whether it was done once you are back.",
    ),
    "away.old": Text(
        "您已离线：下面是断网前的状态，现在操作不会生效。",
        "You are offline: this is how things stood before, and what you press now is not done.",
    ),
}
