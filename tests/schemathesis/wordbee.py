"""Holds refused tokens and methods to what the Wordbee contract says in place of 401 and 405: 400 with its error body."""

import requests
import schemathesis
from schemathesis.generation.meta import CoverageScenario, coverage_scenario

INVALID_TOKEN = "Token invalid or expired."
HELD = set()


def refused(answer) -> str:
    """The title of the error body, where an answer is 400 and has one."""
    assert answer.status_code == 400, f"{answer.status_code} in place of 400"
    told = answer.json()
    assert set(told) == {"error", "reason"}, told
    assert set(told["error"]) == {"operation", "date", "title", "details", "errorurl", "messages"}, told
    return told["error"]["title"]


@schemathesis.check
def wrong_methods_are_refused(ctx, response, case):
    if coverage_scenario(case) == CoverageScenario.UNSPECIFIED_HTTP_METHOD:
        title = refused(response)
        assert title in (f"The method {response.request.method} is not supported here.", INVALID_TOKEN), title


@schemathesis.check
def tokens_are_asked_for(ctx, response, case):
    operation = case.operation.label
    if not 200 <= response.status_code < 300 or operation in HELD or operation == "POST /api/auth/token":
        return
    for name, value in [("X-Auth-Token", None), ("X-Auth-Token", "nobody"), ("X-Auth-AccountId", "other")]:
        call = response.request.copy()
        call.headers.pop(name, None)
        if value is not None:
            call.headers[name] = value
        assert refused(requests.Session().send(call)) == INVALID_TOKEN
    HELD.add(operation)
