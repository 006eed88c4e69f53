"""What the command line says, Chinese and English side by side: results, and for each problem what to do about it."""

from typing import Final

from api.cli.texts.table_texts import WORDS
from api.web.text.pair import Language, Text

TEXTS: Final[dict[str, Text]] = {
    **WORDS,
    # results
    "nothing": Text("没有。", "There is none."),
    "serving": Text("Lodgekey 地址：{url}", "Lodgekey is at {url}"),
    "migrated": Text("数据库已是最新。", "The database is up to date."),
    "broker_written": Text(
        "启动：mosquitto -c {config}\n"
        "然后设置 LODGEKEY_BROKER_HOST、LODGEKEY_BROKER_PORT 和 LODGEKEY_BROKER_FOLDER={folder}。",
        "Start it with: mosquitto -c {config}\n"
        "Then set LODGEKEY_BROKER_HOST and LODGEKEY_BROKER_PORT, and LODGEKEY_BROKER_FOLDER={folder}.",
    ),
    "account_added": Text("{login} 可以登录了，首个密码（只显示这一次）：{password}",
                          "{login} can sign in. Their first password, shown this once: {password}"),
    "account_ended": Text("{login} 不能再登录。", "{login} signs in no more."),
    "password_renewed": Text("{login} 的新密码（只显示这一次）：{password}",
                             "The new password of {login}, shown this once: {password}"),
    "unit_added": Text("{landlord} 可以出租 {code} 了。", "{landlord} can let {code} now."),
    "device_added": Text("{device} 已启用，启动文件夹：{folder}。", "{device} is in service; it starts from {folder}."),
    "maker_added": Text("{device} 已启用（驱动 {driver}）。", "{device} is in service, with the driver {driver}."),
    "device_revoked": Text("{device} 已停用。", "{device} is out of service."),
    "claimed": Text("{device} 的申领凭证：{claim}，有效至 {expires}（UTC）。",
                    "The claim of {device} is {claim}, good until {expires} (UTC)."),
    "making_locks": Text("正在创建门锁", "Making locks"),
    "fleet_running": Text("已添加 {locks} 把门锁（{first} 至 {last}），楼宇已在运行它们。",
                          "{locks} locks were added, {first} to {last}; the building runs them."),
    "fleet_waiting": Text("已添加 {locks} 把门锁（{first} 至 {last}），下次启动楼宇时运行。",
                          "{locks} locks were added, {first} to {last}; they run when the building starts."),
    "reading_log": Text("正在读取披露日志", "Reading the disclosure log"),
    "head_written": Text("日志头已写入 {out}。请保存在无法更改日志的人手中。",
                         "The head is in {out}. Keep it where nobody who can change the log can change it."),
    "log_unchanged": Text("自 {heads} 个较早的日志头以来，日志没有被更改。",
                          "The log still says, unchanged, what it said at {heads} earlier head(s)."),
    "fault.foreign": Text("日志头由另一把密钥签名。", "A head was signed by another key than this log's."),
    "fault.truncated": Text("日志的条目比以前少。", "The log holds fewer entries than it did."),
    "fault.altered": Text("较早的条目被更改、删除或移动。", "An earlier entry was altered, removed or moved."),
    "fault.backwards": Text("日志头的先后顺序不对。", "A longer head is older than a shorter one."),
}  # fmt: skip

