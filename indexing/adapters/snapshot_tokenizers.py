"""Each snapshot is searched with the words it was made with: the tokenizer that fits a snapshot, and the one that serves now."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from indexing.errors import IndexingError, SnapshotMismatch
from indexing.models import SnapshotManifest
from indexing.ports import Tokenizer
from indexing.tuning import LexicalTuning
from indexing.vocabulary import PolicyVocabulary

# The one that serves, the one that a new snapshot is made with, and the one of the program, from which classifiers learn.
_KEPT = 3


class Tokenizers:
    """Tokenizers by vocabulary; the last few are kept, because making one takes most of a second. Safe to share between threads."""

    def __init__(self, make: Callable[[PolicyVocabulary], Tokenizer]) -> None:
        self._make, self._lock = make, Lock()
        self._kept: OrderedDict[str, Tokenizer] = OrderedDict()

    def of(self, vocabulary: PolicyVocabulary) -> Tokenizer:
        with self._lock:
            name = vocabulary.fingerprint
            if name not in self._kept:
                self._kept[name] = self._make(vocabulary)
            self._kept.move_to_end(name)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return self._kept[name]


class FittingTokenizer:
    """Finds the tokenizer of a snapshot: `usual` where that made it, else one of the vocabulary kept with it."""

    def __init__(
        self,
        kept: Callable[[str], PolicyVocabulary | None],
        usual: Tokenizer,
        tuning: LexicalTuning,
        of: Callable[[PolicyVocabulary], Tokenizer] | None = None,
    ) -> None:
        """`kept` gives the vocabulary of a snapshot."""
        self._kept, self._usual, self._tuning, self._of = kept, usual, tuning, of

    def __call__(self, manifest: SnapshotManifest) -> Tokenizer:
        """Raises SnapshotMismatch, SnapshotDamaged."""
        usual = self._tuning.fingerprint(self._usual.fingerprint)
        if usual == manifest.tokenizer_fingerprint:
            return self._usual
        vocabulary = self._kept(manifest.snapshot_id) if self._of else None
        if self._of is None or vocabulary is None:
            raise SnapshotMismatch(manifest.snapshot_id, manifest.tokenizer_fingerprint, usual)
        found = self._of(vocabulary)
        if self._tuning.fingerprint(found.fingerprint) != manifest.tokenizer_fingerprint:
            raise SnapshotMismatch(manifest.snapshot_id, manifest.tokenizer_fingerprint, self._tuning.fingerprint(found.fingerprint))
        return found


class ServingTokenizer:
    """Implements Tokenizer by the one of the snapshot that answers now, so that questions are understood as they are searched.

    `before`: where there is no snapshot yet.
    """

    def __init__(self, serving: Callable[[], Tokenizer], before: Tokenizer) -> None:
        self._serving, self._before = serving, before

    @property
    def fingerprint(self) -> str:
        return self._present().fingerprint

    @property
    def vocabulary(self) -> PolicyVocabulary | None:
        return self._present().vocabulary

    def passage_terms(self, text: str) -> list[str]:
        return self._present().passage_terms(text)

    def query_terms(self, text: str) -> list[str]:
        return self._present().query_terms(text)

    def words(self, text: str) -> list[str]:
        return self._present().words(text)

    def _present(self) -> Tokenizer:
        try:
            return self._serving()
        except IndexingError:
            return self._before
