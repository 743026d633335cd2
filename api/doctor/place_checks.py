"""What can be looked at before anything is opened: the place, the disk, the programs."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from api.doctor.models import Finding, fault, good, notice
from api.settings import Settings

_GB = 1 << 30
_LOW_GB, _TOO_LOW_GB = 5, 1
_SECRETS = ("contact.key", "audit.key")


def place_findings(settings: Settings) -> Iterator[Finding]:
    yield _python()
    yield _home(settings.home)
    yield _disk("磁盘空间", settings.home)
    if settings.backups is not None:
        yield _disk("备份磁盘空间", settings.backups)
    yield from _secrets(settings.home)
    yield from _optional_programs()
    yield from _reachable(settings)


def _python() -> Finding:
    return good("Python", ".".join(map(str, sys.version_info[:3])))


def _home(home: Path) -> Finding:
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home) as file:
            file.write(b"0")
    except OSError as error:
        return fault("状态文件夹", f"“{home.resolve()}”写不进去（{error.strerror}）。", "请检查文件夹的权限，或用 ZHENGWEN_HOME 另指一处。")
    return good("状态文件夹", str(home.resolve()))


def _disk(subject: str, folder: Path) -> Finding:
    place = next((path for path in (folder, *folder.resolve().parents) if path.exists()), Path("/"))
    free = shutil.disk_usage(place).free / _GB
    words = f"“{place}”还剩 {free:.1f} GB。"
    if free < _TOO_LOW_GB:
        return fault(subject, words, "空间不够写入新的索引和备份。请清理磁盘，或删除较早的备份。")
    if free < _LOW_GB:
        return notice(subject, words, "空间不多了，请尽快清理或扩容。")
    return good(subject, words)


def _secrets(home: Path) -> Iterator[Finding]:
    for name in _SECRETS:
        path = home / name
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield fault("密钥文件", f"“{path}”可以被其他用户读到。", f"请运行 chmod 600 {path}。")


def _optional_programs() -> Iterator[Finding]:
    if shutil.which("antiword") or shutil.which("soffice"):
        yield good("旧版 Word（.doc）", "可以读取。")
    else:
        yield notice("旧版 Word（.doc）", "没有安装 antiword 或 LibreOffice，.doc 文件读不了。", "Debian 上请运行 apt install antiword。")
    if find_spec("rapidocr"):
        yield good("扫描件识别", "可以识别扫描的 PDF 和图片。")
    else:
        yield notice("扫描件识别", "没有安装，扫描的 PDF 和图片读不了。", "需要时请运行 pip install 'zhengwen[ocr]'。")


def _reachable(settings: Settings) -> Iterator[Finding]:
    loopback = settings.host in {"127.0.0.1", "::1", "localhost"}
    if not loopback and settings.secure_cookies == "false":
        yield fault(
            "登录安全", "服务对外开放，登录 cookie 却允许不加密发送。", "请在前面加 HTTPS 代理，并把 ZHENGWEN_SECURE_COOKIES 设为 true。"
        )
    if not loopback and settings.demonstration:
        yield notice("示范内容", "服务对外开放，同时启用了虚构的示范市。", "正式使用时请把 ZHENGWEN_DEMONSTRATION 设为 false。")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and not loopback:
        yield notice("运行用户", "服务以 root 运行。", "请为服务建立专用用户。")
