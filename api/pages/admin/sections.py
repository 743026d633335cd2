"""The sections of the console in the order of its menu. A new section is one line here and one router in `routers.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """`path` is where it begins; addresses below it, and below those of `also`, belong to it. `duty` says in one line what it is for.

    `for_supervisors`: those who see nothing else of the console come here too.
    """

    path: str
    label: str
    duty: str
    also: tuple[str, ...] = ()
    for_supervisors: bool = False

    def holds(self, address: str) -> bool:
        return any(address == path or address.startswith(f"{path}/") for path in (self.path, *self.also))


@dataclass(frozen=True, slots=True)
class SectionGroup:
    label: str
    sections: tuple[Section, ...]


GROUPS: tuple[SectionGroup, ...] = (
    SectionGroup(
        "政策",
        (
            Section("/admin/policies", "政策文件", "查看全部政策文件的状态和历史，更正、修改、废止、恢复"),
            Section("/admin/uploads", "上传与审核", "上传文件，核对读出的内容，发布或定时发布", also=("/admin/drafts", "/admin/repeals")),
            Section("/admin/sources", "来源", "按时查看文件夹和网站，新的和有变化的自动读取"),
            Section("/admin/index", "索引", "看索引新旧，立即更新，比较和换用快照"),
            Section("/admin/search", "检索测试", "以市民的身份提问，逐步查看检索和答复"),
        ),
    ),
    SectionGroup(
        "内容",
        (
            Section("/admin/guides", "办事指南", "市民看到的办理条件、材料、流程、时限和费用"),
            Section("/admin/departments", "部门", "部门名录：职责、电话、地址和办公时间"),
            Section("/admin/regions", "行政区划", "省、市、县的代码和名称，决定规定在哪里适用"),
            Section("/admin/intents", "意图样例", "教系统分辨问候、追问、咨询、投诉等说法的例句"),
            Section("/admin/routing-rules", "派单规则", "出现某些词的诉求派给哪个部门"),
            Section("/admin/vocabulary", "词表", "规范用语、群众说法和停用词，让查找听得懂日常的话"),
            Section("/admin/wording", "用语", "市民看到的固定句子：答复、提示、转人工和出错时说的话"),
            Section("/admin/hot-questions", "热门问题", "首页上一点就问的问题"),
        ),
    ),
    SectionGroup(
        "运行",
        (
            Section("/admin/insight", "数据看板", "提问、答复、满意度、工单时限和用时的图表"),
            Section("/admin/unanswered", "未答问题", "没有答上来的问题归在一起，写答复或记下处理结果"),
            Section("/admin/hot-issues", "热点诉求", "市民近来集中反映的事，原话、地点和增减"),
            Section("/admin/ratings", "答复评分", "给真实答复的每句话和依据评分，评过的可以作为测试用例", for_supervisors=True),
        ),
    ),
    SectionGroup(
        "系统",
        (
            Section("/admin/accounts", "账号", "新建、停用、改角色、重设密码、解除锁定"),
            Section("/admin/api-keys", "接口密钥", "其他系统凭密钥使用本系统：新建、停用、看最近使用"),
            Section("/admin/webhooks", "对外通知", "政策、工单、转人工有变动时通知哪些系统，看送达结果"),
            Section("/admin/settings", "设置", "各项设置的现值和来处，系统情况，运行状态检查"),
            Section("/admin/audit", "操作记录", "谁在何时何处做了什么，核对记录有没有被改动，重放旧答复"),
            Section("/admin/widget", "嵌入网站", "把咨询窗口放进其他政府网站：要复制的代码、允许的网站、预览"),
            Section("/admin/backups", "备份", "查看和核对备份，立即备份，恢复到某一份"),
        ),
    ),
)


def supervisors_groups() -> tuple[SectionGroup, ...]:
    chosen = (SectionGroup(group.label, tuple(one for one in group.sections if one.for_supervisors)) for group in GROUPS)
    return tuple(group for group in chosen if group.sections)
