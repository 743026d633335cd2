"""The same passages, vectors and questions for what others would pick instead, each in an environment of its own."""
