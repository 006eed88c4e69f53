"""The officer's console beyond the live list: exports and the map of units."""

from api.web.text.pair import Text

TEXTS: dict[str, Text] = {
    "export.title": Text("导出登记", "Exports"),
    "export.rule": Text(
        "导出须经另一位审核人员批准，只能由申请人下载一次；每条记录在交出前都写入披露日志，租客可以看到。不能按人导出。",
        "A second officer approves each export and only the one who asked downloads it, once. Every record is in the "
        "disclosure log before it leaves, and its tenant can see that. There is no export by person.",
    ),
    "export.rows": Text("{n} 条", "{n} records"),
    "export.mine": Text("您的申请", "asked by you"),
    "export.waits": Text("等待另一位审核人员", "waits for a second officer"),
    "export.approve": Text("批准", "Approve"),
    "export.refuse": Text("不批准", "Refuse"),
    "export.take": Text("下载（仅一次）", "Download (once)"),
    "export.none": Text("还没有导出申请。", "No exports yet."),
    "export.ask": Text("申请导出", "Ask for an export"),
    "export.area": Text("区域", "Area"),
    "export.first": Text("第一天", "First day"),
    "export.last": Text("最后一天（最多 31 天）", "Last day (31 days at most)"),
    "export.purpose": Text("用途（将记录）", "What it is needed for (kept on record)"),
    "export.ask_do": Text("提交申请", "Ask"),
    "export.asked": Text("申请已提交，等待另一位审核人员。", "Asked; it waits for a second officer."),
    "export.approved": Text("已批准。", "Approved."),
    "export.refused": Text("未批准。", "Refused."),
    "map.title": Text("房源地图", "Map of units"),
    "map.drawing": Text("网格区域中的房源；下方列表内容相同", "Units by grid area; the list below says the same"),
    "map.list": Text("按区域列出", "By area"),
    "map.units": Text("{n} 套房源", "{n} units"),
    "map.none": Text("辖区内没有房源。", "There are no units in your area."),
    "mapstate.pressing": Text("上报需要处理", "filing needs a person"),
    "mapstate.registered": Text("有人登记入住", "somebody registered"),
    "mapstate.free": Text("无人登记", "nobody registered"),
    "exportstate.awaits_approval": Text("待批准", "waits for approval"),
    "exportstate.approved": Text("已批准", "approved"),
    "exportstate.refused": Text("未批准", "refused"),
    "exportstate.expired": Text("已过期", "expired"),
    "exportstate.taken": Text("已下载", "downloaded"),
}
