"""Turns what a database driver says into StoreUnavailable with a reason people can act on."""

from __future__ import annotations

from typing import NoReturn

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from knowledge_base.errors import StoreUnavailable

# SQLite's own result codes (https://www.sqlite.org/rescode.html); extended codes begin with the name of the plain one.
_SQLITE = {
    "SQLITE_FULL": "磁盘空间已满。请清理磁盘后重试；已经保存的内容没有丢失。",
    "SQLITE_BUSY": "数据库正被另一个程序占用。请等它完成后重试。",
    "SQLITE_LOCKED": "数据库正被另一个程序占用。请等它完成后重试。",
    "SQLITE_CANTOPEN": "打不开数据库文件。请检查 ZHENGWEN_HOME 文件夹是否存在、是否有读写权限。",
    "SQLITE_READONLY": "数据库文件是只读的。请检查 ZHENGWEN_HOME 文件夹的写入权限。",
    "SQLITE_IOERR": "读写数据库文件时磁盘出错。请检查磁盘空间和磁盘状态后重试。",
    "SQLITE_CORRUPT": "数据库文件已损坏。请停止服务，用备份恢复 records.sqlite3 后重试。",
    "SQLITE_NOTADB": "这个文件不是数据库。请检查数据库地址，或用备份恢复 records.sqlite3。",
}

# SQLSTATE classes and codes of PostgreSQL (Appendix A of its manual), the longest match wins.
_POSTGRES = {
    "53100": "数据库服务器的磁盘空间已满。请清理磁盘后重试；已经保存的内容没有丢失。",
    "53": "数据库服务器的连接数或内存已用尽。请稍后重试，或请管理员调大上限。",
    "55P03": "数据库正被另一个程序占用。请等它完成后重试。",
    "40": "两个操作同时改了同一处内容。请重试。",
    "25006": "连接的数据库是只读的。请改用主库地址。",
    "28": "数据库拒绝登录。请检查数据库地址里的用户名和密码。",
    "3D": "数据库服务器上没有这个库。请先建库，或检查数据库地址。",
    "42501": "数据库账号没有权限。请让管理员授予建表和读写权限。",
    "57": "数据库服务器正在启动或关闭。请稍后重试。",
    "57014": "数据库没有在规定的时间内答复。请稍后重试；经常这样时，请管理员检查数据库服务器的负载。",
    "58": "数据库服务器读写磁盘出错。请检查服务器的磁盘。",
}
# A refused connection carries no SQLSTATE, only the server's words, in English or in Chinese.
_POSTGRES_REFUSALS = {
    "does not exist": _POSTGRES["3D"],
    "不存在": _POSTGRES["3D"],
    "authentication failed": _POSTGRES["28"],
    "认证失败": _POSTGRES["28"],
    "too many": _POSTGRES["53"],
}
UNREACHABLE = "连不上数据库服务器。请检查数据库地址、网络和服务器是否已启动。"


def reason_in_words(error: BaseException) -> str | None:
    """The reason in Chinese, or None where the error is not the database's state (a broken statement, a broken constraint)."""
    sqlite_name = getattr(error, "sqlite_errorname", None)
    if isinstance(sqlite_name, str):
        return _longest_match(_SQLITE, sqlite_name)
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return _longest_match(_POSTGRES, state) or (UNREACHABLE if state.startswith("08") else None)
    if type(error).__module__.startswith("psycopg") and type(error).__name__ in {"OperationalError", "ConnectionTimeout"}:
        return next((reason for words, reason in _POSTGRES_REFUSALS.items() if words in str(error)), UNREACHABLE)
    return None


def report_in_words(engine: Engine) -> None:
    """From now on this engine raises StoreUnavailable for a full, locked, damaged or unreachable database."""

    @event.listens_for(engine, "handle_error")
    def raise_store_unavailable(context: ExceptionContext) -> None:
        # The pool looks whether a connection still lives, and opens another where it hears the driver's own error.
        if context.is_pre_ping:
            return
        reason = reason_in_words(context.original_exception)
        if reason is not None:
            _raise(reason, context.original_exception)


def _raise(reason: str, cause: BaseException) -> NoReturn:
    raise StoreUnavailable(reason) from cause


def _longest_match(reasons: dict[str, str], code: str) -> str | None:
    matches = [known for known in reasons if code.startswith(known)]
    return reasons[max(matches, key=len)] if matches else None
