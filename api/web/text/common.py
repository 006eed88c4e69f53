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
}
