//! WorkflowService.

use std::sync::Arc;

use order_status_proto::v1 as pb;
use order_status_proto::v1::workflow_service_server::WorkflowService;
use tonic::{Request, Response, Status};

use crate::domain::refusal::Refusal;
use crate::grpc::caller::Caller;
use crate::grpc::context::{Context, invalid};
use crate::grpc::convert::workflow::workflow;

/// WorkflowService.
pub struct WorkflowBooks(pub Arc<Context>);

#[tonic::async_trait]
impl WorkflowService for WorkflowBooks {
    async fn list_workflows(
        &self,
        request: Request<pb::ListWorkflowsRequest>,
    ) -> Result<Response<pb::ListWorkflowsResponse>, Status> {
        Caller::open(request)?;
        let workflows = &self.0.workflows;
        let latest = |name: &str, version| {
            workflows
                .latest(name)
                .is_some_and(|last| last.version == version)
        };
        let shown = workflows
            .iter()
            .filter(|known| latest(&known.name, known.version));
        let workflows = shown.map(|known| workflow(known)).collect();
        Ok(Response::new(pb::ListWorkflowsResponse { workflows }))
    }

    async fn get_workflow(
        &self,
        request: Request<pb::GetWorkflowRequest>,
    ) -> Result<Response<pb::Workflow>, Status> {
        let (_, request) = Caller::open(request)?;
        let version = u32::try_from(request.version)
            .map_err(|_| invalid("version", format!("{} is below 0", request.version)))?;
        let found = match version {
            0 => self.0.workflows.latest(&request.name),
            version => self.0.workflows.get(&request.name, version),
        };
        let missing = || {
            let name = match version {
                0 => request.name.clone(),
                version => format!("{} version {version}", request.name),
            };
            Refusal::ResourceNotFound {
                kind: "workflow",
                name,
            }
        };
        Ok(Response::new(workflow(found.ok_or_else(missing)?)))
    }
}
