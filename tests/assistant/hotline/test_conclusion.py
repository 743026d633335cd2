"""What an operator reads first of the provisions cited."""

from __future__ import annotations

from assistant.hotline.conclusion import nearest_sentences
from tests.factories import a_citation

LIST = "第六条 申请贷款，应当符合下列条件：\n（一）连续缴存6个月以上；\n（二）信用良好；\n（三）已付首付款。"


def test_the_sentence_with_most_words_of_the_question_is_chosen_from_all_quotes() -> None:
    quotes = [a_citation(1, "第二条 本市适用本办法。"), a_citation(2, "第十一条 贷款最高额度为五十万元。第十二条 利率另定。")]
    assert nearest_sentences(quotes, ("最高", "额度"), 4) == ("第十一条 贷款最高额度为五十万元。",)


def test_an_exception_is_never_left_out() -> None:
    quote = a_citation(1, "夜间禁止施工作业。但抢修作业除外。罚款另行规定。")
    assert nearest_sentences([quote], ("施工",), 4) == ("夜间禁止施工作业。", "但抢修作业除外。")
    assert nearest_sentences([quote], ("抢修",), 4) == ("夜间禁止施工作业。", "但抢修作业除外。")


def test_an_item_comes_with_what_leads_the_list_and_a_lead_with_its_items() -> None:
    assert nearest_sentences([a_citation(1, LIST)], ("信用",), 4) == ("第六条 申请贷款，应当符合下列条件：", "（二）信用良好；")
    lead = nearest_sentences([a_citation(1, LIST)], ("申请", "条件"), 2)
    assert lead == ("第六条 申请贷款，应当符合下列条件：", "（一）连续缴存6个月以上；", "（二）信用良好；")


def test_tables_and_headings_only_where_there_is_nothing_else() -> None:
    table = a_citation(1, "最高额度一览表\n人数 | 最高额度\n一人 | 50万元")
    assert nearest_sentences([table, a_citation(2, "一人最高50万元。")], ("最高", "额度"), 4) == ("一人最高50万元。",)
    assert nearest_sentences([table], ("额度",), 4) == ("最高额度一览表",)


def test_without_citations_there_is_no_conclusion() -> None:
    assert nearest_sentences([], ("额度",), 4) == ()
