"""The tool that says which department a request belongs to. It registers nothing."""

from __future__ import annotations

from api.container import Container
from api.json_v1.answer_models import DepartmentModel
from api.json_v1.search import region_code
from api.mcp_server.models import CandidateModel, RouteArguments, RouteResult
from assistant.routing import RoutedDepartment


def route(container: Container, wanted: RouteArguments) -> tuple[str, RouteResult]:
    """The text is masked before anything else sees it. Raises UnknownRegion."""
    text, code = container.mask(wanted.text), region_code(container, wanted.region or None)
    routing, intent = container.router().route(text, code), container.recogniser().recognise(text)
    result = RouteResult(
        request_type=intent.request_type.label if intent.request_type else "",
        certain=routing.automatic,
        lead=_candidate(routing.lead) if routing.lead else None,
        supporting=[_candidate(each) for each in routing.supporting],
        candidates=[_candidate(each) for each in routing.candidates],
    )
    return _told(result), result


def _candidate(routed: RoutedDepartment) -> CandidateModel:
    department = DepartmentModel.model_validate(routed.department)
    # The reasons stay inside: they may quote what somebody else has reported.
    return CandidateModel(department=department, confidence=round(min(max(routed.confidence, 0), 1), 4))


def _told(result: RouteResult) -> str:
    if result.lead is None:
        return "没有合适的承办单位，请由人工分派。"
    lead = result.lead.department
    kind = f"诉求类型：{result.request_type}\n" if result.request_type else ""
    sure = "" if result.certain else "（没有十分把握，请人工核对）"
    supporting = "、".join(each.department.name for each in result.supporting)
    told = f"{kind}主办单位：{lead.name}{sure}  电话：{lead.phone}  时间：{lead.hours}"
    return told + (f"\n协办单位：{supporting}" if supporting else "")
