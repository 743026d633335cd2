"""Token vectors of many passages, computed once and in the same reading as the passages' own vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexing.late_interaction import TokenRows
from indexing.passage_splitter import text_digest
from indexing.ports import TokenEmbedder, VectorCache, Vectors

_READ_AT_ONCE = 512


class CachedTokens:
    """Kept in the cache by the text's digest and the fingerprints of the embedder and of the token weights."""

    def __init__(self, embedder: TokenEmbedder, cache: VectorCache) -> None:
        self._embedder, self._cache = embedder, cache
        self._name = f"{embedder.fingerprint}#{embedder.token_fingerprint}"

    def lacking(self, digests: Sequence[str]) -> set[str]:
        """Texts of which none are kept."""
        return self._cache.without_tokens(digests, self._name)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The texts' vectors as `embed_passages` gives them; their tokens are kept meanwhile."""
        vectors, tokens = self._embedder.embed_passages_with_tokens(texts)
        self.remember(texts, tokens)
        return vectors

    def of(self, texts: Sequence[str]) -> Iterator[TokenRows]:
        """Of each text in turn, a few hundred in memory at a time: together they are larger than everything else of a snapshot."""
        for start in range(0, len(texts), _READ_AT_ONCE):
            part = list(texts[start : start + _READ_AT_ONCE])
            digests = [text_digest(text) for text in part]
            known = self._cache.tokens(digests, self._name)
            # Only where the cache could not keep them: it may be lost at any time.
            lost = {digest: text for digest, text in zip(digests, part, strict=True) if digest not in known}
            if lost:
                _, tokens = self._embedder.embed_passages_with_tokens(list(lost.values()))
                known |= dict(zip(lost, tokens, strict=True))
            yield from (known[digest] for digest in digests)

    def remember(self, texts: Sequence[str], tokens: Sequence[TokenRows]) -> None:
        for start in range(0, len(texts), _READ_AT_ONCE):
            part = texts[start : start + _READ_AT_ONCE]
            self._cache.put_tokens(dict(zip(map(text_digest, part), tokens[start:], strict=False)), self._name)
