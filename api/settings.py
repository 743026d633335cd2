"""Every setting of the service in one place, read from ZHENGWEN_* environment variables or a .env file."""

from __future__ import annotations

import base64
import binascii
import re
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import SettingsConfigDict

from api.outside_settings import OutsideSettings, listed
from assistant.handoff.service_hours import ServiceHours
from knowledge_base.sources.permits import read_permits

DEMONSTRATION_CITY = "990100"
DEFAULT_MODEL = "multilingual-e5-small"
"""Folder name of the embedder that `zhengwen setup` provisions."""
_AT_ONCE = (
    "每个服务进程同时处理的问题数，超出的排队等候，检索另算同样多个；0 为按核数：每个进程分到的核数加一，"
    "设了 ZHENGWEN_INDEX_URL 或 ZHENGWEN_EMBEDDER_URL 的（多半在等别的机器）为分到的核数的四倍"
)


class Settings(OutsideSettings):
    """Unknown variables are ignored, wrong values raise pydantic's ValidationError, which the command line shows in Chinese."""

    model_config = SettingsConfigDict(env_prefix="ZHENGWEN_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(default=Path(".zhengwen"), description="存放全部状态的文件夹：记录、索引、模型、原件")
    records_url: str = Field(
        default="", description="记录数据库的地址，例如 postgresql+psycopg://用户@主机/库名；留空则使用 home 下的 SQLite 文件"
    )
    index_url: str = Field(
        default="",
        description="检索放在哪里：PostgreSQL（需要 pgvector 0.8 或更新）的地址，可以与 ZHENGWEN_RECORDS_URL 相同；"
        "留空则使用 home 下的索引快照；改动后运行 zhengwen index refresh 并重启服务",
    )
    embedder: str = Field(
        default="", description="向量模型：sentence-transformers 的模型名或本地文件夹；留空则使用 zhengwen setup 备好的默认模型"
    )
    embedder_precision: Literal["auto", "float32", "bfloat16", "int8"] = Field(
        default="auto", description="向量模型的计算精度；auto 按本机情况选择"
    )
    encoder: str = Field(
        default="",
        description="检索模型（与默认的向量模型并用）：留空则用随程序提供的，也可填 zhengwen train --encoder 写出的 encoder.safetensors；"
        "设为 off 则只用向量模型；改动后重启服务并运行 zhengwen index refresh 生效",
    )
    adapter: str = Field(
        default="",
        description="向量适配器：zhengwen train 用本单位内容训练出的文件夹；留空或设为 off 则不用；改动后运行 zhengwen index refresh 生效",
    )
    embedder_threads: int = Field(default=0, ge=0, description="向量模型使用的线程数；0 表示自动")
    reranker: str = Field(
        default="auto",
        min_length=1,
        description="检索结果的细排（按词元的向量把最靠前的几十条再排一次，排队很长时自动跳过）：auto 用随程序的权重，"
        "也可填自己训练的权重文件；设为 off 则不细排；改动后重启服务并运行 zhengwen index refresh 生效",
    )
    answer_cache: int = Field(
        default=1000,
        ge=0,
        le=1_000_000,
        description="每个服务进程（设了 ZHENGWEN_VALKEY_URL 则合计）记住多少个最近的答复，同样的问题直接再答"
        "（政策、指南、用语等有任何变动即不再使用）；0 表示不记",
    )
    tuning: Path | None = Field(default=None, description="检索参数文件（TOML）；留空则使用随程序提供的参数")
    region: str = Field(
        default="",
        pattern=r"^(\d{6})?$",
        description="没有选择地区时使用的行政区划代码（GB/T 2260）；留空时网页和接口用示范市（启用示范内容时），命令行查找所有地区",
    )
    class_catalogue: Path | None = Field(
        default=None, description="诉求分类目录（JSON Lines，每行 l1、l2、l3）；留空则使用随程序提供的 15 类目录"
    )
    demonstration: bool = Field(default=True, description="是否启用虚构的示范市（地区、政策、指南、部门）；正式使用时设为 false")
    host: str = Field(default="127.0.0.1", description="服务监听的地址；需要让其他机器访问时设为 0.0.0.0")
    port: int = Field(default=8000, ge=1, le=65535, description="服务监听的端口")
    workers: int = Field(default=1, ge=1, le=64, description="服务进程数")
    search_threads: int = Field(default=0, ge=0, le=256, description=_AT_ONCE)
    keep_snapshots: int = Field(default=3, ge=2, le=50, description="保留的索引快照数，用于回退")
    session_idle_min: int = Field(default=60, ge=1, le=1440, description="工作人员多少分钟没有操作后需要重新登录")
    session_hours: int = Field(default=12, ge=1, le=168, description="工作人员一次登录最长多少小时有效")
    secure_cookies: Literal["auto", "true", "false"] = Field(
        default="auto", description="登录 cookie 是否只经 HTTPS 发送；auto 按请求的协议决定，代理没有转告协议时设为 true"
    )
    service_hours: str = Field(
        default="",
        description="人工服务时间，例如 9:00-18:00（工作日）或“每天 0:00-24:00”；留空为工作日 9:00-18:00；时间以外的转人工登记为工单",
    )
    contact_keys: SecretStr = Field(
        default=SecretStr(""),
        description="加密联系方式的密钥（Fernet），多个用英文逗号分隔：第一个用于加密，全部都能解密；换密钥时把新的加在最前面，旧的保留；"
        "留空则使用 home 下的 contact.key，第一次用到时自动生成",
    )
    audit_key: SecretStr = Field(
        default=SecretStr(""),
        description="操作记录的防篡改密钥：64 位十六进制数，多个用英文逗号分隔，第一个用于新的记录，全部都能核对；"
        "可用 openssl rand -hex 32 生成；留空则使用 home 下的 audit.key，第一次用到时自动生成；多台机器共用一个数据库时必须设置",
    )
    webhook_urls: str = Field(
        default="", description="工单有变动时通知的地址（http:// 或 https:// 开头），多个用英文逗号分隔；留空则不通知"
    )
    webhook_secret: SecretStr = Field(
        default=SecretStr(""),
        validate_default=True,
        description="通知的签名密钥（Standard Webhooks）：whsec_ 后接 24 至 64 字节的 base64，"
        "可用 echo whsec_$(openssl rand -base64 32) 生成",
    )
    webhook_allow: str = Field(
        default="",
        description="允许接收通知的内网地址（在管理页面里登记的）：主机名或网段，可带端口，写法同 ZHENGWEN_FETCH_ALLOW；"
        "留空则只发往公网地址的 80 和 443 端口",
    )
    jobs: Literal["embedded", "off"] = Field(
        default="embedded",
        description="定时任务（临期预警、通知等）在服务进程里运行；设为 off 则不运行，需另行运行 zhengwen jobs",
    )
    backups: Path | None = Field(default=None, description="存放备份的文件夹，最好在另一块磁盘上；留空则为 home 下的 backups")
    backup_at: str = Field(
        default="02:30", pattern=r"^(([01]\d|2[0-3]):[0-5]\d|off)$", description="每天自动备份的时间（北京时间）；设为 off 则不自动备份"
    )
    backup_keep: int = Field(default=7, ge=1, le=365, description="自动备份保留的份数，更早的删除")
    source_folders: str = Field(
        default="", description="允许作为来源读取的文件夹（完整路径，含其下的子文件夹），多个用英文逗号分隔；留空则不允许读取任何文件夹"
    )
    fetch_allow: str = Field(
        default="",
        description="允许获取的内网网站：主机名（*.shifan.example 表示其下全部）或网段，可带端口，多个用英文逗号分隔，"
        "例如 oa.shifan.example,10.1.0.0/16:8080；留空则只获取公网地址的 80 和 443 端口",
    )
    fetch_proxy: str = Field(
        default="", description="获取网站时使用的代理，例如 http://10.0.0.1:3128；留空则直接连接（不看 HTTP_PROXY 等环境变量）"
    )
    retention_days: int = Field(
        default=180,
        ge=1,
        le=3650,
        description="对话（答复、评价、人工对话）和通知保存多少天，到期自动删除；默认 180 天，与网络日志至少留存六个月的要求一致",
    )
    contact_retention_days: int = Field(default=365, ge=1, le=3650, description="工单办结后联系方式保存多少天，到期抹去，工单其余内容保留")
    order_retention_years: int = Field(default=10, ge=1, le=100, description="工单办结后保存多少年，到期删除")
    llm_url: str = Field(
        default="",
        description="语言模型的地址（OpenAI 兼容，写到 /v1 为止），例如 http://127.0.0.1:8080/v1；留空则不使用语言模型。"
        "发出去的只有遮盖个人信息之后的问题和答复所引的原文",
    )
    llm_model: str = Field(default="", validate_default=True, description="语言模型的名称，按该地址的要求填写")
    llm_key: SecretStr = Field(default=SecretStr(""), description="语言模型的密钥；不需要密钥的本地服务留空")
    llm_timeout_s: float = Field(default=20, gt=0, le=120, description="语言模型写一次最多用多少秒，到时只用已经通过核对的句子")
    llm_first_timeout_s: float = Field(default=8, gt=0, le=60, description="等语言模型写出下一段文字最多多少秒，到时放弃")
    llm_daily_calls: int = Field(default=1000, ge=0, description="每天最多调用语言模型多少次（所有进程合计，按北京时间），用完后只给引文")
    llm_concurrency: int = Field(default=4, ge=1, le=64, description="每个服务进程最多同时调用语言模型多少次，超出的只给引文")
    llm_provider: str = Field(default="政问", description="生成服务提供者的名称或编码，写入人工智能生成内容的隐式标识（GB 45438-2025）")
    max_request_kb: int = Field(default=256, ge=1, description="一次请求的最大字节数（KB），超出时拒绝")
    max_upload_mb: int = Field(default=200, ge=1, description="导入的单个文件的最大字节数（MB），超出时报告并跳过")
    page_size: int = Field(default=20, ge=1, le=100, description="政策列表每页的条数")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="日志级别")

    @classmethod
    def in_order(cls) -> dict[str, FieldInfo]:
        """Every setting as it is shown to people: those declared here, then those of what lies outside."""
        own = {name: field for name, field in cls.model_fields.items() if name not in OutsideSettings.model_fields}
        return own | OutsideSettings.model_fields

    @field_validator("service_hours")
    @classmethod
    def _hours_can_be_kept(cls, hours: str) -> str:
        if hours:
            ServiceHours.parse(hours)
        return hours

    @field_validator("contact_keys")
    @classmethod
    def _keys_are_keys(cls, keys: SecretStr) -> SecretStr:
        if not re.fullmatch(r"([\w-]{43}=(,[\w-]{43}=)*)?", keys.get_secret_value(), re.ASCII):
            raise ValueError("密钥应为 32 字节的 URL 安全 base64（44 个字符），多个用英文逗号分隔")
        return keys

    @field_validator("audit_key")
    @classmethod
    def _audit_keys_are_keys(cls, keys: SecretStr) -> SecretStr:
        if not re.fullmatch(r"([0-9a-f]{64}(,[0-9a-f]{64})*)?", keys.get_secret_value(), re.ASCII):
            raise ValueError("密钥应为 64 位十六进制数（小写），多个用英文逗号分隔，可用 openssl rand -hex 32 生成")
        return keys

    @field_validator("webhook_urls")
    @classmethod
    def _addresses_are_addresses(cls, urls: str) -> str:
        if any(urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname for url in listed(urls)):
            raise ValueError("地址应以 http:// 或 https:// 开头")
        return urls

    @field_validator("source_folders")
    @classmethod
    def _folders_are_complete(cls, folders: str) -> str:
        if any(not Path(folder).is_absolute() for folder in listed(folders)):
            raise ValueError("文件夹应写完整路径，以 / 开头")
        return folders

    @field_validator("fetch_allow", "webhook_allow")
    @classmethod
    def _permits_are_permits(cls, permits: str) -> str:
        read_permits(permits)
        return permits

    @field_validator("fetch_proxy")
    @classmethod
    def _proxy_is_an_address(cls, proxy: str) -> str:
        if proxy and (urlsplit(proxy).scheme != "http" or not urlsplit(proxy).hostname):
            raise ValueError("代理应以 http:// 开头，例如 http://10.0.0.1:3128")
        return proxy

    @field_validator("llm_url")
    @classmethod
    def _model_is_at_an_address(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
            raise ValueError("地址应以 http:// 或 https:// 开头，写到 /v1 为止，例如 http://127.0.0.1:8080/v1")
        return url

    @field_validator("llm_model")
    @classmethod
    def _model_has_a_name(cls, name: str, others: ValidationInfo) -> str:
        if others.data.get("llm_url") and not name:
            raise ValueError("设置了 ZHENGWEN_LLM_URL 就必须设置语言模型的名称")
        return name

    @field_validator("webhook_secret")
    @classmethod
    def _messages_can_be_signed(cls, secret: SecretStr, others: ValidationInfo) -> SecretStr:
        text = secret.get_secret_value()
        if not text and others.data.get("webhook_urls"):
            raise ValueError("设置了 ZHENGWEN_WEBHOOK_URLS 就必须设置签名密钥，可用 echo whsec_$(openssl rand -base64 32) 生成")
        if text and not _is_webhook_secret(text):
            raise ValueError("应为 whsec_ 后接 24 至 64 字节的 base64，可用 echo whsec_$(openssl rand -base64 32) 生成")
        return secret

    @cached_property
    def webhook_addresses(self) -> tuple[str, ...]:
        return listed(self.webhook_urls)

    @cached_property
    def permitted_folders(self) -> tuple[Path, ...]:
        return tuple(Path(folder) for folder in listed(self.source_folders))

    @cached_property
    def records_address(self) -> str:
        """An SQLAlchemy URL."""
        return self.records_url or f"sqlite:///{(self.home / 'records.sqlite3').resolve()}"

    @cached_property
    def service_region(self) -> str:
        """Whom the website serves: the configured region, else the demonstration city where it is enabled, else "" for no one place."""
        return self.region or (DEMONSTRATION_CITY if self.demonstration else "")

    @cached_property
    def backup_folder(self) -> Path:
        return self.backups or self.home / "backups"

    @cached_property
    def models_folder(self) -> Path:
        return self.home / "models"

    @cached_property
    def uses_own_model(self) -> bool:
        """Whether vectors come of the default model, provisioned on this machine."""
        return not self.embedder and not self.embedder_url

    @cached_property
    def embedder_source(self) -> str:
        """Name or folder handed to the embedder adapter."""
        return self.embedder or str(self.models_folder / DEFAULT_MODEL)


def _is_webhook_secret(text: str) -> bool:
    try:
        return text.startswith("whsec_") and 24 <= len(base64.b64decode(text.removeprefix("whsec_"), validate=True)) <= 64
    except binascii.Error:
        return False


def settings_table() -> str:
    """The configuration table of the README, in Markdown."""
    rows = ["| 环境变量 | 默认值 | 说明 |", "|---|---|---|"]
    for name, field in Settings.in_order().items():
        rows.append(f"| `ZHENGWEN_{name.upper()}` | {_shown(field.default)} | {field.description} |")
    return "\n".join(rows)


def _shown(default: object) -> str:
    if default is None or default == "" or isinstance(default, SecretStr):
        return "（空）"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
