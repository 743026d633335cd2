"""Real documents that nobody here wrote, imported and asked on the command line."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.demonstration import Home

pytestmark = pytest.mark.public_data

QUESTION = "身份证丢了怎么补办？"
RULES = {
    "中华人民共和国临时居民身份证管理办法",
    "关于传发广东省户口居民身份证管理工作操作规范（2024年版）的通知",
    "现役军人和人民武装警察居民身份证申领发放办法",
    "关于全面上线居民身份证换补领业务和户籍三项“跨省通办”服务的通知",
    "关于在办理户口居民身份证业务工作中进一步严格规范冷僻字使用的通知",
    "关于开通首次申领居民身份证申领临时居民身份证“跨省通办”“全省通办”服务的通知",
}
OF_GUANGDONG = "关于传发广东省户口居民身份证管理工作操作规范（2024年版）的通知"
SAMPLE = 25
"""Every so manyth law."""


@pytest.fixture
def idcard_rules(public_data: Path) -> Path:
    if shutil.which("antiword") is None and shutil.which("soffice") is None:
        pytest.skip("没有安装 antiword 或 LibreOffice")
    return public_data / "idcard_rules"


@pytest.mark.model
def test_all_twelve_originals_are_read_and_answered_from(
    bare_home: Callable[..., Home], default_model_folder: Path, idcard_rules: Path
) -> None:
    home = bare_home(default_model_folder)
    imported = home.zhengwen("policies", "import", idcard_rules)
    assert imported.returncode == 0, imported.stderr
    # Each rule lies there twice, as an office file and as its text.
    assert "共处理12个文件：收录或更新6份政策文件" in imported.stdout
    assert "没有失败" in imported.stdout
    listed = home.zhengwen("policies", "list").stdout
    assert all(title in listed for title in RULES)
    again = home.zhengwen("policies", "import", idcard_rules, "--no-index")
    assert "收录或更新0份政策文件，内容未变6份" in again.stdout
    answer = json.loads(home.zhengwen("ask", QUESTION, "--json").stdout)
    assert answer["status"] == "answered"
    assert answer["citations"][0]["title"] == OF_GUANGDONG


@pytest.mark.model
def test_in_their_own_province_they_answer_beside_the_demonstration_content(own_demonstration: Home, idcard_rules: Path) -> None:
    assert own_demonstration.zhengwen("policies", "import", idcard_rules).returncode == 0
    answer = json.loads(own_demonstration.zhengwen("ask", QUESTION, "--region", "广东省", "--json").stdout)
    assert answer["citations"][0]["title"] == OF_GUANGDONG
    assert not any(citation["is_demonstration"] for citation in answer["citations"])


def test_a_sample_of_the_laws_is_imported_without_a_model(bare_home: Callable[..., Home], public_data: Path, tmp_path: Path) -> None:
    with gzip.open(public_data / "laws" / "docs.jsonl.gz", "rt", encoding="utf-8") as stream:
        lines = [line for number, line in enumerate(stream) if number % SAMPLE == 0]
    path = tmp_path / "法律.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    home = bare_home()
    imported = home.zhengwen("policies", "import", path, "--no-index")
    assert imported.returncode == 0, imported.stderr
    assert "没有失败" in imported.stdout
    assert f"共 {len(lines)} 件。" in home.zhengwen("policies", "list").stdout
