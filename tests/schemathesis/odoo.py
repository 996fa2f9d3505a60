"""Holds refused sessions and parameters to what the Odoo contract says in place of 401 and 400: HTTP 200 with an error."""

import json

import requests
import schemathesis
from schemathesis.core.jsonschema import make_validator
from schemathesis.core.parameters import ParameterLocation

HELD = set()
# They need no session.
OPEN = {"POST /web/session/authenticate", "POST /web/session/destroy"}


@schemathesis.deserializer("text/html")
def text(ctx, response):
    return response.content.decode("utf-8")


def is_wrong(case, sent) -> bool:
    """Whether a body that was sent is not as described."""
    if case.meta is None or not case.meta.is_negative_at(ParameterLocation.BODY):
        return False
    body = case.operation.get_body_for_media_type(case.media_type)
    if body is None:
        return False
    validator = make_validator(body.optimized_schema, case.operation.schema.adapter.jsonschema_validator_cls)
    try:
        return not validator.is_valid(json.loads(sent))
    except (TypeError, ValueError):
        return True


@schemathesis.check
def wrong_bodies_are_refused(ctx, response, case):
    if is_wrong(case, response.request.body) and response.status_code == 200:
        told = response.json()
        assert "error" in told, told


@schemathesis.check
def sessions_are_asked_for(ctx, response, case):
    operation = case.operation.label
    if response.status_code != 200 or operation in HELD or operation in OPEN:
        return
    for cookie in (None, "session_id=nobody"):
        call = response.request.copy()
        call.headers.pop("Cookie", None)
        if cookie is not None:
            call.headers["Cookie"] = cookie
        answer = requests.Session().send(call)
        told = answer.json()
        assert answer.status_code == 200 and "result" not in told, told
        assert told["error"]["code"] == 100, told
    HELD.add(operation)
