"""Sentences by which a document ends others: "《…》（…号）同时废止", "自本通知印发之日起，《…》停止执行"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge_base.document_numbers import normalise_document_number
from knowledge_base.models import RepealNotice

_SENTENCE = re.compile(r"[^。\n]+[。]?")
_VERB = re.compile(r"废止|停止执行|停止施行|停止适用|不再执行|不再适用|终止执行|失效")
_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》\s*([（(](?:[^（）()]|[（(][^（）()]{0,20}[）)]){1,80}[）)])?")
# Between the last title and the verb: nothing that would limit the repeal to a part or make it a mere mention.
_BEFORE_VERB = re.compile(
    r"^[\s，、]*(?:等[\u3400-\u9fff、]{0,12})?(?:[一二三四五六七八九十两\d]+(?:个|件|部)?(?:文件|规定|法规|规章))?(?:的?规定)?[\s，,]*"
    r"(?:自[^，,]{2,20}起)?[，,]?(?:同时|一并|即行|即|自行|相应|均|也|亦|都|全部|正式|现予?|予以|宣布|同步|随之)*$"
)
_BETWEEN = re.compile(
    r"^[\s，、；]*(?:和|及|以及|与)?[\s，、]*(?:原|经)?(?:[\u3400-\u9fff\d、〇]{0,40}?(?:发布|公布|印发|制定|颁布|批准|修订|颁发|下发|通过|施行)的?)?(?:原)?[\s，、]*$"
)
_LEANS_ON = re.compile(r"(?:根据|依据|按照|依照|遵照|适用|执行|贯彻|落实)(?:了|原)?$")
_NOT_REPEALING = re.compile(r"(?:被|未|不得|尚未|没有|修改、|修改或者|或者|清理、?)(?:予以)?$")


def find_repeals(text: str) -> Iterator[RepealNotice]:
    """One notice per title a sentence ends, in order; the span is the sentence. Repeals of single articles are left out."""
    for match in _SENTENCE.finditer(text):
        sentence = match.group()
        if "》" not in sentence or len(sentence) > 3000:
            continue
        stripped = sentence.strip(" \t\u3000")
        start = match.start() + sentence.index(stripped)
        seen: set[str] = set()
        for verb in _VERB.finditer(sentence):
            for title, number in _ended_by(sentence[: verb.start()]):
                if title not in seen:
                    seen.add(title)
                    yield RepealNotice(title, number, start, start + len(stripped))


def _ended_by(before: str) -> list[tuple[str, str | None]]:
    """Titles right before the verb, back to the first that is not joined to the next one."""
    if _NOT_REPEALING.search(before):
        return []
    titles = list(_TITLE.finditer(before))
    if not titles or not _BEFORE_VERB.match(before[titles[-1].end() :]):
        return []
    ended = [titles[-1]]
    for earlier in reversed(titles[:-1]):
        if _LEANS_ON.search(before[: earlier.start()]) or not _BETWEEN.match(before[earlier.end() : ended[-1].start()]):
            break
        ended.append(earlier)
    return [(_plain(title[1]), normalise_document_number(title[2]) if title[2] else None) for title in reversed(ended)]


def _plain(title: str) -> str:
    return "".join(title.split())
