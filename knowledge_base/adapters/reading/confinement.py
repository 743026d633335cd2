"""Limits that a reading process puts on itself before it opens anything. They hold for the programs it starts as well."""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import PurePath

from knowledge_base.adapters.reading.process_limits import ProcessLimits, RecognitionLimits

_MIB = 1 << 20
_GRACE_S = 10
_FORBIDDEN_EVENTS = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "os.system", "os.exec", "os.posix_spawn")
# The two programs that read .doc and .rtf.
_PROGRAMS = frozenset({"antiword", "soffice"})


def confine(limits: ProcessLimits, later: RecognitionLimits) -> None:
    """No core dumps, bounded memory, time, files and file size; no connections, no other programs than those that read .doc and .rtf.

    The hard limits are those of recognition, so that `make_room_for_recognition` can lift the soft ones and nothing can go beyond.
    """
    os.nice(limits.niceness)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.open_files, limits.open_files))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.written_mb * _MIB, limits.written_mb * _MIB))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + later.cpu_s))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_mb * _MIB, max(limits.memory_mb, later.memory_mb) * _MIB))
    # Ends this process even where the one that started it is gone.
    signal.alarm(limits.wall_s + _GRACE_S)
    sys.addaudithook(_refuse_outside)


def make_room_for_recognition(limits: ProcessLimits, later: RecognitionLimits) -> None:
    """Recognition is slow and needs more memory: its own limits from here on."""
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s + later.cpu_s, limits.cpu_s + later.cpu_s))
    memory = max(limits.memory_mb, later.memory_mb) * _MIB
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    signal.alarm(later.wall_s + _GRACE_S)


def _refuse_outside(event: str, arguments: tuple[object, ...]) -> None:
    if event in _FORBIDDEN_EVENTS or (event == "subprocess.Popen" and PurePath(str(arguments[0])).name not in _PROGRAMS):
        raise PermissionError(f"{event} is not allowed while reading an untrusted file")
