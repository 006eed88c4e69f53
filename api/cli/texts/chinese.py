"""The help of the command line in Chinese, by the English that the declarations of the commands give."""

from collections.abc import Mapping
from typing import Final

# Words of Typer's own, around every help: constants of typer.rich_utils, by their names there.
FRAME: Final[Mapping[str, str]] = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "DEFAULT_STRING": "[默认：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
}
USAGE: Final = "用法："
OPTIONS: Final = "[选项]"
COMMAND: Final = "命令 [参数]..."

HELP: Final[Mapping[str, str]] = {
    # every command
    "Show this message and exit.": "显示此帮助并退出。",
    "Where the gateway keeps everything.": "网关存放所有内容的文件夹。",
    "One JSON document on stdout, also where it fails.": "在标准输出上只给出一个 JSON 文档，失败时也一样。",
    # lodgekey
    "The gateway between the doors of rented homes and the people around them.": "连接出租房源的门与相关各方的网关。",
    "Install completion for the current shell.": "为当前 shell 安装命令补全。",
    "Show completion for the current shell, to copy it or customize the installation.":
        "显示当前 shell 的补全脚本，可复制或自行安装。",
    # serve, demo, doctor
    "Start the gateway. What is not given here comes from LODGEKEY_… in the environment.":
        "启动网关。这里没有指明的，取自环境变量 LODGEKEY_…。",
    "Address to listen on.": "监听的地址。",
    "Port to listen on; 0 takes a free one.": "监听的端口；0 会自动选一个。",
    "Start everything, and say where to look as landlord, tenant, officer and tester.":
        "启动整套演示，并告知房东、租客、审核人员和测试人员各自的入口。",
    "Play the whole journey unattended, then stop.": "无人值守地走完全程，然后结束。",
    "Port of the pages; 0 takes a free one.": "页面的端口；0 会自动选一个。",
    "sandbox, es, it, pt, cn or webhook.": "可选 sandbox、es、it、pt、cn 或 webhook。",
    "Where the demonstration keeps its things.": "演示存放内容的文件夹。",
    "Look for what keeps the gateway from its work. Exit code 1 where something is bad.":
        "检查网关有无故障。有故障时退出码为 1。",
    # account
    "Who may sign in: landlords, officers, testers.": "可以登录的人：房东、审核人员、测试人员。",
    "Let somebody sign in. The first password is shown this once; each changes their own in the app.":
        "添加可以登录的人。首个密码只显示这一次；各人登录后自行更改。",
    "What they sign in with.": "登录用的账号。",
    "What they are.": "此人的身份。",
    "Their name; tenants are shown a landlord's.": "姓名；房东的姓名会显示给租客。",
    "A landlord's telephone, shown to tenants.": "房东的电话，会显示给租客。",
    "A landlord's address.": "房东的电子邮件。",
    "An officer's area: they see units whose area begins with it.": "审核人员的辖区：可以看到区域以此开头的房源。",
    "PATH=TEXT that its registry wants besides, registered_as=H-1234 for one; may be repeated.":
        "登记机关另外要求的内容，写作 路径=文字，例如 registered_as=H-1234；可多次给出。",
    "Everybody who may sign in, by login.": "所有可以登录的人，按账号排列。",
    "Nobody signs in with this account any more; whoever is signed in with it is out at once.":
        "停用账号；正在使用它的人立即退出登录。",
    "Another password for somebody who lost theirs, shown this once; all their sessions end.":
        "为忘记密码的人换一个新密码，只显示这一次；其所有登录都会退出。",
    # unit
    "The homes that landlords let.": "房东出租的房源。",
    "A home to let. What its registry wants to know of it is asked here, not of the tenant at the door.":
        "添加房源。登记机关要求的房源信息在这里填写，不在门口问租客。",
    "Short and unique: letters, digits, hyphens.": "简短且不重复的编码：字母、数字、连字符。",
    "A login of the landlord who lets it.": "出租此房源的房东的账号。",
    "As landlord and tenant call it.": "房东和租客对它的称呼。",
    "Where it is, for the tenant and the registry.": "地址，供租客和登记机关使用。",
    "The grid area it is in; officers of it, or a part before it, see it.":
        "所在的网格区域；负责此区域或其上级区域的审核人员可以看到。",
    "IANA name, Europe/Rome for one.": "IANA 时区名，例如 Europe/Rome。",
    "Whose rules hold: es, it, pt, cn-33, … or sandbox.": "适用哪里的规则：es、it、pt、cn-33 等，或 sandbox。",
    "Which of the set-up registries it reports to.": "向哪个已接通的登记机关上报。",
    "Every unit by its code, with the locks on its door.": "所有房源，按编码排列，并列出门上的门锁。",
    # device
    "Locks and kiosks.": "门锁和自助机。",
    "Let one device in, once: new, reset to the factory, or with a certificate that ran out.":
        "允许一台设备接入一次：新设备、恢复出厂的设备，或证书已过期的设备。",
    "Its id: small letters, digits and hyphens.": "设备编号：小写字母、数字和连字符。",
    "File to write the claim to, for its owner to read only.": "写入申领凭证的文件，只有其所有者可以读取。",
    "The building or compound.": "所在的楼宇或小区。",
    "lock or kiosk": "lock（门锁）或 kiosk（自助机）。",
    "Code of the unit whose door it is on.": "装在哪个房源的门上（房源编码）。",
    "Where the device reaches this gateway.": "设备访问此网关的地址。",
    "How long the claim is good.": "申领凭证的有效天数。",
    "Add simulated locks to a building, running or not: `lodgekey device fleet 100`.":
        "为楼宇添加模拟门锁，无论楼宇是否在运行：lodgekey device fleet 100。",
    "How many locks.": "门锁的数量。",
    "The gateway's folder, as `lodgekey demo` keeps it.": "网关的文件夹，与 lodgekey demo 所用的相同。",
    "Code of the unit the new ones are like; the first if left out.": "新房源仿照哪个房源（编码）；不写则仿照第一个。",
    "Take a device into service: ours gets a certificate and the folder it starts from, another maker's needs none.":
        "启用设备：自家设备会得到证书和启动文件夹，其他厂家的设备不需要。",
    "Folder to write its key and certificate to.": "写入密钥和证书的文件夹。",
    "native for ours, else the maker's: see docs/drivers.md.":
        "自家设备为 native，否则为厂家的驱动：见 docs/drivers.md。",
    "JSON with its address and keys, for a lock over Bluetooth.": "含有地址和密钥的 JSON 文件，用于蓝牙门锁。",
    "Take a device out of service. A running gateway refuses its messages at once, its broker within half a minute.":
        "停用设备。运行中的网关立即拒绝它的消息，MQTT 代理在半分钟内拒绝它。",
    "Its id.": "设备编号。",
    "Every device: its site, and whether it can be reached.": "所有设备：所在的楼宇或小区，以及是否联系得上。",
    # key
    "Keys and how they stand on their locks.": "钥匙及其在门锁上的状态。",
    "Every key, the newest first; no names of people.": "所有钥匙，最新的在前；不含人名。",
    "Only the keys of this lock.": "只列出这把门锁的钥匙。",
    "One key: its state by the lock's own word, and when it ends even if the lock hears nothing.":
        "一把钥匙：门锁确认的状态，以及通知不到门锁时它何时自动失效。",
    "The key's id.": "钥匙编号。",
    'Revoke a key with the codes its holder knows. It says "revoking" until the lock says that the key is gone.':
        "收回钥匙，连同持有人知道的密码。在门锁确认之前，状态为“正在收回”。",
    # simulate
    "Simulated locks, kiosks and phones.": "模拟的门锁、自助机和手机。",
    "Run every device folder of the gateway's (or --dir). Says where as one JSON line, with --json or without.":
        "运行网关（或 --dir）的所有设备文件夹。有无 --json 都用一行 JSON 告知地址。",
    "Folder of device folders; the gateway's own.": "存放各设备文件夹的目录；不写则用网关的。",
    "Put the locks on a Bluetooth air at this port; 0: a free one.": "让门锁使用此端口上的模拟蓝牙；0 会自动选一个。",
    "Port of the control service; 0 takes a free one.": "控制服务的端口；0 会自动选一个。",
    "Seconds after which a lock locks itself; 0 for never.": "多少秒后自动上锁；0 为从不。",
    "control.json of the simulated registry.": "模拟登记机关的 control.json。",
    "Be the tenant's phone: new, read, unlock, near. See `lodgekey simulate holder --help`.":
        "充当租客的手机：new、read、unlock、near。查看：lodgekey simulate holder --help",
    "Have something go wrong around a simulated device, or right again; prints its faults as they stand.":
        "为模拟设备设置或清除故障；显示当前的故障。",
    "offline=true, clock_skew=3600, battery=9, … (JSON values)":
        "例如 offline=true clock_skew=3600 battery=9；值为 JSON。",
    "Folder that the building runs from.": "楼宇运行所用的文件夹。",
    "Do something to a simulated device with a hand; prints what it then says.":
        "用手操作模拟设备；显示它随后的状态。",
    "Turn the knob, or press the pin hole.": "knob 为转动旋钮，reset 为按下复位孔。",
    "The last 200 messages of a simulated device, the newest first: kinds and sizes, never contents.":
        "模拟设备最近的 200 条消息，最新的在前：只有类型和大小，没有内容。",
    "How the simulated registry beside the building behaves from now on.": "设定模拟登记机关此后的表现。",
    "normal, refuse, late, silent, down, …":
        "normal 正常、refuse 拒绝、late 稍后答复、silent 收下后断开、down 停机等。",
    "For so many requests; else until it is changed.": "只对这么多次请求有效；不写则一直有效，直到更改。",
    "Play a scenario with its seed: the same steps, the same chances; prints what each device then says.":
        "按种子重放场景：步骤相同，随机结果也相同；显示每台设备随后的状态。",
    "A YAML file, as the tester's console saves it.": "测试控制台保存的 YAML 文件。",
    # certs
    "Certificates of the fleet, and the authority behind them.": "所有设备的证书，以及签发它们的机构。",
    "Where the rotation stands, and which devices have not confirmed it.": "轮换的进度，以及哪些设备尚未确认。",
    "Go one phase further: standby, init, clients, servers, standby. Each waits until every device has confirmed.":
        "轮换前进一步：待命 → 双方互信 → 换设备证书 → 换服务器证书 → 待命。每一步都等所有设备确认。",
    "A device not to wait for; give it once for each.": "不等待这台设备；可多次给出。",
    "Give the rotation up, from any phase, and go back to the present authority.":
        "放弃轮换（任何阶段均可），退回现在的签发机构。",
    "Stop believing a retired authority. Devices that still present its certificates need a claim afterwards.":
        "不再信任已退役的签发机构。此后仍使用其证书的设备需要申领凭证。",
    "Its number, as status lists it under retired.": "它的编号，即 status 在“已退役”中列出的数字。",
    # broker, registry, audit, db
    "The MQTT broker.": "MQTT 代理。",
    "Write mosquitto.conf, the access list and certificates for a broker of your own.":
        "为您自己的代理写出 mosquitto.conf、访问列表和证书。",
    "Folder to write configuration, access list and certificates to.": "写入配置、访问列表和证书的文件夹。",
    "Registries and what is filed with them.": "登记机关，以及向其上报的登记。",
    "Each registry that is set up or has been filed with, and how many records stand how.":
        "每个已接通或上报过的登记机关，以及各状态的登记数量。",
    "Records that are not with their registry yet, by deadline. Exit code 1 where one is late.":
        "尚未送达登记机关的登记，按期限排列。有逾期时退出码为 1。",
    "The disclosure log.": "披露日志。",
    "Sign the log's head as it is now. Keep it where nobody who can change the log can change it.":
        "为当前的日志头签名。请保存在无法更改日志的人手中。",
    "File to write it to; printed if left out.": "写入的文件；不写则直接显示。",
    "Exit code 0 where the log extends every head, 1 with a sentence where it does not.":
        "核对日志：与每个日志头都一致时退出码为 0，否则为 1 并说明原因。",
    "A head kept earlier; may be given several times.": "以前保存的日志头文件；可多次给出。",
    "Ask this gateway for a proof instead of reading its database.": "向此地址的网关索取证明，而不读取其数据库。",
    "The database.": "数据库。",
    "Bring the tables to the newest revision.": "把数据库更新到最新版本。",
    "Database URL; the settings' own if left out.": "数据库 URL；不写则取自设置。",
}  # fmt: skip
