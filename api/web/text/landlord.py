"""The landlord's pages."""

from api.web.text.pair import Text

TEXTS: dict[str, Text] = {
    "landlord.title": Text("我的房源", "My homes"),
    "landlord.more": Text("更多", "More"),
    "landlord.units": Text("房源", "Units"),
    "landlord.no_units": Text("还没有房源。", "No units yet."),
    "landlord.offer": Text("发钥匙", "Offer a key"),
    "landlord.stays": Text("入住", "Stays"),
    "landlord.no_stays": Text(
        "还没有入住。请在上面选择房源发钥匙。", "No stays yet. Offer a key to one of the units above."
    ),
    "landlord.cases": Text("等您核对", "Waiting for you"),
    "landlord.case": Text("{unit}：请核对证件和本人", "{unit}: compare document and person"),
    "landlord.look": Text("去核对", "Review"),
    "landlord.no_lock": Text("未装门锁", "no lock"),
    "notice.title": Text("需要留意", "To see to"),
    "notice.battery": Text("门锁电量 {n}%，请更换电池", "The lock's battery is at {n} %: change it"),
    "notice.silent": Text(
        "门锁已 {n} 分钟没有消息，新钥匙无法写入", "The lock has been silent for {n} min: no key can reach it"
    ),
    "notice.alarm": Text("门锁报警或卡住，请检查", "The lock raised an alarm or is jammed: look at it"),
    "notice.exposed": Text(
        "门锁无法得知收回：旧钥匙或密码最长还能用 {n} 分钟",
        "The lock cannot be told of a revocation: an old key or code may open it for {n} min",
    ),
    "notice.key_late": Text(
        "租客即将到达，钥匙还没有写入门锁", "The tenant arrives soon and the key is not on the lock"
    ),
    "offer.title": Text("为 {unit} 发钥匙", "Offer a key to {unit}"),
    "offer.from": Text("入住时间", "From"),
    "offer.until": Text("退房时间", "Until"),
    "offer.zone": Text("房源当地时间（{zone}）", "Times are local to the unit ({zone})"),
    "offer.tonight": Text("今晚", "Tonight"),
    "offer.week": Text("一周", "A week"),
    "offer.month": Text("一个月", "A month"),
    "offer.make": Text("生成链接", "Make the link"),
    "offer.ready": Text("链接已生成", "The link is ready"),
    "offer.send": Text("发给租客，或让租客扫码。", "Send it to the tenant, or let them scan it."),
    "staypage.wish": Text("租客希望住到 {time}", "Your tenant asks to stay until {time}"),
    "staypage.wish.agree": Text("同意，更改日期", "Agree and change the dates"),
    "staypage.wish.decline": Text("不同意", "Decline"),
    "landlord.wish": Text("希望更改日期", "asks for other dates"),
    "offer.expires": Text("链接有效至 {time}", "The link works until {time}"),
    "offer.copy": Text("复制链接", "Copy link"),
    "offer.copied": Text("已复制", "Copied"),
    "offer.share": Text("分享…", "Share…"),
    "offer.share_text": Text("{unit} 的钥匙：", "Your key to {unit}:"),
    "offer.link": Text("链接", "Link"),
    "offer.withdraw": Text("撤回链接", "Withdraw the link"),
    "offer.withdraw_hint": Text(
        "链接立即失效；已领取的钥匙不受影响。", "It stops working at once; a key already handed out stays."
    ),
    "offer.withdraw_confirm": Text("是，撤回", "Yes, withdraw it"),
    "offer.qr": Text("链接二维码", "QR code of the link"),
    "unit.title": Text("{unit} 的设置", "Settings of {unit}"),
    "unit.level": Text("如何确认是本人", "How a tenant shows to be there"),
    "unit.level_hint": Text(
        "对今后登记的租客生效。无论选哪一项，租客都可改由工作人员核验，所得钥匙相同。",
        "Holds for tenants who register from now on. Whichever you choose, a tenant may ask for a person instead, "
        "and the key is the same.",
    ),
    "unit.level.phone": Text("租客的手机", "The tenant's phone"),
    "unit.level.kiosk": Text("门口的摄像头", "The camera at the door"),
    "unit.level.person": Text("人工核验", "A person"),
    "unit.save": Text("保存", "Save"),
    "unit.saved": Text("已保存。", "Saved."),
    "staypage.title": Text("{unit} 的入住", "Stay at {unit}"),
    "staypage.no_tenant": Text("租客尚未登记", "The tenant has not registered yet"),
    "staypage.keys": Text("钥匙", "Keys"),
    "staypage.no_keys": Text(
        "还没有钥匙。租客登记后自动签发。", "No key yet. It is issued when the tenant has registered."
    ),
    "staypage.told": Text("门锁于 {time} 确认（{age}）", "the lock confirmed it at {time} ({age})"),
    "staypage.asked": Text("自 {time} 起（{age}）", "since {time} ({age})"),
    "staypage.revoke": Text("收回钥匙", "Revoke this key"),
    "staypage.revoke_hint": Text("租客将无法再开门。", "The tenant can no longer open the door with it."),
    "staypage.revoke_confirm": Text("是，收回", "Yes, revoke it"),
    "staypage.not_before": Text(
        "{time} 之前无法收回，届时自动失效（还有 {minutes} 分钟可能有效）：",
        "Cannot be revoked before {time}, when it ends by itself; until then, {minutes} min, the lock may accept it:",
    ),
    "staypage.exposed": Text(
        "门锁确认之前可能仍然有效，最长 {minutes} 分钟",
        "Until the lock confirms, it may accept it: {minutes} min at most",
    ),
    "staypage.since": Text("（{age}）", "({age})"),
    "staypage.ask_lock": Text("再问一次门锁", "Ask the lock again"),
    "staypage.asked_again": Text("已请门锁重新报告状态。", "The lock is asked to tell its state again."),
    "staypage.codes": Text("键盘密码", "Keypad codes"),
    "staypage.registration": Text("登记上报", "Registration"),
    "staypage.deadline": Text("上报期限", "Report due"),
    "staypage.dates": Text("更改日期", "Change the dates"),
    "staypage.dates_save": Text("保存日期", "Save the dates"),
    "staypage.end": Text("结束入住", "End the stay"),
    "staypage.end_hint": Text("收回所有钥匙，并上报退房。", "Revokes its keys and reports the check-out."),
    "staypage.end_confirm": Text("是，结束", "Yes, end it"),
    "staypage.new_link": Text("再生成一个链接（每位租客一个）", "Another link (one for each tenant)"),
    "staypage.saved": Text("日期已更改。", "The dates were changed."),
    "staypage.withdrawn": Text("链接已撤回。", "The link was withdrawn."),
    "staypage.ended": Text("入住已结束。", "The stay was ended."),
    "staypage.revoking": Text("已请求收回，等待门锁确认。", "Asked to revoke; waiting for the lock to confirm."),
}
