"""An ObjectFolder in memory. While `broken`, it cannot be reached."""

from __future__ import annotations

from pathlib import Path

from knowledge_base.errors import StorageUnavailable


class MemoryObjectFolder:
    address = "s3://memory/folder"

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.broken = False

    def put(self, name: str, path: Path) -> None:
        self._reach()
        if not path.is_file():
            raise StorageUnavailable(f"不能把“{name}”存入 {self.address}：没有这个文件。")
        self.contents[name] = path.read_bytes()

    def fetch(self, name: str, path: Path) -> bool:
        self._reach()
        if name not in self.contents:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.contents[name])
        return True

    def names(self, beginning: str = "") -> tuple[str, ...]:
        self._reach()
        return tuple(sorted(name for name in self.contents if name.startswith(beginning)))

    def remove(self, name: str) -> None:
        self._reach()
        self.contents.pop(name, None)

    def _reach(self) -> None:
        if self.broken:
            raise StorageUnavailable("连不上对象存储。请核对 ZHENGWEN_S3_ENDPOINT，检查网络。")
