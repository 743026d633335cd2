"""From labelled questions to a small adapter of the embedder's vectors. README.md tells how a city repeats it on its own documents."""

from pathlib import Path

SHIPPED = Path(__file__).with_name("shipped")
ENCODER_FILE = "encoder.safetensors"
SHIPPED_ENCODER = SHIPPED / "encoder" / ENCODER_FILE
"""What was tuned of the default model for search, as low-rank weights; its card lies beside it."""
LAW_QUESTIONS = Path(__file__).with_name("law_questions.jsonl")
"""Questions of laypeople written for articles of public laws: what the encoder is tuned on beside labelled sets."""
TOKENS_FILE = "tokens.safetensors"
SHIPPED_TOKENS = SHIPPED / "reranker" / TOKENS_FILE
"""By which the states of tokens become the vectors that rank the best hits once more."""
