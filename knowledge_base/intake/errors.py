"""Errors of intake, in domain words, with Chinese messages that can be shown.

KnowledgeBaseError
├── FileRefused       a file that is not taken in at all: too large, empty, of a kind nobody reads
├── UnknownUpload     no upload has this id
├── UnknownDraft      no draft has this id
├── UnknownProposal   no proposed repeal has this id
├── ProposalDecided   the proposed repeal is confirmed or declined already
├── DraftChanged      somebody else changed the draft meanwhile; look again
└── DraftDecided      the draft is published or discarded already
"""

from __future__ import annotations

from knowledge_base.errors import KnowledgeBaseError


class FileRefused(KnowledgeBaseError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"没有收下“{name}”：{reason}")
        self.name, self.reason = name, reason


class UnknownUpload(KnowledgeBaseError):
    def __init__(self, upload_id: str) -> None:
        super().__init__("没有这个上传的文件，它可能已经被清理。请回到上传列表查看。")
        self.upload_id = upload_id


class UnknownDraft(KnowledgeBaseError):
    def __init__(self, draft_id: str) -> None:
        super().__init__("没有这份待审核的文件。请回到列表查看。")
        self.draft_id = draft_id


class DraftChanged(KnowledgeBaseError):
    def __init__(self, draft_id: str) -> None:
        super().__init__("这份文件刚刚被别人改过。请刷新页面，看过新的内容后再操作。")
        self.draft_id = draft_id


class DraftDecided(KnowledgeBaseError):
    def __init__(self, draft_id: str, state: str) -> None:
        super().__init__(f"这份文件{state}，不能再改。")
        self.draft_id = draft_id


class UnknownProposal(KnowledgeBaseError):
    def __init__(self, proposal_id: str) -> None:
        super().__init__("没有这条待确认的废止。请回到废止确认列表查看。")
        self.proposal_id = proposal_id


class ProposalDecided(KnowledgeBaseError):
    def __init__(self, proposal_id: str) -> None:
        super().__init__("这条废止已经有人处理过了。请刷新列表查看结果。")
        self.proposal_id = proposal_id
