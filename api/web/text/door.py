"""The tenant at the door."""

from api.web.text.pair import Text

TEXTS: dict[str, Text] = {
    "door.title": Text("入住登记", "Register and get your key"),
    "door.greeting": Text("{landlord} 邀请您入住", "{landlord} offers you a key to"),
    "door.until": Text("退房", "Until"),
    "door.asks": Text("需要您提供", "What is asked"),
    "door.asks.name": Text("姓名", "name"),
    "door.asks.surname": Text("姓", "surname"),
    "door.asks.given_names": Text("名", "given names"),
    "door.asks.id_number": Text("证件号码", "document number"),
    "door.asks.birth_date": Text("出生日期", "date of birth"),
    "door.asks.nationality": Text("国籍", "nationality"),
    "door.asks.sex": Text("性别", "sex"),
    "door.asks.address": Text("住址", "home address"),
    "door.asks.ethnicity": Text("民族", "ethnicity"),
    "door.asks.expiry_date": Text("证件有效期", "document’s validity"),
    "door.asks.issuing_state": Text("签发国", "issuing state"),
    "door.asks.document_kind": Text("证件类型", "kind of document"),
    "door.one_of": Text("填写其中一项即可", "one of these is enough"),
    "fact.residence.street": Text("住址：街道门牌", "Home: street and number"),
    "fact.residence.postal_code": Text("住址：邮政编码", "Home: postal code"),
    "fact.residence.municipality": Text("住址：城市", "Home: town"),
    "fact.residence.municipality_code": Text("住址：市镇代码（西班牙居民）", "Home: municipality code (Spain only)"),
    "fact.residence.country": Text("住址：国家", "Home: country"),
    "fact.phone": Text("电话", "Telephone"),
    "fact.email": Text("电子邮箱", "E-mail"),
    "fact.relation": Text("与未成年人的关系（仅未成年人）", "Relation to the minor (minors only)"),
    "fact.second_surname": Text("第二姓氏（西班牙证件）", "Second surname (Spanish documents)"),
    "fact.document.support": Text("证件支持号（西班牙证件）", "Support number (Spanish documents)"),
    "fact.birth_country": Text("出生国", "Country of birth"),
    "fact.birth_place_code": Text("出生地代码（意大利公民）", "Place of birth code (Italians only)"),
    "fact.document.issuing_place_code": Text("签发地代码（意大利证件）", "Place of issue code (Italian documents)"),
    "fact.visa.kind": Text("签证种类", "Kind of visa"),
    "door.seen_by": Text("谁会看到", "Who will see it"),
    "door.seen_by.registry": Text(
        "登记机关：姓名、证件、住址和日期", "The registry: name, document, address and dates"
    ),
    "door.seen_by.officer": Text(
        "本辖区审核人员：须写明理由才能打开，且留有记录",
        "Officers of this area: only with a stated reason, and it is logged",
    ),
    "door.seen_by.landlord": Text(
        "房东：是否已登记；需要人工核对时，您填写的资料",
        "The landlord: that you registered; your details only if a person has to check them",
    ),
    "door.seen_by.nobody": Text("开门记录不会上报给任何人", "Nobody is told when you open the door"),
    "door.step.document": Text("证件", "Your document"),
    "door.document.photo": Text("拍摄证件", "Photograph the document"),
    "door.document.hint": Text(
        "护照资料页或身份证人像面，四角入镜，避免反光。",
        "Passport data page or ID card front. All four corners in view, no glare.",
    ),
    "door.document.typed": Text("改为填写姓名和号码", "Type name and number instead"),
    "door.document.typed_hint": Text(
        "没有证件照片时，由工作人员核对，可能需要几分钟。",
        "Without a photo a person checks it, which can take some minutes.",
    ),
    "door.name": Text("姓名", "Full name"),
    "door.id_number": Text("证件号码", "Document number"),
    "door.step.face": Text("确认是您本人", "That it is you"),
    "door.face.photo": Text("用我的自拍核对", "Check with a photo of my face"),
    "door.face.photo_hint": Text("通常几秒钟完成。", "Usually takes seconds."),
    "door.face.person": Text("请工作人员核对", "Ask a person instead"),
    "door.face.person_hint": Text("不需要自拍，拿到的是同样的钥匙。", "No face photo needed. You get the same key."),
    "door.face.consent": Text("我同意用我的自拍核对", "I agree to the check of my face"),
    "door.face.take": Text("自拍", "Take a photo of my face"),
    "door.clip.hint": Text(
        "再用约十秒按提示转头，证明是您本人在场；不转头则由工作人员核对。",
        "Then turn your head as asked for ten seconds, to show that it is you. Without it a person looks.",
    ),
    "door.clip.start": Text("开始转头", "Start the turns"),
    "door.clip.middle": Text("请正视镜头", "Look at the camera"),
    "door.clip.left": Text("请向您的左侧转头", "Turn your head to your left"),
    "door.clip.right": Text("请向您的右侧转头", "Turn your head to your right"),
    "door.clip.done": Text("✓ 已录好", "✓ Recorded"),
    "door.clip.denied": Text(
        "没有录成。您可以重试，或直接发送，由工作人员核对。",
        "That did not work. Try again, or send it as it is and a person looks.",
    ),
    "door.step.consent": Text("同意登记", "Your consent"),
    "door.consent.registration": Text("我同意登记", "I agree to be registered"),
    "door.guardian": Text("住客未成年？", "Is the tenant a minor?"),
    "door.consent.guardian": Text(
        "我是其父母或监护人，现与其在一起，代其同意", "I am their parent or guardian, I am here and agree for them"
    ),
    "door.submit": Text("登记并领取钥匙", "Register and get the key"),
    "door.sending": Text("正在发送…", "Sending…"),
    "door.checking": Text("正在核对，请稍候…", "Checking, one moment…"),
    "door.missing.document": Text(
        "请拍摄证件，或填写姓名和号码。", "Photograph the document, or type name and number."
    ),
    "door.missing.details": Text(
        "还需要出生日期、国籍和性别。", "Date of birth, nationality and sex are still needed."
    ),
    "door.details_hint": Text(
        "使用居民身份证号码时无需填写以下各项。", "Not needed with a Chinese resident ID number, which says all this."
    ),
    "door.missing.face": Text("请选择自拍或请工作人员核对。", "Choose a photo of your face, or ask a person."),
    "door.missing.face_consent": Text("使用自拍需要您勾选同意。", "To use your face photo, please tick your consent."),
    "door.missing.consent": Text("没有您的同意，我们不能登记。", "Without your consent we cannot register you."),
    "door.no_holder": Text(
        "此浏览器未启用脚本，无法保存钥匙。您仍可登记，登记后使用门锁密码，或由房东为您开门。",
        "Scripts are off, so this browser cannot hold a key. You can still register, and then use the code for the "
        "keypad, or be let in by the landlord.",
    ),
    "review.title": Text("正在由工作人员核对", "A person is checking it"),
    "review.sentence": Text(
        "您的资料已收到，无需重新发送。核对完成后，本页会自动打开您的钥匙。",
        "We have everything, nothing needs to be sent again. This page opens your key as soon as it is done.",
    ),
    "review.wait": Text("着急？请致电房东。", "In a hurry? Call the landlord."),
    "review.why": Text("原因", "Why"),
    "refused.title": Text("未能登记", "Not registered"),
    "refused.sentence": Text(
        "这次没有签发钥匙。您可以用更清晰的照片再试，或致电房东。",
        "No key was issued. You can try again with a clearer photo, or call the landlord.",
    ),
    "refused.again": Text("再试一次", "Try again"),
    "asked_again.title": Text("请重新拍摄", "Please show it again"),
    "asked_again.sentence": Text(
        "核对的人没能确认，请您再拍一次。", "The person who looked could not be sure and asks you to show it once more."
    ),
    "asked_again.person": Text("留言：", "They wrote:"),
    "verified.title": Text("登记完成", "You are registered"),
    "verified.sentence": Text(
        "只差一步：把钥匙放进这台手机。之后只有这台手机和这个浏览器能开门。",
        "One step is left: put the key on this phone. From then on only this phone and browser open the door.",
    ),
    "verified.claim": Text("把钥匙放进这台手机", "Put the key on this phone"),
    "taken_back.title": Text("钥匙已被收回", "The key was taken back"),
    "taken_back.sentence": Text(
        "它不再能开门。如有疑问，请致电房东。", "It no longer opens the door. Call the landlord if this is wrong."
    ),
    "ended.title": Text("此次入住已结束", "This stay has ended"),
    "ended.sentence": Text(
        "钥匙不再有效。如有疑问，请致电房东。", "The key no longer works. Call the landlord if this is wrong."
    ),
}
