"""The tenant's key."""

from api.web.text.pair import Text

TEXTS: dict[str, Text] = {
    "keypage.title": Text("您的钥匙", "Your key"),
    "keypage.hold": Text("按住开锁", "Hold to unlock"),
    "keypage.hold_hint": Text(
        "按住约一秒。键盘：按住空格键，或连按两次回车。",
        "Hold for about a second. Keyboard: hold Space, or press Enter twice.",
    ),
    "keypage.keep": Text("继续按住…", "Keep holding…"),
    "keypage.again": Text("再按一次即开锁", "Press again to unlock"),
    "keypage.asking": Text("正在联系门锁…", "Asking the lock…"),
    "keypage.unlocked": Text("已开锁", "Unlocked"),
    "keypage.unlocked_hint": Text("门锁确认用时 {seconds} 秒。", "The lock confirmed it in {seconds}\u00a0s."),
    "keypage.waiting": Text("门锁还没有回答", "The lock has not answered yet"),
    "keypage.waiting_hint": Text(
        "请在门前再等几秒，门仍可能打开。",
        "Stay at the door a few seconds more; it may still open.",
    ),
    "keypage.no_answer": Text("门锁没有回答", "The lock did not answer"),
    "keypage.no_answer_hint": Text(
        "我们不知道门是否已开。请推门试试；若打不开，请在门锁上输入下面的密码，或过十秒再试，或致电房东。",
        "We do not know whether it opened. Try the door; if it is shut, type the code below on the lock, "
        "try again in ten seconds, or call the landlord.",
    ),
    "keypage.refused": Text("门锁拒绝了", "The lock refused"),
    "keypage.offline": Text("手机没有网络", "Your phone is offline"),
    "keypage.offline_hint": Text(
        "请求没有发出，门未打开。请连接网络，或致电房东。",
        "Nothing was sent and the door was not opened. Get a connection, or call the landlord.",
    ),
    "keypage.failed": Text("没有发送成功", "That did not go through"),
    "keypage.failed_hint": Text("请再试一次；若仍不行，请致电房东。", "Try again; if it goes on, call the landlord."),
    "keypage.not_yet": Text("钥匙还没有写入门锁", "The key is not on the lock yet"),
    "keypage.not_yet_hint": Text(
        "钥匙已签发，正在送往门锁。确认后本页会自动更新。",
        "It is issued and on its way. This page changes by itself when the lock has confirmed it.",
    ),
    "keypage.begins": Text("{time} 起可用", "Works from {time}"),
    "keypage.lock": Text("门锁", "Lock"),
    "keypage.state": Text("钥匙状态", "Key"),
    "keypage.battery": Text("电量\u00a0{percent}%", "battery\u00a0{percent}\u00a0%"),
    "keypage.offline_copy": Text(
        "没有网络。显示的是最后一次收到的内容。",
        "You are offline. This is what was last received.",
    ),
    "keypage.not_here": Text("这台手机上没有这把钥匙", "This phone does not hold the key"),
    "keypage.not_here_hint": Text(
        "钥匙只在登记时使用的手机和浏览器里，复制链接不能开门。请换回那台手机，或致电房东。",
        "The key lives only in the phone and browser that registered; a copied link opens nothing. "
        "Use that phone, or call the landlord.",
    ),
    "keypage.no_script": Text(
        "此浏览器未启用脚本，无法保存钥匙，因此不能在这里开锁。请使用门锁密码，或致电房东。",
        "Scripts are off in this browser, so it holds no key. Use the code for the keypad, or call the landlord.",
    ),
    "keypage.passcode": Text("门锁密码", "Code for the keypad"),
    "keypage.code_waiting": Text("门锁尚未确认此密码", "the lock has not confirmed it yet"),
    "verified.code": Text("没有手机也能开门：门锁密码", "Without this phone: the code for the keypad"),
    "offline.title": Text("没有网络", "You are offline"),
    "offline.sentence": Text(
        "按住开锁需要网络。您可以在门锁键盘上输入密码；浏览器支持时也可用蓝牙开锁。",
        "Hold to unlock needs a connection. Type the code on the lock’s keypad, or use Bluetooth where it is offered.",
    ),
    "offline.no_codes": Text("没有可用的密码，请致电房东。", "There is no code to use now. Please call the landlord."),
    "offline.nothing": Text("这台手机上没有钥匙。", "This phone holds no key."),
    "keypage.help": Text("打不开门？", "The door does not open?"),
    "keypage.help.battery": Text(
        "按键盘时没有亮灯：门锁没电了，请致电房东。", "No light on the lock: its battery is empty. Call the landlord."
    ),
    "keypage.help.pull": Text("先把门拉紧再按住开锁。", "Pull the door firmly shut, then hold to unlock."),
    "keypage.help.wait": Text(
        "等十秒再试；每次请求只在十秒内有效。", "Wait ten seconds and try again; each request lives ten seconds."
    ),
    "keypage.call": Text("致电房东", "Call the landlord"),
    "keypage.manage": Text("我的入住和资料", "My stay and my data"),
    "keypage.withdraw": Text("撤回自拍同意", "Withdraw consent to the face check"),
    "keypage.withdraw_hint": Text(
        "相关结果会被删除，钥匙仍然有效。", "What is left of it is deleted. You keep the key."
    ),
    "keypage.withdraw_confirm": Text("撤回", "Withdraw"),
    "keypage.done.withdrawn": Text("已撤回。钥匙仍然有效。", "Withdrawn. You keep the key."),
    "keypage.near": Text("用蓝牙开锁", "Unlock by Bluetooth"),
    "keypage.near_pick": Text(
        "无需网络。请站在门前，在列表中选择门锁。",
        "Needs no network. Stand at the door and choose the lock in the list.",
    ),
    "keypage.near_other": Text("这不是这扇门的锁", "That is not the lock of this door"),
    "keypage.near_other_hint": Text(
        "没有开锁。请选择另一把锁。", "Nothing was opened. Choose another one in the list."
    ),
    "keypage.near_failed": Text("没有连上门锁", "No connection to the lock"),
    "keypage.near_failed_hint": Text(
        "没有开锁。请站近一些再试，或输入密码。", "Nothing was opened. Step closer and try again, or type the code."
    ),
    "keypage.dates": Text("更改离开时间", "Other dates"),
    "keypage.dates.until": Text("希望住到", "I would like to stay until"),
    "keypage.dates.ask": Text("向房东提出", "Ask the landlord"),
    "keypage.dates.asked": Text("您提出住到 {time}。", "You asked to stay until {time}."),
    "keypage.dates.open": Text("房东还没有回复，在此之前一切照旧。", "No answer yet; until then nothing changes."),
    "keypage.dates.agreed": Text("房东已同意。", "Your landlord agreed."),
    "keypage.dates.declined": Text("房东没有同意。", "Your landlord did not agree."),
    "keypage.dates.wrong": Text("请选择将来的另一个时间。", "Please choose another moment, in the future."),
    "keypage.end": Text("现在结束入住", "End my stay now"),
    "keypage.end_hint": Text(
        "钥匙和密码立即失效，并申报退房。请先确认东西都已带出。无法撤销。",
        "Key and code stop working at once and the check-out is reported. Take your things out first. "
        "This cannot be undone.",
    ),
    "keypage.end_confirm": Text("结束，我已离开", "End it, I have left"),
    "keypage.end_shared": Text(
        "此次入住还登记了其他人，请房东来结束。",
        "Other people are registered for this stay too: please ask your landlord to end it.",
    ),
    "keypage.registered": Text("登记", "Registration"),
    "keypage.readers": Text("谁看过我的登记", "Who read my record"),
    "keypage.readers.none": Text("还没有人打开过。", "Nobody has opened it."),
}
