"""Personal data is masked, what looks like it is not, and nothing else changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from re import _parser  # the only place where Python tells how far a pattern can reach

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.models import CitizenQuestion, MaskedSpan
from assistant.privacy_rules import PrivacyPattern, load_privacy_rules
from assistant.steps.privacy_screen import PrivacyScreen

SCREEN = PrivacyScreen(load_privacy_rules())
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# Prose that holds no personal data, with the characters that most often stand beside a number.
PROSE = st.text(alphabet="的是在，。：（）我要办理居民补贴、 abc", max_size=12)


def masked(text: str) -> str:
    return SCREEN.mask(text)[0]


def restored(text: str, shown: str, spans: tuple[MaskedSpan, ...]) -> str:
    """Puts the original values back where the spans say they stood."""
    for span in spans:
        shown = shown[: span.start] + text[span.start : span.end] + shown[shown.index("】", span.start) + 1 :]
    return shown


@st.composite
def resident_ids(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1920, 1, 1), date(2025, 12, 31)))
    body = f"{draw(st.integers(110000, 659999))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True)) % 11]


@st.composite
def bank_cards(draw: st.DrawFn) -> str:
    digits = draw(st.text("0123456789", min_size=18, max_size=18))
    body = (draw(st.sampled_from(["62", "4", "51"])) + digits)[: draw(st.sampled_from([15, 16, 18]))]
    total = sum(
        (doubled - 9 if doubled > 9 else doubled)
        for place, digit in enumerate(reversed(body))
        for doubled in [int(digit) * (2 - place % 2)]
    )
    return body + str(-total % 10)


@st.composite
def mobiles(draw: st.DrawFn) -> str:
    number = "1" + draw(st.sampled_from("3456789")) + draw(st.text("0123456789", min_size=9, max_size=9))
    shape = draw(st.sampled_from(["{0}{1}{2}", "{0} {1} {2}", "{0}-{1}-{2}", "+86{0}{1}{2}", "+86 {0} {1} {2}", "0086-{0}{1}{2}"]))
    return shape.format(number[:3], number[3:7], number[7:])


def wide(text: str) -> str:
    return text.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})


def check_masked(before: str, value: str, after: str, kind: str) -> None:
    text = before + value + after
    shown, spans = SCREEN.mask(text)
    assert [span.kind for span in spans] == [kind]
    assert value not in shown
    assert restored(text, shown, spans) == text


@given(PROSE, resident_ids(), PROSE)
def test_every_valid_resident_id_between_any_words_is_masked(before: str, number: str, after: str) -> None:
    check_masked(before, number, "的人" + after, "身份证号")


@given(PROSE, bank_cards(), PROSE)
def test_every_valid_bank_card_is_masked(before: str, number: str, after: str) -> None:
    check_masked(before + "我的", number, "，" + after, "银行卡号")


@given(PROSE, mobiles(), st.sampled_from([str, wide]), PROSE)
def test_every_mobile_number_in_any_common_shape_is_masked(before: str, number: str, width: Callable[[str], str], after: str) -> None:
    check_masked(before + "打", width(number), "找我" + after, "手机号")


@given(st.text(max_size=200))
def test_nothing_is_lost_outside_the_masked_spans(text: str) -> None:
    shown, spans = SCREEN.mask(text)
    assert all(early.end <= late.start for early, late in pairwise(spans))
    place, kept = 0, []
    for span in spans:
        kept.append(text[place : span.start])
        place = span.end
    kept.append(text[place:])
    rest = shown
    for piece in kept:
        assert piece in rest
        rest = rest[rest.index(piece) + len(piece) :]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("身份证11010519491231002x号", "身份证【身份证号】号"),
        ("１１０１０５１９４９１２３１００２Ｘ", "【身份证号】"),
        ("110105 19491231 002X", "【身份证号】"),
        ("老身份证110105491231002", "老身份证【身份证号】"),
        ("我的身份证号是11010519491231002，少一位", "我的身份证号是【身份证号】，少一位"),
        ("卡号 6222 0212 0212 0212 345 收不到", "卡号 【银行卡号】 收不到"),
        ("电话一三八零零零零一二三四", "电话【手机号】"),
        ("电话13800001234元旦前打", "电话【手机号】元旦前打"),
        ("电话1 3 8 0 0 0 0 1 2 3 4", "电话【手机号】"),
        ("13800001234，13900001234", "【手机号】，【手机号】"),
        ("发到zhang.san_88@example.com谢谢", "发到【电子邮箱】谢谢"),
        ("粤A12345被贴条，新能源粤AD12345也是，沪·A", "【车牌号】被贴条，新能源【车牌号】也是，沪·A"),
        ("我的港澳通行证号码是C12345678", "我的港澳通行证号码是【证件号】"),
        ("护照E12345678快到期", "护照【证件号】快到期"),
        ("医保卡号：A123456789", "医保卡号：【社保卡号】"),
        ("加我QQ12345678或者微信号zhang_san88", "加我QQ【QQ号】或者微信号【微信号】"),
        ("家里电话(0755)88881234", "家里电话【固定电话】"),
        ("我家座机88881234", "我家座机【固定电话】"),
        ("我家座机0755-88881234", "我家座机【固定电话】"),
        ("0755-88881234是我家的电话", "【固定电话】是我家的电话"),
        ("订单上留的电话13800001234", "订单上留的电话【手机号】"),
        ("持军字第1234567号军官证", "持【证件号】军官证"),
        ("永久居留证CAN330112345678", "永久居留证【证件号】"),
        ("E12345678这本护照丢了", "【证件号】这本护照丢了"),
        ("加v信wxid_ab12345", "加v信【微信号】"),
        ("发到zhang(at)example.com", "发到【电子邮箱】"),
    ],
)
def test_personal_data_is_masked_readably(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我住在示范市明德区和平路12号3栋2单元501室", "我住在示范市明德区和平路【住址】"),
        ("家住青山村3组12号，没有路灯", "家住青山村【住址】，没有路灯"),
        ("寄到和平路12号，本人收", "寄到和平路【住址】，本人收"),
        ("寄到和平路12号市政务中心", "寄到和平路12号市政务中心"),
        ("桂花苑5栋1单元302室半夜装修", "桂花苑5栋【住址】半夜装修"),
        ("桂花苑5栋302室、303室漏水", "桂花苑5栋【住址】漏水"),
        ("桂花苑5-1-302的业主", "桂花苑【住址】的业主"),
        ("幸福小区3号楼楼下的烧烤店", "幸福小区3号楼楼下的烧烤店"),
        ("桂花苑5栋103麻将馆扰民", "桂花苑5栋103麻将馆扰民"),
        ("国际大厦A座1203室的公司", "国际大厦A座1203室的公司"),
        ("小区共12栋1500户", "小区共12栋1500户"),
    ],
)
def test_a_dwelling_is_masked_and_the_place_of_a_complaint_stays(text: str, shown: str) -> None:
    """The office in charge is found by the road, the estate and the building."""
    assert masked(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我叫张小明，想办居住证", "我叫【姓名】，想办居住证"),
        ("联系人：李娜 电话13800001234", "联系人：【姓名】 电话【手机号】"),
        ("姓名：欧阳建军\n年龄60", "姓名：【姓名】\n年龄60"),
        ("本人王芳，女，65岁", "本人【姓名】，女，65岁"),
        ("我儿子叫刘洋今年上学", "我儿子叫【姓名】今年上学"),
        ("被投诉人：王强", "被投诉人：王强"),
        ("联系人：王主任", "联系人：王主任"),
        ("我叫车没来", "我叫车没来"),
        ("我叫房东修水管", "我叫房东修水管"),
        ("我是高中生，", "我是高中生，"),
        ("姓名查询", "姓名查询"),
    ],
)
def test_a_person_introduced_by_name_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "国办发〔2021〕7号和示政发〔2024〕12号还有效吗",
        "公司代码91350100M000100Y43怎么变更",
        "打12345、12333、110、95588还是400-820-8820",
        "补贴总额13600001111元，每人1380.50元",
        "注册资本13800000000.00元",
        "补贴150-2000-3000元",
        "2024年1月15日至2024年12月31日，20240115",
        "订单号13800001234到哪了",
        "办件编号440106202401151234",
        "受理号：6222021202120212345",
        "不动产权第0012345号，第13条",
        "市民中心电话0755-12345678打不通",
        "邮件发到wsbs@shifan.gov.cn可以吗",
        "微信公众号shifanfabu上能办吗",
        "护照怎么办，要带什么材料",
        "C12345678",
        "京津冀A级景区，川藏线B1234",
        "身份证18位是什么意思",
        "幸福路12号的路灯坏了",
        "SF20261122-0001办到哪了",
        "项目代码2403-440106-04-01-123456",
        "440106202401151234的进度",
        "加入QQ群123456789",
        "官方微信：shifan12345",
        "护照20240115之前能办吗",
        "京公网安备11010502030123号",
    ],
)
def test_what_only_looks_like_personal_data_stays(text: str) -> None:
    assert SCREEN.mask(text) == (text, ())


def test_a_mistyped_resident_id_is_masked_where_it_is_called_one_and_where_its_date_is_real() -> None:
    assert masked("身份证110105194912310021") == "身份证【身份证号】"
    assert masked("我是110105194912310021") == "我是【身份证号】"
    assert masked("我是110105194999310021") == "我是110105194999310021"


def test_the_screened_question_keeps_all_but_the_values() -> None:
    asked = CitizenQuestion("我是13800001234", "c1", "990100", date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC))
    screened = SCREEN.screen(asked)
    assert (screened.text, screened.masked) == ("我是【手机号】", (MaskedSpan("手机号", 2, 13),))
    assert (screened.conversation_id, screened.jurisdiction, screened.as_of, screened.asked_at) == (
        "c1",
        "990100",
        asked.as_of,
        asked.asked_at,
    )


def test_masking_twice_changes_nothing_more() -> None:
    once = masked("我住在明德区和平路12号3栋2单元501室，电话13800001234，身份证11010519491231002X")
    assert SCREEN.mask(once) == (once, ())


HOSTILE = ("1", "1-", "一", "路1号", "小区", "村", "住在村", "我叫王", "a@", "a.", "粤A", "栋101、", "2单元", "身份证", "微信a", "单号")


@pytest.mark.parametrize("piece", HOSTILE)
def test_long_hostile_input_is_screened_to_the_end(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    assert masked(text + "。电话13800001234").endswith("。电话【手机号】")


@pytest.mark.parametrize("pattern", SCREEN.rules.patterns, ids=lambda pattern: pattern.kind)
def test_no_pattern_reads_further_than_a_fixed_number_of_characters(pattern: PrivacyPattern) -> None:
    """So the work at one place does not depend on the length of the message, and all of it grows with the length alone."""
    longest = _parser.parse(pattern.pattern.pattern, pattern.pattern.flags).getwidth()[1]
    assert longest < 500


@pytest.mark.public_data
def test_the_synthetic_public_set_is_all_right(public_data: Path) -> None:
    """统一社会信用代码 and what is labelled benign stays; every other value goes."""
    wrong = []
    for line in (public_data / "safety" / "pii_synthetic.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        stays = entry["label"] == "benign" or entry["type"] == "统一社会信用代码"
        shown = masked(entry["text"])
        right = shown == entry["text"] if stays else entry["value"] not in shown
        if not right:
            wrong.append((entry["qid"], shown))
    assert not wrong


def test_every_pattern_of_the_file_is_used_by_some_test_above() -> None:
    kinds = {pattern.kind for pattern in load_privacy_rules().patterns if pattern.mask}
    shown = {"身份证号", "银行卡号", "手机号", "电子邮箱", "车牌号", "证件号", "社保卡号", "QQ号", "微信号", "固定电话", "住址", "姓名"}
    assert kinds == shown
