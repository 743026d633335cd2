"""One run over one source: list, fetch what may have changed, hand in what has, notice what is gone. Deletes and repeals nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from knowledge_base.intake.errors import FileRefused
from knowledge_base.ports import Clock
from knowledge_base.sources.errors import ItemFailed, ItemGone, ListingFailed
from knowledge_base.sources.models import ItemState, Listed, RunState, Source, SourceItem, SourceRun
from knowledge_base.sources.ports import Fetched, Place, Places, Receiver, SourceStore
from knowledge_base.sources.run_sentences import counts_of, summary
from knowledge_base.sources.source_rules import SourceRules

_UPLOADS_TO_SEARCH = 20
_SKIPS_BETWEEN_BEATS = 50


class Cancelled(Exception):
    """Somebody asked for the end of the run."""


@dataclass(frozen=True, slots=True)
class VisitParts:
    """What a run works with. `submit` puts (task, argument) into the queue of background work."""

    store: SourceStore
    places: Places
    receiver: Receiver
    submit: Callable[[str, str], None]
    clock: Clock
    rules: SourceRules


class SourceVisit:
    """Begun again after a kill it passes over what the run has dealt with already. `resumed`: the run was held before."""

    def __init__(self, parts: VisitParts, source: Source, run: SourceRun, *, resumed: bool) -> None:
        self._parts, self._source, self._resumed = parts, source, resumed
        self.run = run
        self._skipped = 0

    def go(self) -> SourceRun:
        """Returns the run DONE. Raises Cancelled, ListingFailed, SourceBusy (another process took over) and StoreUnavailable."""
        limit = self._source.max_items
        with self._parts.places.open(self._source, self.beat) as place:
            found = list(islice(place.listed(), limit + 1))
            if not found:
                raise ListingFailed("没有找到可以获取的内容。请核对地址、网址规则和链接位置，可用“试取一次”查看。")
            cut = len(found) > limit
            self.run = replace(self.run, total=len(found[:limit]))
            for done, listed in enumerate(found[:limit], 1):
                self._look(place, listed)
                self.run = replace(self.run, done=done)
            if place.complete and not cut:
                self._look_for_missing(place)
            partly = not place.complete
        counts = counts_of(self._parts.store.item_counts(self._source.id, self.run.id))
        sentence = summary(counts, cut_at=limit if cut else 0, partly=partly)
        return replace(self.run, state=RunState.DONE, counts=counts, sentence=sentence, doing="", ended_at=self._parts.clock())

    def beat(self, doing: str) -> None:
        """Notes what is done now and that this process lives. Raises Cancelled, SourceBusy."""
        until = self._parts.clock() + timedelta(seconds=self._parts.rules.hold_s)
        self.run = self._parts.store.note_progress(replace(self.run, doing=doing, held_until=until))
        if self.run.cancelled_by:
            raise Cancelled

    def _look(self, place: Place, listed: Listed) -> None:
        known = self._parts.store.item(self._source.id, listed.address)
        if known is not None and known.run_id == self.run.id:
            return
        now = self._parts.clock()
        if known is not None and self._can_be_skipped(listed, known, now):
            self._keep(replace(known, state=ItemState.UNCHANGED, reason=""), now)
            self._skipped += 1
            if self._skipped % _SKIPS_BETWEEN_BEATS == 0:
                self.beat("正在核对没有变化的内容")
            return
        self.beat(f"正在获取：{listed.title or listed.address}")
        item = known or SourceItem(self._source.id, listed.address, ItemState.NEW, now, now, self.run.id)
        item = replace(item, title=listed.title or item.title, listed_as=listed.listed_as)
        found = self._as_found(place, item)
        # Withdrawn long ago and still listed: nothing to say again.
        if found is not item or item.state is not ItemState.WITHDRAWN:
            self._keep(found, self._parts.clock())

    def _can_be_skipped(self, listed: Listed, known: SourceItem, now: datetime) -> bool:
        """The listing says that nothing has changed, and it was not long ago that somebody looked."""
        if not listed.listed_as or listed.listed_as != known.listed_as or known.fetched_at is None:
            return False
        is_settled = known.state not in {ItemState.FAILED, ItemState.WITHDRAWN} and bool(known.upload_id)
        return is_settled and now - known.fetched_at < timedelta(days=self._parts.rules.recheck_days)

    def _as_found(self, place: Place, item: SourceItem) -> SourceItem:
        try:
            # What was never handed in is asked for without conditions, or "not modified" would leave us with nothing.
            fetched = place.fetch(item.address, item if item.upload_id else None)
        except ItemGone as gone:
            # An address that never held anything is a dead link, not a withdrawn page.
            return self._withdrawn(item, gone.reason) if item.upload_id else replace(item, state=ItemState.FAILED, reason=gone.reason)
        except ItemFailed as failed:
            # Without its mark of age the listing cannot talk the next run out of trying again.
            return replace(item, state=ItemState.FAILED, reason=failed.reason, listed_as="")
        try:
            return self._compared(item, fetched)
        finally:
            if fetched.content is not None:
                fetched.content.close()

    def _compared(self, item: SourceItem, fetched: Fetched) -> SourceItem:
        now = self._parts.clock()
        reason = "撤下后又出现。" if item.state is ItemState.WITHDRAWN else ""
        looked = replace(item, fetched_at=now, reason=reason, checked_by="", checked_at=None)
        if fetched.content is None:
            return replace(looked, state=ItemState.UNCHANGED, etag=fetched.etag or item.etag, last_modified=fetched.last_modified)
        same_text = bool(fetched.text_digest) and fetched.text_digest == item.text_digest
        seen = replace(
            looked,
            digest=fetched.digest,
            text_digest=fetched.text_digest,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            title=item.title or fetched.title,
        )
        if item.upload_id and (fetched.digest == item.digest or same_text):
            return replace(seen, state=ItemState.UNCHANGED)
        try:
            upload_id = self._hand_in(seen, fetched)
        except FileRefused as refused:
            return replace(item, state=ItemState.FAILED, reason=refused.reason, fetched_at=now)
        return replace(seen, state=ItemState.CHANGED if item.upload_id else ItemState.NEW, changed_at=now, upload_id=upload_id)

    def _hand_in(self, item: SourceItem, fetched: Fetched) -> str:
        upload_id = self._handed_in_before_the_kill(item) if self._resumed else ""
        if not upload_id and fetched.content is not None:
            by = f"来源：{self._source.label}"
            received = self._parts.receiver.receive(fetched.name, fetched.content, by=by, origin=item.address, source_id=self._source.id)
            upload_id = received.id
        self._parts.submit("read_upload", upload_id)
        return upload_id

    def _handed_in_before_the_kill(self, item: SourceItem) -> str:
        """A run may be killed between handing in and noting it; the same file must not be handed in twice."""
        uploads = self._parts.receiver.uploads(source_id=self._source.id, limit=_UPLOADS_TO_SEARCH)
        same = (upload for upload in uploads if upload.origin == item.address and upload.digest == item.digest)
        return next((upload.id for upload in same if upload.at >= self.run.started_at), "")

    def _look_for_missing(self, place: Place) -> None:
        """What this run has not come across: withdrawn after some runs, or, where listings show the newest only, looked up one by one."""
        recheck = timedelta(days=self._parts.rules.recheck_days)
        for item in self._parts.store.unseen_items(self._source.id, self.run.id):
            now = self._parts.clock()
            if self._source.kind.lists_everything:
                self._keep_missing(item)
            elif item.fetched_at is None or now - item.fetched_at >= recheck:
                self._look(place, Listed(item.address, item.title))

    def _keep_missing(self, item: SourceItem) -> None:
        runs = item.missing_runs + 1
        missing = replace(item, missing_runs=runs, run_id=self.run.id)
        if runs < self._parts.rules.withdrawn_after_runs:
            state = ItemState.FAILED if item.state is ItemState.FAILED else ItemState.UNCHANGED
            self._parts.store.save_item(replace(missing, state=state, reason="这次没有列出，下次再看。"))
        else:
            self._parts.store.save_item(self._withdrawn(missing, f"连续 {runs} 次没有在列表中出现。"))

    def _withdrawn(self, item: SourceItem, reason: str) -> SourceItem:
        if item.state is ItemState.WITHDRAWN:
            return item
        return replace(item, state=ItemState.WITHDRAWN, reason=reason, changed_at=self._parts.clock(), checked_by="", checked_at=None)

    def _keep(self, item: SourceItem, now: datetime) -> None:
        seen = item if item.state is ItemState.WITHDRAWN else replace(item, last_seen=now, missing_runs=0)
        self._parts.store.save_item(replace(seen, run_id=self.run.id))
