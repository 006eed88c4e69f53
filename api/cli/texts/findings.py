"""What `lodgekey doctor` found, in words: what is so, and what to do where it is not good."""

from typing import Final

from api.web.text.pair import Language, Text
from gateway.operations.health import Code, Finding

CHECKS: Final[dict[str, Text]] = {
    "settings": Text("设置", "settings"),
    "folder": Text("文件夹", "folder"),
    "database": Text("数据库", "database"),
    "broker": Text("MQTT 代理", "broker"),
    "clock": Text("时钟", "clock"),
    "certificates": Text("证书", "certificates"),
    "deliveries": Text("待送达", "deliveries"),
    "faces": Text("人脸", "faces"),
}
SEVERITIES: Final[dict[str, Text]] = {
    "good": Text("正常", "ok  "),
    "care": Text("留意", "soon"),
    "bad": Text("故障", "bad "),
}
FINDINGS: Final[dict[Code, Text]] = {
    "setting_refused": Text("{name}：{detail}", "{name}: {detail}"),
    "not_looked_at": Text(
        "无法检查（{detail}）。请先处理这一项。", "This could not be looked at: {detail}. See to it first."
    ),
    "folder": Text("{folder} 可以写入，剩余 {free} GB。", "{folder} can be written, and {free} GB are free."),
    "folder_missing": Text(
        "还没有 {folder}。首次运行 lodgekey serve 时会创建。",
        "{folder} is not there yet. `lodgekey serve` makes it at its first start.",
    ),
    "folder_unwritable": Text(
        "无法写入 {folder}（{detail}）。请把它交给此用户（chown）。",
        "{folder} cannot be written ({detail}). Give it to this user.",
    ),
    "folder_full": Text(
        "{folder} 只剩 {free} MB。请腾出空间，否则将拒绝入住登记。",
        "Only {free} MB are free at {folder}. Make room: check-ins will be refused.",
    ),
    "secret_open": Text(
        "其他用户可以读取 {path}。请运行：chmod 600 {path}", "Others can read {path}. Close it with: chmod 600 {path}"
    ),
    "database": Text("数据库版本 {revision}，已是最新。", "The database is at revision {revision}, the newest."),
    "database_missing": Text(
        "还没有数据库。请运行：lodgekey db migrate", "There is no database yet. `lodgekey db migrate` makes it."
    ),
    "database_older": Text(
        "数据库版本是 {revision}，不是 {newest}。请运行：lodgekey db migrate",
        "The database is at revision {revision}, not {newest}. Run: lodgekey db migrate",
    ),
    "mosquitto": Text("mosquitto 位于 {path}。", "mosquitto is at {path}."),
    "mosquitto_missing": Text(
        "在 {path} 没有找到 mosquitto。在 Debian 上：apt install mosquitto",
        "mosquitto was not found at {path}. On Debian: apt install mosquitto",
    ),
    "broker": Text("{place} 的代理有响应。", "The broker at {place} answers."),
    "broker_silent": Text(
        "{place} 的代理没有响应（{detail}）。它在运行吗？",
        "The broker at {place} does not answer ({detail}). Is it running?",
    ),
    "broker_unproven": Text(
        "与 {place} 的代理互不信任（{detail}）。请检查 LODGEKEY_BROKER_CA_FILE 和证书。",
        "The broker at {place} and we do not believe each other: {detail}. See to LODGEKEY_BROKER_CA_FILE and the "
        "certificates.",
    ),
    "clock": Text("时钟没有落后于已有记录。", "The clock is not behind what was recorded."),
    "clock_unkept": Text(
        "没有程序校准本机时钟。请启用 NTP 服务，例如 systemd-timesyncd。",
        "Nothing keeps this machine's clock. Start an NTP service, e.g. systemd-timesyncd.",
    ),
    "clock_behind": Text(
        "时钟比已有记录慢 {minutes} 分钟。请校准。",
        "The clock is {minutes} minutes behind what was already recorded. Set it right.",
    ),
    "certificates": Text("{days} 天内没有证书到期。", "No certificate expires within {days} days."),
    "own_expiring": Text(
        "{name} 的证书 {days} 天后到期：重启网关即可续期。",
        "The certificate of {name} expires in {days} days: restart the gateway to renew it.",
    ),
    "own_expired": Text(
        "{name} 的证书已过期：重启网关即可续期。",
        "The certificate of {name} has expired: restart the gateway to renew it.",
    ),
    "device_expiring": Text(
        "设备 {name} 的证书 {days} 天后到期：让它重新连接，或重新登记。",
        "The certificate of device {name} expires in {days} days: let it reconnect, or enrol it anew.",
    ),
    "device_expired": Text(
        "设备 {name} 的证书已过期：让它重新连接，或重新登记。",
        "The certificate of device {name} has expired: let it reconnect, or enrol it anew.",
    ),
    "deliveries": Text("没有逾期未送达的内容。", "Nothing is owed past its time."),
    "deliveries_stuck": Text(
        "{n} 项送达已超时一小时以上。lodgekey serve 在运行吗？",
        "{n} deliveries are more than an hour past their time. Is `lodgekey serve` running?",
    ),
    "registrations_late": Text(
        "{n} 份登记已过法定期限。请打开申报页处理。",
        "{n} registrations are past their legal deadline. Open the filings page and see to them.",
    ),
    "faces": Text("存有 {n} 人的人脸，未超出允许范围。", "{n} people's faces are stored, within what may be."),
    "faces_near": Text(
        "按 {jurisdiction} 的规定存有 {n} 人的人脸（上限 {limit}）。请及时向主管部门备案，"
        "并把备案号写入 LODGEKEY_FACE_FILINGS。",
        "{n} of {limit} people's faces are stored under the rules of {jurisdiction}. File with the authority in time, "
        "and put the filing's number into LODGEKEY_FACE_FILINGS.",
    ),
    "faces_full": Text(
        "按 {jurisdiction} 的规定存有 {n} 人的人脸（上限 {limit}），不再存储。请向主管部门备案，"
        "并把备案号写入 LODGEKEY_FACE_FILINGS。",
        "{n} of {limit} people's faces are stored under the rules of {jurisdiction}. No more is stored: file with the "
        "authority, and put the filing's number into LODGEKEY_FACE_FILINGS.",
    ),
}


def sentence(finding: Finding, language: Language) -> str:
    """What was found, and what to do about it."""
    return FINDINGS[finding.code].spoken_in(language).format(**finding.facts)
