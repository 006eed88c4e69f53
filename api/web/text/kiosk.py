"""The kiosk at the gate: few words, large."""

from api.web.text.pair import Text

TEXTS: dict[str, Text] = {
    "kiosk.title": Text("自助登记", "Self check-in"),
    "kiosk.typed_code": Text("在自助机上输入的代码", "Code to type at the kiosk"),
    "kiosk.welcome": Text("欢迎", "Welcome"),
    "kiosk.begin": Text("中文 · 开始", "English · Begin"),
    "kiosk.welcome.hint": Text(
        "请准备好房东发来的二维码或代码，以及您的证件。",
        "Have the code from your landlord and your document at hand.",
    ),
    "kiosk.leave": Text("退出并清除", "Leave and clear"),
    "kiosk.back": Text("上一步", "Back"),
    "kiosk.next": Text("继续", "Continue"),
    "kiosk.online": Text("已连接", "Connected"),
    "kiosk.offline": Text("暂时没有网络", "Not connected"),
    "kiosk.waiting": Text("等待发送的登记：{n}", "Waiting to be sent: {n}"),
    "kiosk.code": Text("出示房东的二维码", "Show the code from your landlord"),
    "kiosk.code.hint": Text("请把二维码对准读码器，再按“扫描”。", "Hold it before the reader, then press Scan."),
    "kiosk.code.scan": Text("扫描", "Scan"),
    "kiosk.code.type": Text("改为输入代码", "Type a code instead"),
    "kiosk.code.typed": Text("输入九位代码", "Type the nine signs"),
    "kiosk.code.delete": Text("删除", "Delete"),
    "kiosk.code.none": Text(
        "没有读到代码。请靠近一些再试，或改为输入。", "No code was read. Hold it closer and try again, or type it."
    ),
    "kiosk.code.wrong": Text(
        "这不是有效的代码。请逐位核对。", "This is not a valid code. Please compare it sign by sign."
    ),
    "kiosk.asking": Text("正在查找您的住处…", "Looking up your stay…"),
    "kiosk.offer": Text("您的住处：{unit} · 房东：{landlord}", "Your stay: {unit} · Landlord: {landlord}"),
    "kiosk.facts": Text("还需要几项信息", "A few more details"),
    "kiosk.facts.hint": Text(
        "这里的登记机关要求填写。与您无关的可以留空，直接继续。",
        "The authority here asks for them. Leave empty what does not concern you and continue.",
    ),
    "kiosk.facts.case": Text("大/小写", "A/a"),
    "kiosk.facts.space": Text("空格", "Space"),
    "kiosk.document": Text("扫描证件", "Scan your document"),
    "kiosk.document.hint": Text(
        "把护照资料页或身份证人像面朝下放在玻璃上。",
        "Lay the passport’s data page, or the front of your card, on the glass.",
    ),
    "kiosk.document.scan": Text("扫描证件", "Scan the document"),
    "kiosk.document.again": Text("重新扫描", "Scan again"),
    "kiosk.document.none": Text(
        "玻璃上没有证件。请放好后再试。", "There is no document on the glass. Lay it down and try again."
    ),
    "kiosk.document.shown": Text("扫描到的证件：请检查是否清晰。", "Your scanned document: is it sharp?"),
    "kiosk.asks": Text("读取哪些内容", "What is read from it"),
    "kiosk.consent": Text("同意登记", "Your consent"),
    "kiosk.face": Text("确认是您本人", "That it is you"),
    "kiosk.face.person": Text("请工作人员核对", "Ask a person"),
    "kiosk.face.camera": Text("用镜头核对", "Use the camera"),
    "kiosk.face.look": Text("请看镜头，然后按“拍照”。", "Look into the camera, then press Take the picture."),
    "kiosk.face.take": Text("拍照", "Take the picture"),
    "kiosk.face.none": Text(
        "镜头前没有看到人。请站近一些，或请工作人员核对。", "Nobody was seen. Step closer, or ask a person instead."
    ),
    "kiosk.face.shown": Text("拍到的照片", "Your picture"),
    "kiosk.face.turn": Text("继续：转头", "Next: turn your head"),
    "kiosk.turns": Text("请跟着箭头转头", "Turn your head with the arrows"),
    "kiosk.turns.hint": Text(
        "约十秒，镜头正在拍摄，以确认是您本人而不是照片。",
        "The camera films for about ten seconds, to see that it is you and not a picture.",
    ),
    "kiosk.wait": Text("正在核对…", "Checking…"),
    "kiosk.wait.hint": Text("通常不到半分钟。", "This usually takes less than half a minute."),
    "kiosk.kept": Text("已安全保存，等待发送", "Kept safe, not sent yet"),
    "kiosk.kept.hint": Text(
        "网络恢复后会自动发送，您不必等待。之后请在手机上打开房东发来的链接领取钥匙。",
        "It is sent by itself once the network is back; you need not wait. Then open your landlord’s link on your "
        "phone to get the key.",
    ),
    "kiosk.registered": Text("登记完成", "You are registered"),
    "kiosk.person": Text("正在由工作人员核对", "A person is checking it"),
    "kiosk.person.hint": Text(
        "您的资料已收到，不必再次登记。请在手机上打开链接：核对完成后，钥匙会出现在那里。",
        "We have everything; do not register again. Open the link on your phone: the key appears there as soon as it "
        "is checked.",
    ),
    "kiosk.refused": Text("未能登记", "Not registered"),
    "kiosk.refused.hint": Text(
        "这次没有签发钥匙。您可以重新开始，或致电房东。",
        "No key was issued. You can start again, or call the landlord.",
    ),
    "kiosk.passcode": Text("门锁密码，请记下", "Code for the door: write it down"),
    "kiosk.phone": Text("把钥匙放进手机", "Put the key on your phone"),
    "kiosk.phone.scan": Text("用手机扫描此二维码。", "Scan this code with your phone."),
    "kiosk.phone.link": Text(
        "在手机上打开房东发来的链接，钥匙就在那里。", "Open your landlord’s link on your phone: the key is there."
    ),
    "kiosk.done": Text("完成，清除屏幕", "Done, clear the screen"),
    "kiosk.failed": Text("没有成功，请再试一次。", "That did not work. Please try again."),
    "kiosk.full": Text(
        "这台自助机暂时不能接收登记。请用手机打开房东的链接。",
        "This kiosk cannot take more registrations now. Please open your landlord’s link on your phone.",
    ),
    "kiosk.still": Text("您还在吗？", "Are you still there?"),
    "kiosk.still.hint": Text("{n} 秒后清除屏幕。", "The screen is cleared in {n} s."),
    "kiosk.still.yes": Text("我还在", "I am still here"),
    "kiosk.scripts": Text("自助机的浏览器需要启用脚本。", "The kiosk’s browser needs scripts."),
}
