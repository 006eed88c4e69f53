"""Refusals a person can act on, by the code of the API's problem document."""

from api.web.text.pair import Text

TEXTS: dict[str, Text] = {
    "error.title": Text("出了点问题", "Something is in the way"),
    "error.code": Text("代码：{code}", "Code: {code}"),
    "error.home": Text("回到首页", "To the start page"),
    "error.retry": Text("再试一次", "Try again"),
    "error.not_found": Text("这里没有您可以看的内容。请检查链接。", "There is nothing here for you. Check the link."),
    "error.input_refused": Text(
        "有些内容缺失或不正确，请检查后再试。", "Something is missing or wrong. Check it and try again."
    ),
    "error.not_allowed": Text("您的账号不能这样做。", "Your account may not do this."),
    "error.sign_in_needed": Text("账号或密码不正确，请重试。", "Login or password is not right. Please try again."),
    "error.sign_on_refused": Text(
        "无法确认这次登录，请重新开始。", "The sign-in could not be confirmed. Please begin again."
    ),
    "error.sign_on_not_entitled": Text(
        "您的单位账号在这里没有辖区权限，请联系管理员。",
        "Your account is not an officer of an area here. Ask the operator.",
    ),
    "error.sign_on_away": Text(
        "单位登录系统没有响应，请稍后再试。", "Your office's sign-in does not answer. Try again in a moment."
    ),
    "error.passkey_refused": Text(
        "通行密钥未被接受，请再试一次或使用密码。", "The passkey was not accepted. Try again, or use your password."
    ),
    "error.password_wrong": Text(
        "当前密码不正确，没有更改。请重试。", "Your present password is not right. Nothing was changed."
    ),
    "error.password_weak": Text(
        "新密码需 12 到 200 个字符，不能含账号或容易猜到的内容，也不能与现在的相同。",
        "A new password has 12 to 200 characters, and neither your login nor an easy guess in it.",
    ),
    "error.password_differs": Text(
        "两次输入的新密码不一致，请重新输入。", "The new password was not typed the same twice. Type it again."
    ),
    "error.conflict": Text(
        "现在不能这样做，可能已有人处理。请返回查看。", "Not possible now; it may have been done already."
    ),
    "error.stays_overlap": Text(
        "这段时间房源已被占用，请选择其他日期。", "The unit is taken then. Choose other dates."
    ),
    "error.too_many_codes": Text(
        "这把锁未使用的一次性密码太多。请先作废它们。",
        "Too many one-time codes of this lock are unused. End those first.",
    ),
    "error.offer_unknown": Text(
        "链接无效。请重新扫码，或向房东要一个新链接。", "This link is not valid. Ask your landlord for a new one."
    ),
    "error.offer_gone": Text(
        "房东已撤回此链接，请要一个新链接。", "Your landlord has withdrawn this link. Ask for a new one."
    ),
    "error.offer_expired": Text(
        "链接已过期，请向房东要一个新链接。", "This link has expired. Ask your landlord for a new one."
    ),
    "error.offer_used": Text(
        "钥匙已经领取。请在登记时使用的手机上打开。",
        "The key was already handed out. Open it on the phone that registered.",
    ),
    "error.stay_backwards": Text(
        "退房必须晚于入住，请检查两个日期。", "The stay must end after it begins. Check both dates."
    ),
    "error.time_does_not_exist": Text(
        "当晚调整时钟，这个时间不存在，请换一个时间。", "Clocks go forward that night; choose another time."
    ),
    "error.time_is_ambiguous": Text(
        "当晚调整时钟，这个时间出现两次，请换一个时间。", "Clocks go back that night; choose another time."
    ),
    "error.consent_missing": Text("没有您的同意，我们不能登记。", "Without your consent we cannot register you."),
    "error.key_not_usable": Text(
        "钥匙现在不能开门：已收回、未到时间或不在门锁上。", "This key does not open the door now."
    ),
    "error.proof_refused": Text(
        "这台手机上没有这把钥匙，或手机时间不准。", "This phone does not hold the key, or its clock is wrong."
    ),
    "error.too_many_tries": Text("尝试过于频繁，请等几分钟再试。", "Too many tries. Wait a few minutes."),
    "error.busy": Text(
        "当前较忙，没有保存任何内容。请稍后再试，或选择人工核对。",
        "Busy just now; nothing was kept. Try again in a moment.",
    ),
    "error.idempotency_mismatch": Text(
        "表单已提交过，请重新打开页面。", "This form was already sent. Open the page again."
    ),
    "error.disclosure_blocked": Text(
        "披露日志无法写入，因此不能显示记录。请告知管理员。",
        "The disclosure log cannot be written, so nothing is shown.",
    ),
    "error.enrolment_refused": Text(
        "此申领凭证无法登记设备，请重新索取。", "This claim takes no device in. Please ask for a new one."
    ),
    "error.error": Text(
        "我们这边出错了。请先看看是否已经办好，再试一次，或告知管理员。",
        "Something went wrong here. See whether it was done before you try again, or tell the operator.",
    ),
    "error.simulator_away": Text("模拟器不在运行。", "The simulator is not running."),
}