PROBLEMS: Final[dict[str, tuple[Text, Text]]] = {
    "usage": (
        Text("命令写得不对（{detail}）。", "{detail}"),
        Text("查看：{command} --help", "See: {command} --help"),
    ),
    "missing_value": (
        Text("命令缺少内容（{detail}）。", "{detail}."),
        Text("查看：{command} --help", "See: {command} --help"),
    ),
    "no_such_option": (
        Text("没有这个选项（{detail}）。", "{detail}."),
        Text("查看：{command} --help", "See: {command} --help"),
    ),
    "bad_value": (
        Text("内容不对（{detail}）。", "{detail}"),
        Text("查看：{command} --help", "See: {command} --help"),
    ),
    "refused": (
        Text("被拒绝。", "This was refused."),
        Text(
            "请先处理，再运行一次。另见：lodgekey doctor",
            "Put that right, then run it again. See also: lodgekey doctor",
        ),
    ),
    "setting_refused": (
        Text("设置不对：{detail}", "{detail}"),
        Text("请更正该环境变量，或去掉它以使用默认值。", "Set that variable right, or leave it out for its default."),
    ),
    "no_gateway": (
        Text("{folder} 中没有网关。", "There is no gateway in {folder}."),
        Text(
            "用 --folder 或 LODGEKEY_FOLDER 指明文件夹；lodgekey serve 会新建一个。",
            "Name its folder with --folder or LODGEKEY_FOLDER; `lodgekey serve` makes a new one.",
        ),
    ),
    "no_building": (
        Text("{folder} 中没有正在运行的楼宇。", "There is no building in {folder}."),
        Text(
            "先运行 lodgekey demo，或 lodgekey simulate building。",
            "Start one with `lodgekey demo`, or with `lodgekey simulate building`.",
        ),
    ),
    "no_devices": (
        Text("{folder} 中没有设备。", "There is no device in {folder}."),
        Text(
            "先运行 lodgekey demo，或用 lodgekey device add 添加。",
            "Make some with `lodgekey demo`, or with `lodgekey device add`; or name their folder with --dir.",
        ),
    ),
    "building_away": (
        Text("楼宇没有响应（{detail}）。", "The building does not answer ({detail})."),
        Text("请重新启动：lodgekey simulate building", "Start it again with: lodgekey simulate building"),
    ),
    "building_refused": (
        Text("楼宇拒绝了：{detail}", "The building refused: {detail}"),
        Text("查看：{command} --help", "See: {command} --help"),
    ),
    "no_scenario": (
        Text("{file} 不是可读的场景文件（{detail}）。", "{file} is no scenario that can be read ({detail})."),
        Text("在测试控制台录制后存为 YAML。", "Record one in the tester's console and save it as YAML."),
    ),
    "not_a_change": (
        Text("{text} 不是 名称=值。", "{text} is not NAME=VALUE."),
        Text("例如：offline=true", "For example: offline=true"),
    ),
    "not_a_fact": (
        Text("{text} 不是 路径=文字。", "{text} is not PATH=TEXT."),
        Text("例如：--fact registered_as=H-1234", "For example: --fact registered_as=H-1234"),
    ),
    "simulator_refused": (
        Text("模拟器拒绝了：{detail}", "The simulator refused: {detail}"),
        Text("查看：{command} --help", "See: {command} --help"),
    ),
    "no_such_key": (
        Text("没有这把钥匙。", "There is no such key."),
        Text("查看所有钥匙：lodgekey key list", "See: lodgekey key list"),
    ),
    "no_such_unit": (
        Text("没有编码为 {unit} 的房源。", "There is no unit with the code {unit}."),
        Text("查看：lodgekey unit list", "See: lodgekey unit list"),
    ),
    "no_such_driver": (
        Text("没有驱动 {driver}。", "There is no driver {driver}."),
        Text("可用的驱动：{drivers}。", "There are: {drivers}."),
    ),
    "foreign_site": (
        Text("您自己的代理上的门锁都属于 {site}。", "Locks on the broker of your own are all of the site {site}."),
        Text("请使用 --site {site}。", "Give --site {site}."),
    ),
    "out_missing": (
        Text("我们自己的设备需要启动文件夹。", "A device of ours needs the folder it starts from."),
        Text("请用 --out 指明。", "Name it with --out."),
    ),
    "not_json": (
        Text("{name} 不是可用的 JSON 文件。", "{name} is not a JSON file this can use."),
        Text("查看：{command} --help", "See: {command} --help"),
    ),
    "head_unusable": (
        Text("无法核对日志：{detail}", "The log cannot be verified: {detail}."),
        Text(
            "请给出由 lodgekey audit head 写下的文件，以及存有该日志的文件夹或地址。",
            "Give a file that `lodgekey audit head` wrote, and the folder or address of the gateway that has the log.",
        ),
    ),
    "bad_phase": (
        Text("轮换现在不能这样做：{detail}", "The rotation does not allow this now: {detail}"),
        Text("查看进度：lodgekey certs status", "See how far it is: lodgekey certs status"),
    ),
    "key_unusable": (
        Text("密钥或证书不能使用：{detail}", "A key or certificate cannot be used: {detail}."),
        Text(
            "请从备份恢复该文件。查看：lodgekey doctor",
            "Bring that file back from the backup. See also: lodgekey doctor",
        ),
    ),
    "broker_missing": (
        Text("没有找到 MQTT 代理 mosquitto。", "{detail}."),
        Text(
            "在 Debian 上：apt install mosquitto；或用 LODGEKEY_MOSQUITTO 指明位置。",
            "On Debian: apt install mosquitto. Or name it with LODGEKEY_MOSQUITTO.",
        ),
    ),
    "port_forbidden": (
        Text("此用户不能使用端口 {port}。", "This user may not listen on port {port}."),
        Text("请选择 1024 以上的端口（--port）。", "Choose a port above 1023 with --port, behind a proxy."),
    ),
    "address_unknown": (
        Text("此机器没有地址 {host}。", "This machine does not have the address {host}."),
        Text("用 --host 指定本机地址，例如 127.0.0.1。", "Give one of its own with --host, e.g. 127.0.0.1."),
    ),
    "broker_failed": (
        Text("MQTT 代理没有启动：{detail}", "The broker did not start: {detail}"),
        Text("查看原因：lodgekey doctor", "See what is wrong with: lodgekey doctor"),
    ),
    "broker_port_in_use": (
        Text("MQTT 代理的端口已被占用：{detail}", "The broker's port is in use: {detail}"),
        Text(
            "停止占用它的程序（ss -ltnp 可查），或设置 LODGEKEY_BROKER_PORT。",
            "Stop what uses it (`ss -ltnp` tells), or set LODGEKEY_BROKER_PORT to another one.",
        ),
    ),
    "port_in_use": (
        Text("端口 {port} 已被占用。", "Port {port} is in use."),
        Text(
            "停止占用它的程序（ss -ltnp 可查），或用 --port 换一个；--port 0 会自动选一个。",
            "Stop what uses it (`ss -ltnp` tells), or choose another with --port; --port 0 takes a free one.",
        ),
    ),
    "no_permission": (
        Text("没有权限（{detail}）：{name}", "This user may not write there ({detail}): {name}"),
        Text(
            "请以拥有该文件夹的用户运行，或把文件夹交给此用户（chown）。",
            "Run it as the user who owns the gateway's folder, or give the folder to this user (chown).",
        ),
    ),
    "not_there": (
        Text("没有这个文件或文件夹：{name}", "There is no such file or folder: {name}"),
        Text("请检查路径。", "Check the path."),
    ),
    "system": (
        Text("系统拒绝了（{detail}）：{name}", "The system refused ({detail}): {name}"),
        Text("查看原因：lodgekey doctor", "See what is wrong with: lodgekey doctor"),
    ),
    "database_locked": (
        Text("数据库正被其他程序锁定。", "The database is locked by another program."),
        Text(
            "等它写完后再试；如果一直如此，请停止打开它的程序（lsof 可查）。",
            "Try again when it is done. If it stays so, end what holds the file open (`lsof` tells).",
        ),
    ),
    "database_newer": (
        Text("数据库来自更新的版本。", "The database is newer than this program."),
        Text(
            "请安装写入该数据库的版本；旧版本不会降级数据库。",
            "Install the release that wrote it; an older program does not take a database back.",
        ),
    ),
    "database_older": (
        Text("数据库来自较旧的版本，或还是空的。", "The database is of an older release, or empty."),
        Text("运行：lodgekey db migrate", "Run: lodgekey db migrate"),
    ),
    "database_broken": (
        Text("数据库文件已损坏，或不是数据库。", "The file is no database, or a damaged one."),
        Text("请恢复备份。查看：lodgekey doctor", "Bring back the backup. See also: lodgekey doctor"),
    ),
    "database_away": (
        Text("数据库没有响应（{detail}）。", "The database refused ({detail})."),
        Text("查看原因：lodgekey doctor", "See what is wrong with: lodgekey doctor"),
    ),
    "gateway_away": (
        Text("网关没有响应（{detail}）。", "The gateway does not answer ({detail})."),
        Text("请启动它（lodgekey serve），并检查地址。", "Start it with `lodgekey serve`, and check the address."),
    ),
    "gateway_failed": (
        Text("网关没有启动。", "The gateway did not start."),
        Text("上面写明了原因。查看：lodgekey doctor", "The lines above say why. See also: lodgekey doctor"),
    ),
    "demo_failed": (
        Text("演示失败：{detail}", "The demonstration failed: {detail}"),
        Text("各部分的记录在 .data/last-failure。", "What its parts wrote is in .data/last-failure."),
    ),
    "interrupted": (
        Text("已中断。", "This was interrupted."),
        Text("再运行一次即可。", "Run it again."),
    ),
}  # fmt: skip


def say(language: Language, name: str, /, **facts: object) -> str:
    """A result's sentence, or what happened in a problem."""
    return _in(language, TEXTS[name] if name in TEXTS else PROBLEMS[name][0], facts)


def what_to_do(language: Language, code: str, /, **facts: object) -> str:
    """What a person can do about a problem."""
    return _in(language, PROBLEMS[code][1], facts)


def _in(language: Language, text: Text, facts: dict[str, object]) -> str:
    return text.spoken_in(language).format(**facts)
