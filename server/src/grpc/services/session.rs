//! SessionService.

use std::sync::Arc;
use std::time::Instant;

use order_status_proto::v1 as pb;
use order_status_proto::v1::session_service_server::SessionService;
use tonic::{Request, Response, Status};

use crate::auth::Peer;
use crate::auth::keys::{self, Secret};
use crate::auth::{AccountName, AuthError};
use crate::domain::principal::Principal;
use crate::domain::refusal::Refusal;
use crate::domain::session::{NewSession, Session, SessionCommand};
use crate::grpc::caller::Caller;
use crate::grpc::context::{Context, unexpected};
use crate::grpc::convert::reader::Reader;
use crate::grpc::convert::session::{self as convert, Means};
use crate::grpc::deadline::Deadline;
use crate::grpc::status::internal;
use crate::ledger::{Answer, Submission, Task};

/// SessionService.
pub struct Sessions(pub Arc<Context>);

impl Sessions {
    /// The principal that somebody who logs in is.
    async fn prove(&self, means: Means) -> Result<Arc<Principal>, Status> {
        let authenticator = &self.0.authenticator;
        let (key, account) = match means {
            Means::Password(attempt) => return Ok(authenticator.log_in(&attempt).await?),
            Means::Key(key, account) => (key, account),
        };
        let principal = authenticator.authenticate(&key).await?;
        let named = match account {
            None => true,
            Some(AccountName::Id(id)) => id == principal.account_id,
            Some(AccountName::Code(code)) => {
                let account = self.0.present_account(principal.account_id).await?;
                !code.is_empty() && account.code == code
            }
        };
        // A token is no key: a session does not outlast itself through another one.
        if !named || principal.session.is_some() {
            return Err(AuthError::Invalid.into());
        }
        Ok(principal)
    }

    async fn submit(
        &self,
        principal: &Principal,
        command: SessionCommand,
        deadline: Option<Instant>,
    ) -> Result<Option<Session>, Status> {
        let submission = Submission {
            principal: principal.clone(),
            task: Task::Session(command),
            etag: String::new(),
            request: None,
            validate_only: false,
            deadline,
        };
        match self.0.ledger.submit(submission).await? {
            Answer::Session(session) => Ok(session),
            _ => Err(unexpected()),
        }
    }

    async fn show(
        &self,
        principal: &Principal,
        session: Option<&Session>,
    ) -> Result<pb::Session, Status> {
        let (account, credential) = (principal.account_id, principal.credential_id);
        let found = self.0.store.credential(account, credential).await?;
        // It was there a moment ago, and no credential is ever removed.
        let found = found.ok_or_else(|| internal("the caller's credential is not there"))?;
        let account = self.0.present_account(account).await?;
        Ok(convert::session(principal, &account, &found, session))
    }
}

#[tonic::async_trait]
impl SessionService for Sessions {
    async fn create_session(
        &self,
        request: Request<pb::CreateSessionRequest>,
    ) -> Result<Response<pb::CreateSessionResponse>, Status> {
        let (metadata, extensions, request) = request.into_parts();
        let deadline = extensions.get::<Deadline>().map(|deadline| deadline.0);
        let address = extensions.get::<Peer>().map(|peer| peer.0.ip());
        let presented = keys::from_headers(metadata.as_ref()).map(|token| token.hash());
        let mut reader = Reader::default();
        let wanted = convert::wanted(&mut reader, request, address);
        reader.finish()?;
        let principal = self.prove(wanted.means).await?;
        let token = Secret::generate_token()
            .map_err(|error| internal(&format!("no random bits: {error}")))?;
        let new = NewSession {
            account_id: principal.account_id,
            credential_id: principal.credential_id,
            token_hash: token.hash(),
            lifetime: wanted.lifetime,
            idle: wanted.idle,
        };
        let start = SessionCommand::Start(new, presented);
        let started = self.submit(&principal, start, deadline).await?;
        if let Some(hash) = presented {
            self.0.authenticator.forget(&hash);
        }
        let session = self.show(&principal, started.as_ref()).await?;
        Ok(Response::new(pb::CreateSessionResponse {
            session: Some(session),
            token: token.expose().to_owned(),
        }))
    }

    async fn get_session(
        &self,
        request: Request<pb::GetSessionRequest>,
    ) -> Result<Response<pb::Session>, Status> {
        let (caller, _) = Caller::open(request)?;
        let session = match &caller.principal.session {
            Some(hash) => self.0.store.session(hash).await?,
            None => None,
        };
        let shown = self.show(&caller.principal, session.as_ref()).await?;
        Ok(Response::new(shown))
    }

    async fn delete_session(
        &self,
        request: Request<pb::DeleteSessionRequest>,
    ) -> Result<Response<()>, Status> {
        let (caller, _) = Caller::open(request)?;
        let Some(hash) = caller.principal.session else {
            return Err(Refusal::ResourceNotFound {
                kind: "session",
                name: format!("of the API key {:?}", caller.principal.actor),
            }
            .into());
        };
        let end = SessionCommand::End(hash);
        self.submit(&caller.principal, end, caller.deadline).await?;
        self.0.authenticator.forget(&hash);
        Ok(Response::new(()))
    }
}
