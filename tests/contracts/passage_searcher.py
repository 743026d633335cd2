"""What every PassageSearcher must do. A test class takes this in and says how a searcher over given passages is made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from indexing.errors import NoSnapshot
from indexing.models import Passage, RankingMode, SearchQuery
from indexing.ports import PassageSearcher
from knowledge_base.errors import UnknownRegion
from tests.passage_factory import CITY, DISTRICT, NATION, OTHER_DISTRICT, PROVINCE, a_passage

RESIDENCE = a_passage("申领居住证，应当提交身份证明和居住地址证明。", "d-1")
HOUSING = a_passage("住房公积金缴存比例不低于百分之五。", "d-2", title="示范市住房公积金管理办法")
PARKING = a_passage("机动车应当在规定地点停放。", "d-3", title="示范市停车管理办法")


class PassageSearcherContract:
    def searcher_over(self, passages: Sequence[Passage] | None) -> PassageSearcher:
        """`passages` None: nothing indexed yet."""
        raise NotImplementedError

    def found(self, passages: Sequence[Passage], mode: RankingMode = RankingMode.DEFAULT, **query: object) -> list[str]:
        asked = SearchQuery(**{"text": "居住证", **query})  # type: ignore[arg-type]
        return [hit.passage.document_id for hit in self.searcher_over(passages).search(asked, mode).hits]

    @pytest.mark.parametrize("mode", RankingMode)
    def test_the_passage_about_the_question_comes_first(self, mode: RankingMode) -> None:
        assert self.found([PARKING, HOUSING, RESIDENCE], mode, text="居住证")[0] == "d-1"

    def test_hits_carry_the_whole_passage(self) -> None:
        hits = self.searcher_over([RESIDENCE]).search(SearchQuery("居住证")).hits
        assert hits[0].passage == RESIDENCE

    @pytest.mark.parametrize("mode", RankingMode)
    def test_scores_fall_and_stay_within_zero_and_one(self, mode: RankingMode) -> None:
        hits = self.searcher_over([PARKING, HOUSING, RESIDENCE]).search(SearchQuery("居住证明"), mode).hits
        scores = [hit.score for hit in hits]
        assert scores == sorted(scores, reverse=True)
        assert all(0.0 <= score <= 1.0 for score in scores)

    def test_vector_score_is_the_cosine(self) -> None:
        hit = self.searcher_over([RESIDENCE]).search(SearchQuery(RESIDENCE.search_text), RankingMode.VECTOR).hits[0]
        assert hit.vector_score == pytest.approx(1.0, abs=1e-4)

    def test_a_lexical_search_leaves_out_what_shares_no_word(self) -> None:
        assert self.found([RESIDENCE, a_passage("ABCDEF", "d-9", title="XYZ")], RankingMode.LEXICAL) == ["d-1"]

    def test_no_more_hits_than_asked_for(self) -> None:
        assert len(self.found([a_passage(document_id=f"d-{number}") for number in range(9)], limit=4)) == 4

    def test_every_passage_is_reachable_when_the_limit_allows(self) -> None:
        passages = [a_passage(document_id=f"d-{number}") for number in range(250)]
        assert len(set(self.found(passages, limit=250))) == 250

    def test_a_passage_binds_from_its_first_day(self) -> None:
        passage = a_passage(effective_on=date(2024, 7, 1))
        assert self.found([passage], as_of=date(2024, 6, 30)) == []
        assert self.found([passage], as_of=date(2024, 7, 1)) == ["d-residence"]

    def test_a_passage_stops_binding_on_its_last_day(self) -> None:
        passage = a_passage(ends_on=date(2025, 1, 1))
        assert self.found([passage], as_of=date(2024, 12, 31)) == ["d-residence"]
        assert self.found([passage], as_of=date(2025, 1, 1)) == []

    def test_without_a_day_every_edition_is_found(self) -> None:
        passages = [a_passage(document_id="old", ends_on=date(2020, 1, 1)), a_passage(document_id="new")]
        assert set(self.found(passages)) == {"old", "new"}

    def test_a_region_is_bound_by_itself_and_by_what_stands_above_it(self) -> None:
        passages = [a_passage(document_id=code, jurisdiction=code) for code in (NATION, PROVINCE, CITY, DISTRICT, OTHER_DISTRICT)]
        assert set(self.found(passages, jurisdiction=DISTRICT)) == {NATION, PROVINCE, CITY, DISTRICT}

    def test_a_city_is_not_bound_by_its_districts(self) -> None:
        passages = [a_passage(document_id=code, jurisdiction=code) for code in (CITY, DISTRICT)]
        assert self.found(passages, jurisdiction=CITY) == [CITY]

    @pytest.mark.parametrize("mode", RankingMode)
    def test_better_passages_that_do_not_bind_never_crowd_out_one_that_does(self, mode: RankingMode) -> None:
        barred = [a_passage("居住证居住证居住证", f"barred-{number}", ends_on=date(2020, 1, 1)) for number in range(300)]
        assert self.found([*barred, PARKING, RESIDENCE], mode, as_of=date(2024, 6, 1), limit=3)[0] == "d-1"

    def test_nothing_that_binds_gives_no_hits(self) -> None:
        assert self.found([RESIDENCE], as_of=date(2000, 1, 1)) == []

    def test_an_empty_index_gives_no_hits(self) -> None:
        assert self.found([]) == []

    def test_an_unknown_region_is_refused(self) -> None:
        with pytest.raises(UnknownRegion):
            self.found([RESIDENCE], jurisdiction="123456")

    def test_a_search_before_the_first_index_says_so(self) -> None:
        with pytest.raises(NoSnapshot):
            self.searcher_over(None).search(SearchQuery("居住证"))

    def test_the_result_names_its_snapshot_and_the_time_of_its_steps(self) -> None:
        result = self.searcher_over([RESIDENCE]).search(SearchQuery("居住证"))
        assert result.snapshot_id
        assert all(milliseconds >= 0 for milliseconds in result.timings_ms.values())
