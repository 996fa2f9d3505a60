//! How and where an order is delivered.

use order_status_proto::v1::{
    Address, HeldAction, PlaceHoldRequest, UpdateDeliveryMethodRequest,
    UpdateDeliveryMethodResponse, place_hold_request, update_delivery_method_request,
};
use order_status_tests::{Caller, Server, Tenant, on_both};
use tonic::{Code, Response, Status};

use super::answers::{granted, refused};
use super::fixtures::{import_one, order_in, read, request_id};

fn address(street: &str) -> Address {
    Address {
        name: "Jane Doe".to_owned(),
        street: street.to_owned(),
        city: "Utrecht".to_owned(),
        ..Address::default()
    }
}

#[tokio::test]
async fn a_new_address_gets_a_number_of_the_account_and_an_equal_one_none() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        let one = import_one(&tenant.manager, order_in("confirmed", tenant.customer_id))
            .await
            .id;
        let two = import_one(&tenant.manager, order_in("new", tenant.customer_id))
            .await
            .id;
        let first = granted(update(staff, one, "delivery", Some(address("A"))).await);
        let order = first.order.expect("an order");
        assert_eq!(first.created_delivery_address_id, 1);
        assert_eq!(
            (
                order.version,
                order.delivery_method.as_str(),
                order.delivery_address
            ),
            (
                2,
                "delivery",
                Some(Address {
                    id: 1,
                    ..address("A")
                })
            )
        );
        let same = granted(update(staff, one, "", Some(address("A"))).await);
        assert_eq!(
            (
                same.created_delivery_address_id,
                same.order.expect("an order").version
            ),
            (0, 2)
        );
        let nothing = granted(update(staff, one, "", None).await);
        assert_eq!(
            (
                nothing.created_delivery_address_id,
                nothing.order.expect("an order").version
            ),
            (0, 2)
        );
        assert_eq!(
            granted(update(staff, two, "", Some(address("A"))).await).created_delivery_address_id,
            2
        );
        let method = granted(update(staff, one, "Pickup in store", None).await);
        assert_eq!(method.created_delivery_address_id, 0);
        assert_eq!(method.order.expect("an order").delivery_method, "pickup");

        // The same request again tells of the same address, whatever happened since.
        let request = UpdateDeliveryMethodRequest {
            request_id: request_id(),
            ..asking(one, "", Some(address("B")))
        };
        let told = granted(
            staff
                .fulfillment()
                .update_delivery_method(request.clone())
                .await,
        );
        assert_eq!(told.created_delivery_address_id, 3);
        granted(update(staff, one, "", Some(address("C"))).await);
        assert_eq!(
            granted(staff.fulfillment().update_delivery_method(request).await),
            told
        );
        // A trial makes no address.
        let trial = UpdateDeliveryMethodRequest {
            validate_only: true,
            ..asking(one, "", Some(address("D")))
        };
        let tried = granted(staff.fulfillment().update_delivery_method(trial).await);
        assert_eq!(tried.created_delivery_address_id, 0);
        assert_eq!(
            granted(update(staff, one, "", Some(address("D"))).await).created_delivery_address_id,
            5
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_delivered_so_is_refused_and_nothing_changes() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        let id = import_one(&tenant.manager, order_in("confirmed", tenant.customer_id))
            .await
            .id;
        let long = Address {
            street: "x".repeat(10_000),
            ..address("")
        };
        for (method, given, path) in [
            ("by balloon", None, "delivery_method"),
            ("", Some(Address::default()), "delivery_address"),
            ("", Some(long), "delivery_address.street"),
        ] {
            let error = refused(update(staff, id, method, given).await);
            assert_eq!(
                (error.code, error.paths()),
                (Code::InvalidArgument, vec![path])
            );
        }
        let hold = PlaceHoldRequest {
            order: Some(place_hold_request::Order::Id(id)),
            reason: "address_incomplete".to_owned(),
            blocks: vec![HeldAction::Move.into()],
            ..PlaceHoldRequest::default()
        };
        granted(staff.fulfillment().place_hold(hold).await);
        assert_eq!(
            refused(update(staff, id, "pickup", None).await).reason,
            "ORDER_HELD"
        );
        assert_eq!(read(staff, id).await.version, 2);
        let done = import_one(&tenant.manager, order_in("complete", tenant.customer_id))
            .await
            .id;
        let error = refused(update(staff, done, "pickup", None).await);
        assert_eq!(
            (error.code, error.reason.as_str()),
            (Code::FailedPrecondition, "EDIT_NOT_ALLOWED")
        );
    })
    .await;
}

fn asking(id: i64, method: &str, address: Option<Address>) -> UpdateDeliveryMethodRequest {
    UpdateDeliveryMethodRequest {
        order: Some(update_delivery_method_request::Order::Id(id)),
        delivery_method: method.to_owned(),
        delivery_address: address,
        ..UpdateDeliveryMethodRequest::default()
    }
}

async fn update(
    caller: &Caller,
    id: i64,
    method: &str,
    address: Option<Address>,
) -> Result<Response<UpdateDeliveryMethodResponse>, Status> {
    caller
        .fulfillment()
        .update_delivery_method(asking(id, method, address))
        .await
}
