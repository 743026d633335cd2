"""What the service learns from its own records: figures, unanswered questions, hot issues. Reads; changes nothing it reads."""
