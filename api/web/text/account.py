"""Accounts: passkeys, and the staff of a landlord."""

from api.web.text.pair import Text

TEXTS: dict[str, Text] = {
    "account.title": Text("我的账号", "My account"),
    "account.password": Text("密码", "Password"),
    "account.password_what": Text(
        "更改后，其他设备上的登录会立即退出；通行密钥不变。",
        "All other devices are logged out at once. Passkeys stay as they are.",
    ),
    "account.password_none": Text(
        "您用单位账号登录，这里没有密码。", "You log in with your office's account, so there is no password here."
    ),
    "account.password_old": Text("当前密码", "Present password"),
    "account.password_new": Text("新密码（至少 {n} 个字符）", "New password ({n} characters or more)"),
    "account.password_again": Text("再输入一次新密码", "New password once more"),
    "account.password_save": Text("更改密码", "Change the password"),
    "account.password_changed": Text(
        "密码已更改，其他设备都已退出登录。", "The password was changed. All other devices are logged out."
    ),
    "account.passkeys": Text("通行密钥", "Passkeys"),
    "account.what": Text(
        "用指纹、人脸或设备密码登录，不必输入密码；密码仍然可用。",
        "Log in with your fingerprint, face or device PIN instead of a password. The password keeps working.",
    ),
    "account.used": Text("上次使用：", "last used:"),
    "account.none": Text("还没有通行密钥。", "No passkey yet."),
    "account.label": Text("名称", "What to call it"),
    "account.this_device": Text("这台设备", "This device"),
    "account.make": Text("添加通行密钥", "Add a passkey"),
    "account.remove": Text("移除", "Remove"),
    "account.removed": Text("通行密钥已移除。", "The passkey was removed."),
    "account.trouble": Text("没有成功，请再试一次。", "That did not work. Please try again."),
    "account.no_host": Text(
        "此地址没有域名，无法使用通行密钥。", "This address has no name, so there can be no passkeys here."
    ),
    "login.passkey": Text("用通行密钥登录", "Log in with a passkey"),
    "login.passkey_trouble": Text(
        "通行密钥未被接受，请再试一次或使用密码。", "The passkey was not accepted. Try again, or use your password."
    ),
    "staff.title": Text("员工", "Staff"),
    "staff.everybody": Text("可以登录的人", "Who may log in"),
    "staff.you": Text("您", "you"),
    "staff.name": Text("姓名", "Name"),
    "staff.role": Text("权限", "What they may do"),
    "staff.add": Text("添加员工", "Take somebody on"),
    "staff.add_do": Text("添加", "Add"),
    "staff.end": Text("移除", "Remove"),
    "staff.end_hint": Text("{name} 将立即退出登录。", "{name} is logged out at once."),
    "staff.end_confirm": Text("是，移除", "Yes, remove"),
    "staff.ended": Text("已移除。", "They were removed."),
    "staff.taken_on": Text("已添加 {name}", "{name} can log in now"),
    "staff.password": Text("初始密码", "First password"),
    "staff.once": Text(
        "密码只显示这一次，请当面或通过安全渠道告知。",
        "It is shown this once. Hand it over in person or by a safe channel.",
    ),
    "noticepage.title": Text("通知", "Notices"),
    "noticepage.what": Text(
        "只写房源名称和发生了什么，绝不写租客是谁。", "They name the unit and what happened, never who a tenant is."
    ),
    "noticepage.email": Text("电子邮件（留空则不发）", "E-mail (none where empty)"),
    "noticepage.webhook": Text("Webhook 地址（https，留空则不发）", "Webhook address (https; none where empty)"),
    "noticepage.codes": Text("通知哪些事", "What about"),
    "noticepage.save": Text("保存", "Save"),
    "noticepage.saved": Text("已保存。", "Saved."),
    "noticepage.secret": Text("Webhook 签名密钥（只显示这一次）", "The webhook's signing secret (shown this once)"),
    "noticecode.battery": Text("电量 30%、20%、10%", "battery at 30, 20 and 10\u00a0%"),
    "noticecode.silent": Text("门锁离线超过 15 分钟", "lock offline for more than 15\u00a0min"),
    "noticecode.jam": Text("门锁卡住", "lock jammed"),
    "noticecode.ajar": Text("门开着超过 5 分钟", "door open for more than 5\u00a0min"),
    "noticecode.clock_off": Text("门锁时钟偏差", "a lock's clock was off"),
    "noticecode.log_missing": Text("门锁记录没有送达", "a lock's records missing"),
    "noticecode.log_forged": Text("门锁记录互相矛盾", "a lock's records contradicting each other"),
    "noticecode.key_late": Text(
        "入住前 24 小时和 2 小时钥匙未写入门锁", "key not on the lock 24\u00a0h and 2\u00a0h before arrival"
    ),
    "staffrole.owner": Text("业主", "owner"),
    "staffrole.desk": Text("前台", "desk"),
    "staffrole.viewer": Text("只读", "viewer"),
    "staffmay.owner": Text("全部，包括员工和通知设置", "everything, staff and notices included"),
    "staffmay.desk": Text("发钥匙、改日期、收回钥匙、核对租客", "offer, change and revoke keys; compare tenants"),
    "staffmay.viewer": Text("查看房源、入住和门锁", "see units, stays and locks"),
}
