"""zhengwen serve-embeddings: this machine's models for the processes of other machines."""

from __future__ import annotations

from typing import Annotated

import typer

from api.commands.console import err, out, progress_bars, read_settings
from api.container import load_own_embedding
from api.logs import configure_logs
from indexing.offered_models import offered_models

_PORT = 8100
_OWN = frozenset({"127.0.0.1", "::1", "localhost"})
# A batch that is under way is done by then.
_STOP_WITHIN_S = 60


def serve_embeddings(
    host: Annotated[str, typer.Option(help="监听的地址；需要让其他机器访问时填 0.0.0.0")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="监听的端口")] = _PORT,
) -> None:
    """启动向量服务（OpenAI 兼容的 /v1/embeddings），供其他进程用 ZHENGWEN_EMBEDDER_URL 连接。"""
    # Other commands start without the web framework.
    import uvicorn  # noqa: PLC0415

    from api.embedding_server import create_embedding_app  # noqa: PLC0415

    settings = read_settings()
    configure_logs(settings.log_level)
    with progress_bars() as say:
        say("装载向量模型", 0, 1)
        embedder = load_own_embedding(settings)
        say("装载向量模型", 1, 1)
    out.print(f"向量服务：http://{host}:{port}/v1（按 Ctrl+C 停止）。模型：", markup=False)
    for model in offered_models(embedder):
        out.print(f"  {model.name}　{model.dimension} 维", markup=False)
    key = settings.embedder_key.get_secret_value()
    if not key and host not in _OWN:
        err.print(
            "没有设置密钥，任何连得上这个地址的机器都能使用。请设置 ZHENGWEN_EMBEDDER_KEY（两边相同），或者用防火墙限制。", markup=False
        )
    app = create_embedding_app(embedder, key)
    uvicorn.run(app, host=host, port=port, access_log=False, log_level="warning", timeout_graceful_shutdown=_STOP_WITHIN_S)
