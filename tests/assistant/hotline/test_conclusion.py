"""What an operator reads first of the provisions cited."""

from __future__ import annotations

from dataclasses import replace

from assistant.hotline.conclusion import nearest_sentences
from assistant.hotline.desk_rules import load_desk_rules
from assistant.models import Citation
from tests.factories import a_citation

RULES = load_desk_rules().conclusion

LIST = "第六条 申请贷款，应当符合下列条件：\n（一）连续缴存6个月以上；\n（二）信用良好；\n（三）已付首付款。"


def nearest(citations: list[Citation], terms: tuple[str, ...], items: int = 4, question: str = "") -> tuple[str, ...]:
    return nearest_sentences(citations, question, terms, replace(RULES, items=items))


def test_the_sentence_with_most_words_of_the_question_is_chosen_from_all_quotes() -> None:
    quotes = [a_citation(1, "第二条 本市适用本办法。"), a_citation(2, "第十一条 贷款最高额度为五十万元。第十二条 利率另定。")]
    assert nearest(quotes, ("最高", "额度"), 4) == ("第十一条 贷款最高额度为五十万元。",)


def test_an_exception_is_never_left_out() -> None:
    quote = a_citation(1, "夜间禁止施工作业。但抢修作业除外。罚款另行规定。")
    assert nearest([quote], ("施工",), 4) == ("夜间禁止施工作业。", "但抢修作业除外。")
    assert nearest([quote], ("抢修",), 4) == ("夜间禁止施工作业。", "但抢修作业除外。")


def test_an_item_comes_with_what_leads_the_list_and_a_lead_with_its_items() -> None:
    assert nearest([a_citation(1, LIST)], ("信用",), 4) == ("第六条 申请贷款，应当符合下列条件：", "（二）信用良好；")
    lead = nearest([a_citation(1, LIST)], ("申请", "条件"), 2)
    assert lead == ("第六条 申请贷款，应当符合下列条件：", "（一）连续缴存6个月以上；", "（二）信用良好；")


def test_tables_and_headings_only_where_there_is_nothing_else() -> None:
    table = a_citation(1, "最高额度一览表\n人数 | 最高额度\n一人 | 50万元")
    assert nearest([table, a_citation(2, "一人最高50万元。")], ("最高", "额度"), 4) == ("一人最高50万元。",)
    assert nearest([table], ("额度",), 4) == ("最高额度一览表",)


def test_without_citations_there_is_no_conclusion() -> None:
    assert nearest([], ("额度",), 4) == ()


def test_of_sentences_as_near_the_one_of_the_earlier_provision_is_read() -> None:
    quotes = [a_citation(1, "贷款额度另行规定。"), a_citation(2, "贷款额度按年公布。")]
    assert nearest(quotes, ("贷款", "额度")) == ("贷款额度另行规定。",)


def test_whoever_asks_how_much_hears_a_number() -> None:
    quotes = [a_citation(1, "贷款额度按照缴存情况确定。"), a_citation(2, "一人缴存的，贷款额度50万元。")]
    assert nearest(quotes, ("贷款", "额度"), question="能贷多少") == ("一人缴存的，贷款额度50万元。",)
    assert nearest(quotes, ("贷款", "额度"), question="怎么确定") == ("贷款额度按照缴存情况确定。",)


def test_scope_and_purpose_conclude_nothing() -> None:
    quotes = [a_citation(1, "第二条 施工噪声投诉的处理，适用本办法。第七条 禁止夜间施工。")]
    assert nearest(quotes, ("施工", "噪声", "投诉")) == ("第七条 禁止夜间施工。",)


def test_halves_of_a_sentence_stay_together() -> None:
    quote = a_citation(1, "一人缴存的，最高50万元；两人缴存的，最高80万元。利率另定。")
    assert nearest([quote], ("一人", "最高")) == ("一人缴存的，最高50万元；", "两人缴存的，最高80万元。")
    assert nearest([quote], ("两人", "最高")) == ("一人缴存的，最高50万元；", "两人缴存的，最高80万元。")
