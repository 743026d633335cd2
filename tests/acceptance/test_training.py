"""zhengwen train on the demonstration content, through the command line: trained, taken up, and honest about what it was not shown."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from api.container import build_container
from evaluation.cross_validation import MODES
from evaluation.retrieval_scores import METRICS
from indexing.adapters.vector_adapter import load_adapter
from indexing.models import PassageKind
from indexing.paired_vectors import searched_model
from indexing.ports import VectorAdapter
from indexing.training.judgement import gain_interval
from indexing.training.recipe import RECIPE_FILE
from indexing.vector_adaptation import UNADAPTED
from tests.demonstration import Home

pytestmark = pytest.mark.model

# Written for this test: nobody was shown them, and they share few words with the guides.
PARAPHRASES = (
    ("户口本不见了，再弄一本去哪", "居民户口簿补领"),
    ("刚生了娃，怎么把他写进户口本里", "新生儿出生登记（落户）"),
    ("身份证被偷了，急着坐飞机怎么弄", "临时居民身份证申领"),
    ("卡片到日子了，身份证要换一张", "居民身份证换领（期满、损坏）"),
    ("被公司裁了，每个月能领的那个钱怎么申请", "失业保险金申领"),
    ("社保的那张卡坏了刷不出来", "社会保障卡补领、换领"),
    ("没有单位，自己给自己交养老医疗", "灵活就业人员社会保险参保登记"),
    ("快到岁数不上班了，养老钱怎么领", "企业职工基本养老保险待遇申领（退休）"),
    ("去外省住院，想直接刷卡结账", "异地就医备案"),
    ("看病自己先垫了钱，单子拿去哪里报", "医疗费用手工报销"),
    ("老妈有高血压糖尿病，长期吃药能多报点吗", "门诊慢性病、特殊疾病待遇认定"),
    ("每个月交房租，能从公积金里拿钱吗", "租房提取住房公积金"),
    ("首付不够，公积金拿出来用", "购房提取住房公积金"),
    ("收入低，想申请政府便宜的房子住", "公共租赁住房申请"),
    ("和房东签了合同，要去哪里报备一下", "房屋租赁登记备案"),
    ("买的二手房，名字怎么改成我的", "存量房转移登记（二手房过户）"),
    ("房本弄丢了怎么重新拿一本", "不动产权证书遗失补发"),
    ("老人去世了，房子怎么转到子女名下", "继承、受遗赠不动产转移登记"),
    ("想领证，和对象要带啥", "结婚登记"),
    ("过不下去了，两个人都同意分开", "离婚登记"),
)


def small_recipe(folder: Path) -> Path:
    """The shipped one, with fewer of everything."""
    text = RECIPE_FILE.read_text(encoding="utf-8")
    for entry, value in {"seeds": "[1]", "sentences_per_document": "0", "random": "500", "epochs": "5", "passages_hidden": "128"}.items():
        text, changed = re.subn(rf"^{entry} = .*$", f"{entry} = {value}", text, flags=re.MULTILINE)
        assert changed == 1
    # One phrasing per field is enough here.
    text = re.sub(r'^(\w+ = \["[^"]+")[^\]]*\]$', r"\1]", text, flags=re.MULTILINE)
    (folder / "recipe.toml").write_text(text, encoding="utf-8")
    return folder / "recipe.toml"


def reciprocal_ranks(home: Home, adapter: VectorAdapter) -> Sequence[float]:
    synchroniser = build_container(home.settings()).synchroniser()
    passages, vectors = synchroniser.embedded_passages()
    searched = synchroniser.adapter  # what comes with the program
    guides = [row for row, passage in enumerate(passages) if passage.kind is PassageKind.GUIDE]
    asked = synchroniser.vectors.questions([text for text, _ in PARAPHRASES], lambda *_: None).vectors
    scores = adapter.queries(searched.queries(asked)) @ adapter.passages(searched.passages(vectors[guides])).T
    ranks = []
    for (_, title), row in zip(PARAPHRASES, scores, strict=True):
        right = [place for place, guide in enumerate(guides) if passages[guide].title == title]
        assert right, title
        ranks.append(1 / (1 + int(np.sum(row > row[right].max()))))
    return ranks


def test_a_small_training_helps_where_nothing_was_shown_and_is_taken_up(own_demonstration: Home, tmp_path: Path) -> None:
    home, folder = own_demonstration, tmp_path / "adapter"
    outcome = home.zhengwen("train", "--own", "--recipe", small_recipe(tmp_path), "--out", folder)
    assert outcome.returncode == 0, outcome.stderr
    assert "本单位内容" in outcome.stdout
    assert "训练适配器" in outcome.stderr

    adapter = load_adapter(folder)
    before, after = (np.array(reciprocal_ranks(home, each)) for each in (UNADAPTED, adapter))
    # Twenty questions are few: worse means worse beyond noise, as for the command itself.
    assert gain_interval(before, after, 2000, 1)[1] >= 0
    assert (after != before).any()

    with_it = {"ZHENGWEN_ADAPTER": str(folder)}
    refreshed = home.zhengwen("index", "refresh", **with_it)
    assert "新算向量 0 个" in refreshed.stdout
    assert adapter.fingerprint in home.zhengwen("index", "status", **with_it).stdout
    # Whoever asks without the setting is still answered by the snapshot as it was made.
    assert "居民户口簿补领" in home.zhengwen("ask", PARAPHRASES[0][0]).stdout


def test_an_adapter_of_another_model_stops_the_refresh_and_nothing_else(own_demonstration: Home, tmp_path: Path) -> None:
    from tests.adapters import write_adapter

    foreign = str(write_adapter(tmp_path / "foreign", dimension=384, base_model="bge-small-zh"))
    refused = own_demonstration.zhengwen("index", "refresh", ZHENGWEN_ADAPTER=foreign)
    assert refused.returncode == 1
    assert "bge-small-zh（384 维）" in refused.stderr
    assert f"{searched_model(build_container(own_demonstration.settings()).embedder().fingerprint)}（384 维）" in refused.stderr
    assert own_demonstration.zhengwen("ask", "居住证要带什么材料", ZHENGWEN_ADAPTER=foreign).returncode == 0


def a_labelled_set(folder: Path) -> Path:
    """Eight short regulations, two questions to each."""
    matters = ("居住证", "公积金", "停车证", "营业执照", "婚姻登记", "老年卡", "养犬登记", "装修备案")
    documents = [{"_id": f"d{n}", "title": f"{m}办法", "text": f"第一条　申请{m}的，应当提交{m}申请书。"} for n, m in enumerate(matters)]
    questions = [
        {"_id": f"q{n}-{k}", "text": text} for n, m in enumerate(matters) for k, text in enumerate((f"{m}怎么弄", f"办{m}交啥东西"))
    ]
    folder.mkdir()
    (folder / "qrels").mkdir()
    for name, rows in (("corpus", documents), ("queries", questions)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    labels = "".join(f"{question['_id']}\td{question['_id'][1]}\t1\n" for question in questions)
    (folder / "qrels" / "dev.tsv").write_text(labels, encoding="utf-8")
    return folder


def test_cross_validation_asks_every_question_of_an_adapter_that_never_saw_it(own_demonstration: Home, tmp_path: Path) -> None:
    labelled = a_labelled_set(tmp_path / "small")
    out = tmp_path / "validated"
    words = ("--dataset", labelled, "--cross-validate", "2", "--recipe", small_recipe(tmp_path), "--out", out)
    outcome = own_demonstration.zhengwen("train", *words)
    assert outcome.returncode == 0, outcome.stderr
    lines = [json.loads(line) for line in (out / "held_out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sorted(line["question"] for line in lines) == sorted(f"q{n}-{k}" for n in range(8) for k in range(2))
    assert {line["fold"] for line in lines} == {1, 2}
    rows = json.loads((out / "cross_validation.json").read_text(encoding="utf-8"))["rows"]["small"]
    for mode in MODES:
        first = [line["places"][mode.value][:1] == [1] for line in lines]
        assert rows[mode.value]["hit@1"] == pytest.approx(sum(first) / 16, abs=1e-4)
        assert rows[mode.value]["queries"] == 16
        assert set(rows[mode.value]["intervals"]) == set(METRICS)
    assert not (out / "card.json").exists()
