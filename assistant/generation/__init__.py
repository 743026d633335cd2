"""Optional text by a language model above the quotes: written from what is cited, checked sentence by sentence, marked as generated."""
