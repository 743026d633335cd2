"""What is looked at in the opened service: records, model, index, jobs, audit trail, backups, accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from api.access.models import Role
from api.container import Container
from api.doctor.index_checks import index_findings
from api.doctor.models import Finding, fault, good, notice
from api.shown_address import shown_address
from assistant.errors import AssistantError
from assistant.models import CHINA_TIME
from indexing.errors import EmbedderUnavailable, IndexingError, RerankerMismatch, RerankerUnavailable
from indexing.ports import Embedder, TokenEmbedder
from knowledge_base.errors import KnowledgeBaseError

_OLD_BACKUP = timedelta(days=2)
_JOBS_SILENT = timedelta(minutes=10)


def service_findings(container: Container) -> Iterator[Finding]:
    for check in (_records, _shared, _model, _vector_adapter, _language_model, index_findings, _accounts, _backups, _calendar, _jobs):
        yield from _guarded(check, container)


def _guarded(check: Callable[[Container], Iterator[Finding]], container: Container) -> Iterator[Finding]:
    """What one check stumbles over is a finding, and no reason to leave out the others."""
    try:
        yield from check(container)
    except (KnowledgeBaseError, IndexingError, AssistantError, OSError) as error:
        yield fault("检查没有做完", str(error), "请按上面的提示处理后，再运行一次 zhengwen doctor。")


def _records(container: Container) -> Iterator[Finding]:
    documents = container.documents.count()
    kind = container.backups.desk.records.kind
    if documents:
        yield good(
            "数据库",
            f"{kind}，政策文件 {documents} 件，办事指南 {len(container.guides.all())} 份，部门 {len(container.departments.all())} 个。",
        )
    else:
        yield notice("数据库", f"{kind}，还没有政策文件。", "请在管理页面上传，或运行 zhengwen policies import 文件夹。")


def _shared(container: Container) -> Iterator[Finding]:
    """Only where something is shared."""
    if not container.settings.valkey_url:
        return
    try:
        container.check_shared()
    except KnowledgeBaseError as error:
        yield fault("Valkey", str(error), "在它恢复之前，市民和工作人员都会看到“稍后再试”。")
        return
    yield good("Valkey", "几个服务进程共用访问次数、答复缓存和任务的唤醒。")


def _model(container: Container) -> Iterator[Finding]:
    try:
        embedder = container.embedder()
    except EmbedderUnavailable as error:
        remote = "请在该服务的机器上查看 zhengwen serve-embeddings 是否在运行。"
        yield fault("向量模型", str(error), remote if container.settings.embedder_url else "请运行 zhengwen setup 备好模型。")
        return
    except (RerankerUnavailable, RerankerMismatch) as error:
        yield fault("细排", str(error), "改正之前不能检索；把 ZHENGWEN_RERANKER 设为 off 可以先不细排。")
        return
    except IndexingError as error:
        yield fault("检索模型", str(error), "改正之前不能检索；把 ZHENGWEN_ENCODER 设为 off 可以先只用向量模型。")
        return
    place = f"，由 {shown_address(container.settings.embedder_url)} 计算" if container.settings.embedder_url else ""
    yield good("向量模型", f"{embedder.fingerprint}{place}")
    yield from _reranking(container, embedder)


def _reranking(container: Container, embedder: Embedder) -> Iterator[Finding]:
    """Token weights act on an index that was made with them, and on none before."""
    current = container.snapshots.current()
    if not isinstance(embedder, TokenEmbedder):
        return
    if current is not None and current.token_fingerprint == embedder.token_fingerprint:
        yield good("细排", embedder.token_fingerprint)
    else:
        yield notice("细排", f"{embedder.token_fingerprint} 还没有用上。", "请运行 zhengwen index refresh。")


def _vector_adapter(container: Container) -> Iterator[Finding]:
    """Only a chosen one: it is looked at when the index is refreshed, which may be at night."""
    if container.settings.adapter in {"", "off"}:
        return
    try:
        wanted = container.synchroniser().vector_fingerprint
    except IndexingError as error:
        yield fault("向量适配器", str(error), "改正之前索引不会更新，仍按原来的快照答复。")
        return
    current = container.snapshots.current()
    if current is not None and current.embedder_fingerprint == wanted:
        yield good("向量适配器", wanted)
    else:
        yield notice("向量适配器", f"{wanted} 还没有用上。", "请运行 zhengwen index refresh。")


def _language_model(container: Container) -> Iterator[Finding]:
    """Nothing is asked of it: that would cost money."""
    settings = container.settings
    if not settings.llm_url:
        return
    if container.rewording() is None:
        yield fault("语言模型", "设置了地址，但没有安装所需的部件，答复只有引文。", "请运行 pip install 'zhengwen[llm]'，然后重启服务。")
        return
    yield good("语言模型", f"{settings.llm_model}，每天最多 {settings.llm_daily_calls} 次；只用来在引文之上加说明。")


def _accounts(container: Container) -> Iterator[Finding]:
    usable = [account for account in container.accounts.all() if not account.disabled]
    if any(account.may(Role.ADMINISTRATOR) for account in usable):
        yield good("账号", f"{len(usable)} 个可用账号。")
    else:
        yield fault("账号", "没有可用的管理员。", "请运行 zhengwen accounts create 名字 --role administrator --generate。")


def _backups(container: Container) -> Iterator[Finding]:
    sound = [backup for backup in container.backups.desk.backups() if backup.made_at]
    failure = container.backups.last_failure()
    if failure is not None:
        yield fault("备份", f"最近一次没有做成：{failure.reason}", "处理后运行 zhengwen backup。")
    elif not sound:
        yield notice("备份", "还没有备份。", "请运行 zhengwen backup，并复制到另一台机器。")
    elif (made := sound[0].made_at) and container.clock() - made > _OLD_BACKUP:
        yield notice("备份", f"最近的备份是 {sound[0].name}，已超过两天。", "请运行 zhengwen backup，并检查 ZHENGWEN_BACKUP_AT。")
    else:
        yield good("备份", f"共 {len(sound)} 份，最近的是 {sound[0].name}。")


def _calendar(container: Container) -> Iterator[Finding]:
    intake, today = container.work_orders.intake, container.today()
    longest = intake.calendar.due(today, max(intake.deadlines.working_days.values()))
    if longest.warning:
        yield notice("工作日历", longest.warning, "新一年的放假安排公布后，请运行 pip install -U chinesecalendar。")
    else:
        yield good("工作日历", f"已知到 {longest.due_on.isoformat()}，够用来计算现在的承诺日期。")


def _jobs(container: Container) -> Iterator[Finding]:
    runs = container.job_runs.all()
    for run in runs:
        if run.failure:
            yield fault(
                f"后台任务 {run.name}", f"{run.started_at.astimezone(CHINA_TIME):%m-%d %H:%M} 没有做成：{run.failure}", "处理后会自动再试。"
            )
    last = max((run.started_at for run in runs), default=None)
    if container.settings.jobs == "off":
        yield notice("后台任务", "服务进程里不运行后台任务。", "请确认另外运行着 zhengwen jobs（例如用 systemd 或 cron）。")
    elif last is None or container.clock() - last > _JOBS_SILENT:
        yield notice("后台任务", "最近没有运行过。", "服务没有启动时属正常；否则请重新启动服务，并查看日志。")
    else:
        yield good("后台任务", f"最近一次在 {last.astimezone(CHINA_TIME):%m-%d %H:%M:%S}。")
