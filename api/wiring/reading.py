"""Who reads files that nobody has looked at yet: a confined process for each."""

from __future__ import annotations

from knowledge_base.adapters.reading.process_reader import ProcessReader


def untrusted_files() -> ProcessReader:
    """A SafeReader and an ArchiveReader, with the limits that come with the program."""
    return ProcessReader()
