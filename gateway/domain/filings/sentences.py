"""Chinese texts of Lodgekey's own sentences about a record, by rule or word for word; never an authority's."""

from typing import Final

RULES_ZH: Final = {
    "missing": "缺少必填项。",
    "too_long": "内容过长，登记机关不接受；我们不会自行截断。",
    "wrong_shape": "格式不符合登记机关的要求。",
    "unknown_code": "登记机关的代码表中没有这一项。",
    "unspellable": "含有登记机关无法录入的字符，请按护照上的写法填写。",
    "not_a_date": "日期无效，请按 1990-02-28 的形式填写。",
    "impossible_date": "这个日期不可能成立。",
    "expired": "到达当天签证已过期。",
    "ends_before_it_begins": "入住的结束时间早于开始时间。",
    "outside_window": "登记机关只接受规定日期内的到达。",
    "too_long_stay": "入住时间超过登记机关允许的天数。",
    "named_twice": "同一人在记录中出现了两次。",
    "too_many": "一条记录中的人数过多。",
    "minors_alone": "未成年人须与一名成年人一同登记。",
    "minor_without_relation": "缺少未成年人与成年人的关系。",
    "member_without_head": "家庭或团体成员必须紧跟在其负责人之后。",
    "no_contact": "需要电话号码或电子邮箱。",
    "not_owed": "此人不属于须申报的范围，因此不能申报。",
    "not_taken": "登记机关不接受这一类记录。",
    "wrong_check_letter": "证件号码的校验字母不符。",
    "id_shape": "身份证号码的位数或格式不符。",
    "id_check_digit": "身份证号码的校验码不符。",
    "id_region": "身份证号码的地区代码不存在。",
    "id_birth_date": "身份证号码与出生日期不符。",
    "id_sex": "身份证号码与性别不符。",
    "unknown_reference": "登记机关没有这条记录。",
}
WHOLE_ZH: Final = {
    "This registry takes no such record; it is kept here and shown, and nothing is sent.": (
        "该登记机关不接受这一类记录；记录保存在此并可查看，不会发送。"
    ),
    "The law here asks for no record of this person; it is kept here, and nothing is sent.": (
        "当地法律不要求申报此人；记录保存在此，不会发送。"
    ),
    "The stay was cancelled before this record was sent, so nothing is sent.": "入住在发送前已取消，因此没有发送。",
    "The stay or the tenant changed before this record was sent; the next one has it as it is now.": (
        "发送前入住或租客信息已更改；下一条记录是现在的内容。"
    ),
    "SIBA takes no annulment; a wrong bulletin is corrected by a new one.": "SIBA 不接受撤销；错误的申报以新申报更正。",
    "Alloggiati Web cannot take a record back; correct it by a new one.": "Alloggiati Web 不能撤回，请以新记录更正。",
    "A webhook is told of an annulment by a record of its own.": "撤销以单独的记录告知接收方。",
    "The receiver refused the record.": "接收方拒绝了这条记录。",
    "the gateway was stopped while sending, and this registry cannot be asked": (
        "发送途中网关停止，而该登记机关无法查询，请人工核实。"
    ),
    "the registry's answer could not be read": "无法读懂登记机关的答复，请人工核实。",
    "the registry gave two answers that contradict each other": "登记机关给出了两个互相矛盾的答复，请人工核实。",
    "the answer is a redirect, which is never followed": "登记机关要求转到其他地址，我们从不跟随，请人工核实。",
    "the answer is larger than any real one": "登记机关的答复大得不正常，请人工核实。",
    "the answer is empty": "登记机关的答复是空的，请人工核实。",
}
LOST_ZH: Final = "没有收到登记机关的答复，请人工核实。"


def sentence_zh(code: str, sentence: str) -> str:
    """The Chinese text for a code of ours ("rule" or "rule:field"); an authority's own words are returned unchanged."""
    if sentence in WHOLE_ZH:
        return WHOLE_ZH[sentence]
    rule, separator, _ = code.partition(":")
    if (separator or rule == "unknown_reference") and rule in RULES_ZH:
        return RULES_ZH[rule]
    return LOST_ZH if code == "outcome_unknown" and sentence.startswith("no answer (") else sentence


def problem_zh(rule: str, sentence: str) -> str:
    """The Chinese text of a problem found before sending."""
    return RULES_ZH.get(rule, sentence)
