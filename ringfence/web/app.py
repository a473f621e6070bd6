"""Which addresses are there, and how are they described?"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from fastapi import FastAPI

from ringfence.actions.door import LatestTold
from ringfence.intake.sent import AnswersTold, AskedFor, ResultsSent, TubesSent, read_results, read_tubes
from ringfence.web.answers import Receive, Scope, Send, problem
from ringfence.web.front import Asking, CodeSent, Enrolling, Front, Taking, TokenTold
from ringfence.web.pages import SAMPLING, Pages

_SENT = {
    "/v1/devices": ("以注册码换取令牌 / Exchange a code for a token", CodeSent, TokenTold, 201),
    "/v1/tubes": ("登记采样管及管内人员 / Register tubes and their people", TubesSent, AnswersTold, 200),
    "/v1/results": (
        "报告、更正或撤回检测结果 / Report, correct or withdraw results",
        ResultsSent,
        AnswersTold,
        200,
    ),
    "/v1/results/latest": (
        "查询一人或一管的最近结果 / Ask for a person's or a tube's",
        AskedFor,
        LatestTold,
        200,
    ),
}


class App:
    """The web application before a door: the addresses of devices, the sampling page, and behind them
    FastAPI's.

    What FastAPI does for each request takes as long as all the rest of it, so those that come by the
    thousand a second go past it.
    """

    def __init__(self, front: Front) -> None:
        self._ends = {
            "/v1/devices": Enrolling(front),
            "/v1/tubes": Taking(front, ("sampling",), read_tubes),
            "/v1/results": Taking(front, ("sampling", "laboratory"), read_results),
            "/v1/results/latest": Asking(front),
        }
        self._sampling = Pages(SAMPLING)
        self._others = make_others(front)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        end = self._ends.get(path)
        if end is None and self._sampling.has(path):
            await self._sampling(scope, receive, send)
        elif end is None:
            await self._others(scope, receive, send)
        elif scope["method"] != "POST":
            await problem(405, "请用 POST", "POST it", (b"allow", b"POST")).write(send)
        else:
            await end(scope, receive, send)


def make_others(front: Front) -> FastAPI:
    """What is not asked by the thousand: health, and the description of every address."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        async with front.opened():
            yield

    app = FastAPI(title="Ringfence", version="1", lifespan=lifespan, redirect_slashes=False)

    @app.get("/v1/health")
    async def health() -> dict[str, Any]:
        """是否运行，以及排队人数 / Whether the door is open, and how many wait."""
        return {"open": True, "waiting": front.line.length}

    described = app.openapi

    def openapi() -> dict[str, Any]:
        return _described(described())

    app.openapi = openapi
    return app


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """The description with the addresses that are not FastAPI's own."""
    types = [kind for _, sent, told, _ in _SENT.values() for kind in (sent, told)]
    written, parts = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    schema.setdefault("components", {}).setdefault("schemas", {}).update(parts)
    bearer = {"type": "http", "scheme": "bearer"}
    schema["components"]["securitySchemes"] = {"device": bearer}
    for number, (path, (summary, _, _, status)) in enumerate(_SENT.items()):
        content = [{"application/json": {"schema": written[2 * number + end]}} for end in (0, 1)]
        schema["paths"][path] = {
            "post": {
                "summary": summary,
                "security": [] if path == "/v1/devices" else [{"device": []}],
                "requestBody": {"required": True, "content": content[0]},
                "responses": {
                    str(status): {"description": "已保存 / Kept", "content": content[1]},
                    **{code: {"description": said} for code, said in _REFUSALS.items()},
                },
            }
        }
    return schema


_REFUSALS = {
    "400": "无法识别 / Cannot be read",
    "401": "设备未登记 / No device",
    "403": "无此用途 / Not for this device",
    "413": "过大 / Too large",
    "503": "繁忙或无法写入，见 Retry-After / Too busy or cannot write; see Retry-After",
    "507": "磁盘已满 / The disk is full",
}
