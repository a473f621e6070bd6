"""`ringfence serve`: keep the front door open for devices."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, StoreFolder
from ringfence.web.serving import Address
from ringfence.web.serving import serve as keep_open
from ringfence.web.waiting import Limits


def serve(
    store: StoreFolder = DEFAULT_STORE,
    host: Annotated[str, typer.Option(help="监听地址 / Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口 / The port.")] = 8000,
    tls_cert: Annotated[Path | None, typer.Option(help="证书 / The certificate (PEM).")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="证书私钥 / Its key (PEM).")] = None,
    line: Annotated[
        int,
        typer.Option(
            help="排队人数上限,满则立即告知重试时间 / People who may wait; more are sent away at once."
        ),
    ] = Limits.line,
) -> None:
    """开放采样与检测结果的接口 / Keep the front door open: tubes and results come in over HTTP."""
    with open_store(store) as opened:
        Console(stderr=True).print(f"接口 / The front door: {host}:{port}", highlight=False)
        keep_open(opened, Address(host, port, tls_cert, tls_key), Limits(line=line))
