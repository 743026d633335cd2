"""Small sets of labelled messages for the tests of classifiers."""

from __future__ import annotations

from assistant.classification import LabelledText

_SAID = {
    "交通运输": (
        "公交车半小时一趟，能不能加密班次",
        "出租车拒载，打表乱收费",
        "国道路面坑洼，货车超载没人管",
        "希望开通到高铁站的公交线路",
        "网约车司机绕路，怎么投诉",
        "公交站台没有遮雨棚，等车很不方便",
    ),
    "教育文体": (
        "孩子上小学要准备什么材料",
        "中学违规补课，收费很高",
        "幼儿园学位不够，报不上名",
        "老师在校外办补习班",
        "学区怎么划分，户口要满几年",
        "高中择校费能不能退",
    ),
    "劳动和社会保障": (
        "公司拖欠工资三个月不发",
        "社保卡丢了怎么补办",
        "退休金什么时候上调",
        "单位不给交养老保险",
        "失业金怎么领取",
        "工伤认定要多久",
    ),
}

LESSONS = tuple(LabelledText(text, label) for label, texts in _SAID.items() for text in texts)
LETTERS = tuple(LabelledText(f"尊敬的领导：您好！{one.text}。盼回复。", one.label, one.text[:8]) for one in LESSONS)
