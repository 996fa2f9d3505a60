//! The fields of calls about an order's goods.

use order_status_proto::v1;

use crate::call::Call;
use crate::method::{
    ListOutboundOrders, ListStoreOrders, ListSupplierOrders, MoveOrderToStore, PlaceHold,
    PlanStoreMove, UpdateDeliveryMethod,
};
use crate::types::{Address, DocumentState, HeldAction};

impl Call<UpdateDeliveryMethod> {
    /// How it is to be delivered from now on: a key of the catalog `delivery_methods`.
    pub fn delivery_method(self, key: impl Into<String>) -> Self {
        self.change(|request| request.delivery_method = key.into())
    }

    /// Where it is to be delivered from now on.
    pub fn delivery_address(self, address: Address) -> Self {
        self.change(|request| request.delivery_address = Some(address))
    }
}

impl Call<PlanStoreMove> {
    /// What becomes of each item that is not named: a key of the catalog `transfer_modes`.
    pub fn default_mode(self, key: impl Into<String>) -> Self {
        self.change(|request| request.default_mode = key.into())
    }

    /// What becomes of one item, by its line: a key of the catalog `transfer_modes`. May be set for several
    /// lines.
    pub fn item(self, line_id: i64, mode: impl Into<String>) -> Self {
        self.change(|request| {
            request.items.push(v1::StoreMoveItem {
                line_id,
                mode: mode.into(),
            });
        })
    }

    /// How the order is to be delivered from then on: a key of the catalog `delivery_methods`.
    pub fn delivery_method(self, key: impl Into<String>) -> Self {
        self.change(|request| request.delivery_method = key.into())
    }

    /// Where it is to be delivered from then on.
    pub fn delivery_address(self, address: Address) -> Self {
        self.change(|request| request.delivery_address = Some(address))
    }
}

impl Call<MoveOrderToStore> {
    /// What becomes of each item that is not named: a key of the catalog `transfer_modes`.
    pub fn default_mode(self, key: impl Into<String>) -> Self {
        self.change(|request| request.default_mode = key.into())
    }

    /// What becomes of one item, by its line: a key of the catalog `transfer_modes`. May be set for several
    /// lines.
    pub fn item(self, line_id: i64, mode: impl Into<String>) -> Self {
        self.change(|request| {
            request.items.push(v1::StoreMoveItem {
                line_id,
                mode: mode.into(),
            });
        })
    }

    /// How the order is to be delivered from then on: a key of the catalog `delivery_methods`.
    pub fn delivery_method(self, key: impl Into<String>) -> Self {
        self.change(|request| request.delivery_method = key.into())
    }

    /// Where it is to be delivered from then on.
    pub fn delivery_address(self, address: Address) -> Self {
        self.change(|request| request.delivery_address = Some(address))
    }
}

impl Call<ListStoreOrders> {
    /// Only store orders that carry lines of this order.
    pub fn order(self, id: i64) -> Self {
        self.change(|request| request.order_id = id)
    }

    /// Only those that stand so.
    pub fn state(self, state: DocumentState) -> Self {
        self.change(|request| request.state = state.into())
    }
}

impl Call<ListSupplierOrders> {
    /// Only supplier orders that carry lines of this order.
    pub fn order(self, id: i64) -> Self {
        self.change(|request| request.order_id = id)
    }

    /// Only those that stand so.
    pub fn state(self, state: DocumentState) -> Self {
        self.change(|request| request.state = state.into())
    }
}

impl Call<ListOutboundOrders> {
    /// Only outbound orders that carry lines of this order.
    pub fn order(self, id: i64) -> Self {
        self.change(|request| request.order_id = id)
    }

    /// Only those that stand so.
    pub fn state(self, state: DocumentState) -> Self {
        self.change(|request| request.state = state.into())
    }
}

impl Call<PlaceHold> {
    /// Why, in full, at most 500 characters.
    pub fn note(self, note: impl Into<String>) -> Self {
        self.change(|request| request.note = note.into())
    }

    /// Hold up these lines only; the whole order otherwise.
    pub fn lines(self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.change(|request| request.line_ids = ids.into_iter().collect())
    }

    /// What to refuse; everything but cancelling and editing otherwise.
    pub fn blocks(self, actions: impl IntoIterator<Item = HeldAction>) -> Self {
        self.change(|request| request.blocks = actions.into_iter().map(i32::from).collect())
    }
}
