"""Settings of what lies outside this installation: who may reach it from elsewhere, and which services it uses."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings


def listed(text: str) -> tuple[str, ...]:
    """What stands between the commas, each once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def is_object_folder(address: str) -> bool:
    """ "s3://bucket" or "s3://bucket/folder". Names of buckets as S3 lays them down."""
    return re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^\s/]+)*/?", address) is not None


def exact_origin(text: str) -> str:
    """As a browser sends it: scheme, host, and the port where it is not the usual one. Raises ValueError, in Chinese.

    RFC 6454; a host in Chinese is written in its ASCII form, as browsers do.
    """
    parts = urlsplit(text)
    usual = {"http": 80, "https": 443}
    bare = parts.path in {"", "/"} and not parts.query and not parts.fragment and parts.username is None
    if parts.scheme not in usual or not parts.hostname or "*" in text or not bare:
        raise ValueError(f"“{text}”不是网站的来源：应写成 https://www.shifan.example 的样子，不带路径，不用通配符")
    host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port not in {None, usual[parts.scheme]} else ""
    return f"{parts.scheme}://{host}{port}"


class OutsideSettings(BaseSettings):
    """Read together with the rest: see `api.settings.Settings`."""

    widget_origins: str = Field(
        default="",
        description="允许嵌入咨询窗口的网站，多个用英文逗号分隔，例如 https://www.shifan.example,https://zwfw.shifan.example:8443；"
        "协议、主机、端口须完全一致，不支持通配符；留空则不允许其他网站嵌入",
    )

    embedder_url: str = Field(
        default="",
        description="向量服务的地址（OpenAI 兼容的 /v1/embeddings，写到 /v1 为止），例如 http://10.0.0.2:8100/v1；"
        "设置后本机不装载向量模型；可用 zhengwen serve-embeddings 提供；留空则在本机计算",
    )
    embedder_model: str = Field(
        default="",
        description="向量服务里的模型名；两个模型用 & 连接（原模型&为检索训练的模型）；服务换了模型而名称不变时在后面加 #2、#3，以示区别；"
        "留空则用该服务的第一个模型",
    )
    embedder_key: SecretStr = Field(
        default=SecretStr(""), description="向量服务的密钥；zhengwen serve-embeddings 设置后只接受带此密钥的请求"
    )
    embedder_timeout_s: float = Field(default=3, gt=0, le=60, description="等向量服务算出一个问题的向量最多多少秒")

    originals: str = Field(
        default="",
        description="政策原件另存的对象存储文件夹，例如 s3://zhengwen/originals，多台机器共用；"
        "本机 home 下的 originals 只作副本；留空则只存本机",
    )
    backup_upload: str = Field(
        default="",
        description="备份另传的对象存储文件夹，例如 s3://zhengwen/backups：每份备份做成并核对后上传，读回再核对；没有传成的下次补传；留空则不传",
    )
    s3_endpoint: str = Field(default="", description="对象存储（S3 协议）的地址，例如 http://10.0.0.3:9000；留空则按公有云的默认地址")
    s3_region: str = Field(default="us-east-1", description="对象存储的地域名；多数自建的存储不看这一项")
    s3_key_id: str = Field(default="", description="对象存储的密钥编号（Access Key ID）；留空则用机器自带的角色")
    s3_secret: SecretStr = Field(default=SecretStr(""), description="对象存储的密钥（Secret Access Key）")
    s3_addressing: Literal["auto", "path", "virtual"] = Field(
        default="auto", description="存储桶写在路径里（path）还是主机名里（virtual）；auto 由程序决定"
    )

    valkey_url: str = Field(
        default="",
        description="Valkey（或 Redis 6.2 以上）的地址，例如 redis://:密码@10.0.0.4:6379/0，加密连接用 rediss://：几个服务进程在这里共用访问次数、"
        "答复缓存和任务的唤醒，每套系统用自己的库号；留空则每个进程各记各的",
    )
    rate_limits: str = Field(
        default="",
        description="访问次数上限的文件（TOML），按市民的网络地址、工作人员账号、接口密钥分别计数；留空则用随程序提供的，设为 off 则不限",
    )
    max_waiting: int = Field(
        default=48,
        ge=0,
        le=10_000,
        description="最多让多少个问题排队等候（按 ZHENGWEN_WORKERS 平分到各进程；分别启动的进程各自设置），超出的立即答复“稍后再试”",
    )

    @field_validator("valkey_url")
    @classmethod
    def _valkey_is_at_an_address(cls, url: str) -> str:
        """Spelled as the client knows it, which serves both."""
        spelled = re.sub(r"^valkey(s?)://", r"redis\1://", url)
        if spelled and (urlsplit(spelled).scheme not in {"redis", "rediss"} or not urlsplit(spelled).hostname):
            raise ValueError("地址应以 redis:// 或 rediss:// 开头，例如 redis://10.0.0.4:6379/0")
        return spelled

    @field_validator("rate_limits")
    @classmethod
    def _limits_stand_in_a_file(cls, place: str) -> str:
        if place in {"", "off"}:
            return place
        # Its library need not be loaded where there is no such file.
        from api.rate_limits import load_rate_rules  # noqa: PLC0415

        try:
            load_rate_rules(Path(place))
        except OSError as error:
            raise ValueError("找不到这个文件；应填 TOML 文件的路径，或者 off") from error
        except (KeyError, ValueError) as error:
            raise ValueError("这个文件缺少项目或者写法不对；请照随程序提供的 api/rate_limits.toml 的样子写，或者填 off") from error
        return place

    @field_validator("originals", "backup_upload")
    @classmethod
    def _folder_is_of_an_object_storage(cls, address: str) -> str:
        if address and not is_object_folder(address):
            raise ValueError("应以 s3:// 开头，写明存储桶，可带文件夹，例如 s3://zhengwen/backups")
        return address.rstrip("/")

    @field_validator("s3_endpoint")
    @classmethod
    def _storage_is_at_an_address(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
            raise ValueError("地址应以 http:// 或 https:// 开头，例如 http://10.0.0.3:9000")
        return url

    @field_validator("embedder_url")
    @classmethod
    def _service_is_at_an_address(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
            raise ValueError("地址应以 http:// 或 https:// 开头，写到 /v1 为止，例如 http://10.0.0.2:8100/v1")
        return url

    @field_validator("widget_origins")
    @classmethod
    def _origins_are_origins(cls, origins: str) -> str:
        return ",".join(dict.fromkeys(exact_origin(origin) for origin in listed(origins)))

    @cached_property
    def widget_sites(self) -> tuple[str, ...]:
        return listed(self.widget_origins)
