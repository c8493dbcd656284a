"""The same requests, answered by Starlette: `/direct/...` returns its failures, the others raise them."""

import logging

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

logger = logging.getLogger("uvicorn.error")


class BookExists(Exception):
    pass


async def ok(request):
    return PlainTextResponse("Emma")


async def signalled(request):
    raise HTTPException(404, "No book 7")


async def conflict(request):
    raise BookExists("There is a book 7")


async def error(request):
    raise RuntimeError("Out of ink")


async def returned(request):
    return PlainTextResponse("No book 7", 404)


async def returned_conflict(request):
    return JSONResponse({"detail": "There is a book 7"}, 409)


async def returned_error(request):
    try:
        raise RuntimeError("Out of ink")
    except RuntimeError as ex:
        logger.error("Exception in ASGI application\n", exc_info=ex)
    return PlainTextResponse("Internal Server Error", 500)


async def handle_conflict(request, ex):
    return await returned_conflict(request)


app = Starlette(
    routes=[
        Route("/functional/ok", ok),
        Route("/functional/signalled", signalled),
        Route("/functional/conflict", conflict),
        Route("/functional/error", error),
        Route("/direct/functional/ok", ok),
        Route("/direct/functional/signalled", returned),
        Route("/direct/functional/conflict", returned_conflict),
        Route("/direct/functional/error", returned_error),
    ],
    exception_handlers={BookExists: handle_conflict},
)
