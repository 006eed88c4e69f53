"""Chinese texts for delivery outcomes written by the relay; another party's own words stay untranslated."""

from typing import Final

OUTCOMES_ZH: Final = {
    "gone from the lock": "已从门锁删除",
    "no longer wanted": "已不需要",
    "on the lock": "已在门锁上",
    "the stay has not begun": "入住尚未开始",
    "sent, waiting for the lock": "已发送，等待门锁答复",
    "e-mail is no longer wanted": "已不再需要电子邮件",
    "the operator has set up no mail server (alert_mail)": "运营方没有设置邮件服务器（alert_mail）",
    "the mail server did not take it": "邮件服务器没有接收",
    "the webhook is no longer wanted": "已不再需要 webhook",
    "the webhook's address or secret is not usable": "webhook 的地址或密钥不能使用",
    "receiver unreachable": "联系不上接收方",
    "the receiver answered": "接收方答复",
    "the key was revoked before the command was sent": "发送前钥匙已被吊销",
    "sent": "已发送",
    "the device's certificate was revoked": "设备的证书已被吊销",
    "no way to this make of lock is set up": "没有设置通往此品牌门锁的途径",
    "the link was down": "连接中断",
    "this lock cannot do that": "此门锁没有这项功能",
    "internal trouble": "内部故障",
    "there is no such lock": "没有这把门锁",
    "there is no such key": "没有这把钥匙",
    "the grant is over": "授权已结束",
    "told up to": "已告知至",
    "the rows of the day are used up": "当日条数已用完",
    "nothing to tell": "没有需要告知的内容",
    "the device trusts them": "设备已信任",
    "the device is out of service": "设备已停用",
    "this device cannot do that": "此设备没有这项功能",
    "the record was erased before it was sent": "记录在发送前已被清除",
    "there was nothing to annul": "没有需要撤销的记录",
    "the registry": "登记机关",
    "registry unreachable": "联系不上登记机关",
    "erased": "已清除",
    "the gateway was stopped while sending, and this registry cannot be asked": "发送途中网关停止，该登记机关无法查询",
    "asking": "正在查询",
    "the registry is still deciding": "登记机关仍在处理",
    "accepted": "已接受",
}  # fmt: skip
ENDINGS_ZH: Final = {"is not set up": "尚未设置"}


def outcome_zh(outcome: str) -> str:
    """The Chinese text of an outcome: a whole match, or a known prefix followed by the other party's own words."""
    if outcome in OUTCOMES_ZH:
        return OUTCOMES_ZH[outcome]
    known = max((words for words in OUTCOMES_ZH if outcome.startswith(words)), key=len, default="")
    rest = outcome[len(known) :]
    if not known or (rest and rest[0].isalnum()):
        return outcome
    for words, chinese in ENDINGS_ZH.items():
        rest = rest.replace(words, chinese)
    return OUTCOMES_ZH[known] + rest
