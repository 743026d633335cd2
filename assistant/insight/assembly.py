"""The parts of insight and surveys as pages and jobs use them. The wiring makes it once."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.insight.figures import Figures
from assistant.insight.issue_board import IssueBoard
from assistant.insight.issue_finder import IssueFinder
from assistant.insight.rules import InsightRules
from assistant.surveys.survey_desk import SurveyDesk


@dataclass(frozen=True, slots=True)
class Insight:
    figures: Figures
    finder: IssueFinder
    board: IssueBoard
    surveys: SurveyDesk
    rules: InsightRules
