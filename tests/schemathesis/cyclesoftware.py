"""Keeps orders at hand that can still be moved, invoiced and cancelled: the few of the demo are soon complete. Holds refused methods
to what the CycleSoftware contract says in place of 405: 400 with its error body."""

import itertools

import requests
import schemathesis
from schemathesis.generation.meta import CoverageScenario, coverage_scenario

# Every so many calls about an order, one is made for the call by the API itself.
EVERY = 2
CALLS = itertools.count()
ORDER = {
    "storeId": "1",
    "customer": {"id": "6298"},
    "deliveryMethod": "pickup",
    "vatPercent": {"value": "21"},
    "lines": [
        {"productCode": "FIETS-01", "name": "Stadsfiets", "unitPrice": {"units": "799"}},
        {"productCode": "BEL-01", "name": "Fietsbel", "quantity": {"value": "2"}, "unitPrice": {"units": "9"}},
        {"productCode": "SLOT-01", "name": "Slot", "unitPrice": {"units": "49"}, "customerId": "9011"},
    ],
}


@schemathesis.hook
def before_call(context, case, kwargs):
    if "sales_order_id" not in (case.path_parameters or {}):
        return
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if next(CALLS) % EVERY == 0:
        made = requests.post(
            f"{case.operation.base_url}/v1/orders", json=ORDER, headers={"x-api-key": "demo-cyclesoftware"}
        )
        made.raise_for_status()
        case.path_parameters["sales_order_id"] = int(made.json()["id"])


@schemathesis.check
def wrong_methods_are_refused(ctx, response, case):
    if coverage_scenario(case) == CoverageScenario.UNSPECIFIED_HTTP_METHOD:
        assert response.status_code == 400, f"{response.status_code} in place of 400"
        told = response.json()
        assert set(told) == {"error", "error_message"} and told["error"] is True, told
        assert told["error_message"].startswith(f"Unsupported method {response.request.method}: "), told
