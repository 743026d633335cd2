"""Language models behind an address that speaks the OpenAI protocol. Needs the extra `llm`; imported only where an address is set."""

from assistant.adapters.language_model.openai_generator import Endpoint, OpenAIGenerator

__all__ = ["Endpoint", "OpenAIGenerator"]
