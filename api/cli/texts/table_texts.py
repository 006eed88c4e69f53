"""What tables, lists and the demonstration say, Chinese and English: heads, the words of yes and no, what goes on.

What the pages have a word for (states of keys and filings, kinds, roles of staff) is not here: api.cli.output.word.
"""

from typing import Final

from api.web.text.pair import Text

WORDS: Final[dict[str, Text]] = {
    "line": Text("{name}：{value}", "{name}: {value}"),
    "truth.yes": Text("是", "yes"),
    "truth.no": Text("否", "no"),
    "truth.True": Text("是", "True"),
    "truth.False": Text("否", "False"),
    "truth.None": Text("无", "None"),
    # accounts and devices
    "role.landlord": Text("房东", "landlord"),
    "role.officer": Text("审核人员", "officer"),
    "role.tester": Text("测试人员", "tester"),
    "device.lock": Text("门锁", "lock"),
    "device.kiosk": Text("自助机", "kiosk"),
    "reach.online": Text("在线", "online"),
    "reach.offline": Text("离线", "offline"),
    # keys
    "until": Text("有效至 {until}", "until {until}"),
    "held_up": Text("；{why}", "; {why}"),
    "held_up_before": Text("；{time} 前无法收回：{why}", "; cannot be revoked before {time}: {why}"),
    "keyfact.id": Text("编号", "id"),
    "keyfact.lock": Text("门锁", "lock"),
    "keyfact.state": Text("状态", "state"),
    "keyfact.until": Text("有效至", "until"),
    "keyfact.cannot_outlive": Text("最迟失效", "cannot outlive"),
    "keyfact.hold_up": Text("受阻原因", "hold up"),
    "keyfact.cannot_be_revoked_before": Text("在此之前无法收回", "cannot be revoked before"),
    "keyfact.exposure_minutes": Text("可能还能开门（分钟）", "exposure minutes"),
    # registries
    "column.registry": Text("登记机关", "registry"),
    "column.set_up": Text("已接通", "set up"),
    "column.records": Text("登记", "records"),
    "column.record": Text("登记编号", "record"),
    "column.kind": Text("类型", "kind"),
    "column.state": Text("状态", "state"),
    "column.deadline_at": Text("期限（UTC）", "deadline (UTC)"),
    "column.standing": Text("时限", "standing"),
    "column.code": Text("答复代码", "code"),
    "counted": Text("{state} {number}", "{number} {state}"),
    "no_records": Text("无", "none"),
    # certificates
    "certs.phase": Text("轮换阶段", "phase"),
    "certs.current": Text("现用签发机构", "current"),
    "certs.next": Text("下一签发机构", "next"),
    "certs.retired": Text("已退役", "retired"),
    "certs.followed_by_gateway": Text("网关已跟进", "followed by gateway"),
    "certs.devices": Text("设备数", "devices"),
    "certs.behind": Text("尚未确认", "behind"),
    "phase.standby": Text("待命", "standby"),
    "phase.init": Text("双方互信", "init"),
    "phase.clients": Text("换设备证书", "clients"),
    "phase.servers": Text("换服务器证书", "servers"),
    "paper.put_trust": Text("换根证书", "put_trust"),
    "paper.put_certificate": Text("换设备证书", "put_certificate"),
    # the demonstration
    "demo.registry": Text("正在启动登记机关 {registry}", "starting the {registry} registry"),
    "demo.building": Text("正在创建楼宇", "making the building"),
    "demo.gateway": Text("正在启动网关及其 MQTT 代理", "starting the gateway and its broker"),
    "demo.devices": Text("正在启动十二把门锁和一台自助机", "starting twelve locks and a kiosk"),
    "demo.stopping": Text("正在停止", "stopping"),
    "demo.addresses": Text(
        "房东      {url}/landlord   账号 {landlord}，密码 {password}\n"
        "租客      打开房东生成的链接（先发钥匙，再打开链接或扫码）\n"
        "审核人员  {url}/officer    账号 {officer}，密码 {password}\n"
        "自助机    {kiosk}   门口终端的屏幕\n"
        "测试人员  {url}/tester     账号 {tester}，密码 {password}\n"
        "{site} 有 {locks} 把门锁和 {terminal}。按 Ctrl-C 全部停止；内容留在 {folder}，供下次使用。",
        "Landlord  {url}/landlord   login {landlord}, password {password}\n"
        "Tenant    opens the link that the landlord makes (offer a key, then open the link or scan the code)\n"
        "Officer   {url}/officer    login {officer}, password {password}\n"
        "Kiosk     {kiosk}   the screen of the terminal at the gate\n"
        "Tester    {url}/tester     login {tester}, password {password}\n"
        "{locks} locks and {terminal} at {site}. Ctrl-C stops everything; {folder} keeps it for next time.",
    ),
    "walk.offering": Text("房东发钥匙", "the landlord offers a key"),
    "walk.registering": Text(
        "租客打开链接、同意，并出示护照和人脸", "the tenant opens the link, agrees, and shows passport and face"
    ),
    "walk.deciding": Text("由人工决定，原因：{reasons}", "a person decides, because of {reasons}"),
    "walk.delivering": Text("钥匙写入门锁", "the key goes to the lock"),
    "walk.unlocking": Text("租客按住开锁", "the tenant holds the button"),
    "walk.filing": Text("登记机关答复：{kind}", "the registry answers the {kind}"),
    "walk.feed": Text("审核人员的动态中出现该登记", "the officer's feed shows the registration"),
    "walk.ending": Text("入住结束，门锁收回钥匙", "the stay ends, and the lock gives the key up"),
    # what a walked journey came to
    "walked.ok": Text("成功", "ok"),
    "walked.unit": Text("房源", "unit"),
    "walked.offer": Text("邀请", "offer"),
    "walked.stay": Text("入住", "stay"),
    "walked.key": Text("钥匙", "key"),
    "walked.verdict": Text("核验结论", "verdict"),
    "walked.by": Text("决定者", "by"),
    "walked.outcome": Text("结果", "outcome"),
    "walked.reasons": Text("原因", "reasons"),
    "walked.score_band": Text("人脸比对", "score_band"),
    "walked.issued_to_on_lock_ms": Text("从签发到写入门锁（毫秒）", "issued_to_on_lock_ms"),
    "walked.tap_to_unlocked_ms": Text("从按下到开锁（毫秒）", "tap_to_unlocked_ms"),
    "walked.registration": Text("登记", "registration"),
    "walked.receipt": Text("登记回执", "receipt"),
    "walked.feed_sequence": Text("动态序号", "feed_sequence"),
    "walked.key_after_the_end": Text("结束后的钥匙", "key_after_the_end"),
    "walked.check_out_receipt": Text("退房回执", "check_out_receipt"),
    "by.machine": Text("机器", "machine"),
    "by.person": Text("人工", "person"),
    "outcome.passed": Text("通过", "passed"),
}
