"""What to do next, for each code of a refused picture, an uncertain reading or a case for a person."""

SENTENCES: dict[str, dict[str, str]] = {
    # pictures that cannot be used
    "too_large": {
        "en": "The picture is larger than 8 MB. Send a smaller one or take it again with the camera.",
        "zh": "图片超过 8 MB。请换一张较小的图片，或重新拍摄。",
    },
    "empty": {"en": "The picture is empty. Take it again.", "zh": "图片是空的，请重新拍摄。"},
    "not_an_image": {
        "en": "This is not a JPEG or PNG picture. Take a photo, or choose a JPEG or PNG file.",
        "zh": "这不是 JPEG 或 PNG 图片。请拍照，或选择 JPEG、PNG 文件。",
    },
    "disguised": {
        "en": "The file holds something besides a picture. Take a new photo and send that.",
        "zh": "文件中除图片外还有其他内容。请重新拍照后发送。",
    },
    "truncated": {
        "en": "The picture did not arrive whole. Send it again.",
        "zh": "图片没有完整收到，请重新发送。",
    },
    "too_many_pixels": {
        "en": "The picture has more than 16 million pixels. Choose a lower resolution and take it again.",
        "zh": "图片超过 1600 万像素。请降低分辨率后重新拍摄。",
    },
    "too_few_pixels": {
        "en": "The picture is too small to read. Move closer and take it again.",
        "zh": "图片太小，无法识别。请靠近一些重新拍摄。",
    },
    "animated": {
        "en": "The picture moves. Send a single still photo.",
        "zh": "这是动态图片。请发送一张静态照片。",
    },
    "no_face": {
        "en": "No face was found. Face the camera in even light, without a mask or sunglasses, and take it again.",
        "zh": "没有找到人脸。请在光线均匀处正对镜头，摘下口罩或墨镜后重拍。",
    },
    "two_faces": {
        "en": "More than one face is in the picture. Take it again with only you in view.",
        "zh": "画面中不止一张人脸。请确保只有您本人后重拍。",
    },
    "face_too_small": {
        "en": "The face is too small. Move closer to the camera and take it again.",
        "zh": "人脸太小。请靠近镜头后重拍。",
    },
    "too_many_frames": {
        "en": "The clip is too long. Record it again, at most ten seconds.",
        "zh": "视频太长。请重新录制，不超过十秒。",
    },
    "too_few_frames": {
        "en": "The clip is too short. Record it again and follow the turns to the end.",
        "zh": "视频太短。请重新录制，并完成全部转头动作。",
    },
    "identity_busy": {
        "en": "Many people are registering just now. Wait a few seconds and send it again, or ask for a person.",
        "zh": "当前登记的人较多。请稍候几秒再发送，或选择人工核验。",
    },
    "worker_timeout": {
        "en": "Reading the picture took too long. Send it again, or ask for a person.",
        "zh": "识别图片超时。请重新发送，或选择人工核验。",
    },
    "worker_crashed": {
        "en": "The picture could not be read. Take it again, or ask for a person.",
        "zh": "图片无法识别。请重新拍摄，或选择人工核验。",
    },
    # readings that are not certain
    "no_document": {
        "en": "No document was found. Lay it flat, fill the frame with it and take the picture again.",
        "zh": "没有找到证件。请将证件放平、充满画面后重拍。",
    },
    "document_cropped": {
        "en": "Part of the document is outside the picture. Show all four corners and take it again.",
        "zh": "证件没有拍全。请露出四个角后重拍。",
    },
    "document_unclear": {
        "en": "Some fields could not be read for certain. Hold still, avoid glare, and take it again or correct them.",
        "zh": "部分内容无法确认。请拿稳、避开反光后重拍，或自行更正。",
    },
    "check_digit_wrong": {
        "en": "A check digit of the document does not fit. Take the picture again without glare or blur.",
        "zh": "证件校验位不符。请避开反光和模糊后重拍。",
    },
    "zones_disagree": {
        "en": "The printed lines and the machine-readable lines differ. Take it again; otherwise a person will look.",
        "zh": "印刷区与机读区内容不一致。请重拍，否则将由人工核验。",
    },
    "name_unconfirmed": {
        "en": "Please check the name: the document has no check digit for it.",
        "zh": "请核对姓名：证件对姓名没有校验位。",
    },
    "number_disagrees": {
        "en": "Birth date or sex differs from the ID number. Take it again; otherwise a person will look.",
        "zh": "出生日期或性别与公民身份号码不一致。请重拍，否则将由人工核验。",
    },
    "no_portrait": {
        "en": "The portrait on the document could not be found. Avoid glare on it and take it again.",
        "zh": "没有找到证件上的照片。请避免照片反光后重拍。",
    },
    "portrait_too_small": {
        "en": "The portrait on the document is too small in the picture. Move closer and take it again.",
        "zh": "证件照片在画面中太小。请靠近后重拍。",
    },
    # chips
    "chip_unreadable": {
        "en": "The chip could not be read. Lay the document on the reader again, or photograph it instead.",
        "zh": "无法读取芯片。请重新放置证件，或改为拍照。",
    },
    "chip_issuer_unknown": {
        "en": "The issuer of this chip is not known here. Photograph the document instead.",
        "zh": "无法确认芯片的签发机关。请改为拍摄证件。",
    },
    "chip_signature_wrong": {
        "en": "The chip's signature does not fit. Photograph the document instead, or ask for a person.",
        "zh": "芯片签名不符。请改为拍摄证件，或选择人工核验。",
    },
    "chip_altered": {
        "en": "The chip's contents were altered. Photograph the document instead, or ask for a person.",
        "zh": "芯片内容已被更改。请改为拍摄证件，或选择人工核验。",
    },
    # reasons that send a case to a person, or refuse it
    "document_expired": {
        "en": "The document has expired. Show one that is still valid.",
        "zh": "证件已过有效期。请出示有效证件。",
    },
    "document_not_yet_valid": {
        "en": "The document is dated in the future. Show one that is already valid.",
        "zh": "证件尚未生效。请出示已生效的证件。",
    },
    "document_kind_not_accepted": {
        "en": "This kind of document is not accepted here. Show one from the list, or ask for a person.",
        "zh": "此处不接受这种证件。请出示列表中的证件，或选择人工核验。",
    },
    "typed_without_camera": {
        "en": "You typed your details. A person will look at them now; please wait.",
        "zh": "您已手动填写信息。工作人员将进行核验，请稍候。",
    },
    "checked_field_corrected": {
        "en": "You corrected a field the document confirms. A person will look at it; please wait.",
        "zh": "您更正了证件已确认的内容。工作人员将进行核验，请稍候。",
    },
    "document_without_face": {
        "en": "A person will confirm that the document is yours; please wait.",
        "zh": "工作人员将确认证件属于您本人，请稍候。",
    },
    "face_without_liveness": {
        "en": "The photo fits, but not that it was taken just now. A person will look at it; please wait.",
        "zh": "照片相符，但无法确认是现场拍摄。工作人员将进行核验，请稍候。",
    },
    "face_unsure": {
        "en": "The face could not be compared for certain. A person will look at it; please wait.",
        "zh": "人脸比对结果不确定。工作人员将进行核验，请稍候。",
    },
    "face_differs": {
        "en": "The face does not fit the document. A person will look at it; please wait.",
        "zh": "人脸与证件不符。工作人员将进行核验，请稍候。",
    },
    "face_problem": {
        "en": "The face could not be compared. Take the photo again, or a person will look at it.",
        "zh": "无法比对人脸。请重新拍照，或由工作人员核验。",
    },
    "liveness_failed": {
        "en": "The clip did not show the turns asked for. Try again, or a person will look.",
        "zh": "视频未显示要求的转头动作。请重试，或由工作人员核验。",
    },
    "level_person": {
        "en": "Your landlord has a person look at every tenant. Please wait.",
        "zh": "房东要求由工作人员核验每位租客，请稍候。",
    },
    "level_kiosk": {
        "en": "Your landlord asks for the camera at the door. A person will look; please wait, or register there.",
        "zh": "房东要求使用门口自助机的摄像头。工作人员将进行核验，请稍候，或到门口登记。",
    },
    "liveness_tries_used": {
        "en": "Three tries are used up. A person will look at it; please wait.",
        "zh": "三次机会已用完。工作人员将进行核验，请稍候。",
    },
    "liveness_other_challenge": {
        "en": "This clip belongs to an earlier request. Start again and follow the turns shown now.",
        "zh": "该视频属于之前的请求。请重新开始，并按当前提示转头。",
    },
    "liveness_too_late": {
        "en": "The clip came too late. Start again and send it within a minute.",
        "zh": "视频提交太晚。请重新开始，并在一分钟内提交。",
    },
    "liveness_other_order": {
        "en": "The head did not turn in the order asked. Try again slowly, one turn after another, back to the middle.",
        "zh": "转头顺序与要求不符。请慢慢重试，每次转头后回到正面。",
    },
    "liveness_flat": {
        "en": "The picture looks flat. Hold the phone still and turn your head, not the phone.",
        "zh": "画面像平面照片。请拿稳手机，转动头部而不是手机。",
    },
    "liveness_face_lost": {
        "en": "The face was lost during the clip. Stay in view in even light and try again.",
        "zh": "视频中人脸丢失。请在光线均匀处保持人脸在画面内后重试。",
    },
    "liveness_face_changed": {
        "en": "The clip does not show one and the same face. Try again alone in view.",
        "zh": "视频中的人脸不一致。请独自重试。",
    },
    "liveness_not_available": {
        "en": "Turning the head cannot be judged here. A person will look at it; please wait.",
        "zh": "此处无法判断转头动作。工作人员将进行核验，请稍候。",
    },
    "guardian_needed": {
        "en": "A minor registers with a guardian. Try again with your guardian beside you, who agrees for you.",
        "zh": "未成年人须由监护人一同登记。请与监护人一起再试一次，由监护人代为同意。",
    },
    "minor_with_guardian": {
        "en": "A person will confirm the guardian; please wait.",
        "zh": "工作人员将确认监护人身份，请稍候。",
    },
    # typed fields that are refused before anything is stored
    "field_missing": {"en": "Fill in this field.", "zh": "请填写此项。"},
    "field_not_asked": {"en": "This field is not asked for here. Leave it out.", "zh": "此处不需要填写此项，请删除。"},
    "field_too_long": {
        "en": "This is too long. Shorten it to what the document shows.",
        "zh": "内容过长，请按证件填写。",
    },
    "field_characters": {
        "en": "This holds characters no document shows. Type it as on the document.",
        "zh": "含有证件上不会出现的字符，请按证件填写。",
    },
    "id_number_check_digit": {
        "en": "The last character of the ID number does not fit the others. Check it against the card.",
        "zh": "身份证号码末位校验不符，请对照证件检查。",
    },
    "id_number_length": {
        "en": "A resident ID number has 18 characters. Check it against the card.",
        "zh": "公民身份号码应为 18 位，请对照证件检查。",
    },
    "id_number_birth_date": {
        "en": "The birth date inside the ID number is not a date. Check it against the card.",
        "zh": "身份证号码中的出生日期无效，请对照证件检查。",
    },
    "id_number_sex": {
        "en": "The ID number does not fit the sex given. Check both against the card.",
        "zh": "身份证号码与性别不符，请对照证件检查。",
    },
    "birth_date_disagrees": {
        "en": "The birth date does not fit the ID number. Check both against the card.",
        "zh": "出生日期与身份证号码不符，请对照证件检查。",
    },
    "birth_date_invalid": {
        "en": "This is not a birth date. Write it as year-month-day, for example 1990-05-17.",
        "zh": "出生日期无效。请按年-月-日填写，例如 1990-05-17。",
    },
    "sex_invalid": {"en": "Choose M, F or X.", "zh": "请选择 M、F 或 X。"},
    "nationality_invalid": {
        "en": "Use the three-letter country code of the document, for example CHN or ITA.",
        "zh": "请使用证件上的三字母国家代码，例如 CHN、ITA。",
    },
}


def sentence(code: str, language: str) -> str:
    """The sentence in `zh` or `en`; any other language gets English. Raises KeyError for an unknown code."""
    entry = SENTENCES[code]
    return entry["zh"] if language.lower().startswith("zh") else entry["en"]
