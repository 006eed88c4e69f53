"""The tester's console."""

from api.web.text.pair import Text

TEXTS: dict[str, Text] = {
    "tester.title": Text("模拟门锁", "Simulated locks"),
    "tester.count": Text("{online} / {total} 在线", "{online} of {total} online"),
    "tester.none": Text("没有模拟门锁在运行。", "No simulated locks are running."),
    "tester.offline": Text("离线", "offline"),
    "tester.door_open": Text("门开着", "door open"),
    "tester.clock_lost": Text("时钟丢失", "clock lost"),
    "tester.revoked": Text("证书已吊销", "certificate revoked"),
    "tester.no_control": Text(
        "模拟器不在运行，无法设置故障。", "The simulator is not running, so faults cannot be set."
    ),
    "tester.owed": Text("待办与未送达", "Owed and undelivered"),
    "tester.nothing_owed": Text("没有待办。", "Nothing is owed."),
    "tester.faults": Text("故障", "Faults"),
    "fault.offline": Text("断网", "Offline"),
    "fault.battery": Text("电量低", "Low battery"),
    "fault.jam": Text("卡住", "Jam"),
    "fault.ajar": Text("门未关", "Door ajar"),
    "fault.skew": Text("时钟偏差", "Clock skew"),
    "fault.drop": Text("丢消息", "Drop"),
    "fault.duplicate": Text("重复消息", "Duplicate"),
    "fault.delay": Text("延迟消息", "Delay"),
    "fault.reorder": Text("乱序", "Reorder"),
    "fault.lost": Text("丢失应答", "Lose answer"),
    "fault.clock": Text("丢失时钟", "Lose clock"),
    "fault.none": Text("清除故障", "Clear faults"),
}
