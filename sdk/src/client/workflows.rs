//! The rulebooks.

use order_status_proto::v1;

use super::Client;
use crate::call::Call;
use crate::method::{GetWorkflow, ListWorkflows};

impl Client {
    /// Lists the latest version of every workflow.
    pub fn list_workflows(&self) -> Call<ListWorkflows> {
        self.call(v1::ListWorkflowsRequest::default())
    }

    /// Gets one workflow, whole.
    pub fn get_workflow(&self, name: impl Into<String>) -> Call<GetWorkflow> {
        self.call(v1::GetWorkflowRequest {
            name: name.into(),
            ..Default::default()
        })
    }
}
