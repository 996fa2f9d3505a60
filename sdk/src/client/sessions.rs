//! Sessions: logging in, asking who one is, logging out.

use order_status_proto::v1;

use super::builder::authorization;
use super::{Client, Settings};
use crate::call::Call;
use crate::error::Error;
use crate::method::{CreateSession, DeleteSession, GetSession};

impl Client {
    /// Logs in by a login and its password. The client needs no key for it; a client that carries a
    /// session's token has that session ended. [`with_key`](Self::with_key) makes a client of the
    /// token that is answered.
    ///
    /// ```no_run
    /// use order_status_sdk::Client;
    ///
    /// # async fn example() -> Result<(), order_status_sdk::Error> {
    /// let anybody = Client::builder("http://127.0.0.1:50051").connect().await?;
    /// let opened = anybody.create_session("admin", "admin").account_code("odoo").send().await?;
    /// let client = anybody.with_key(&opened.token)?;
    /// println!("{}", client.get_session().send().await?.display_name);
    /// client.delete_session().send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn create_session(
        &self,
        login: impl Into<String>,
        password: impl Into<String>,
    ) -> Call<CreateSession> {
        self.call(v1::CreateSessionRequest {
            login: login.into(),
            password: password.into(),
            ..Default::default()
        })
    }

    /// Logs in by an API key, for a token that ends by itself.
    pub fn create_session_by_key(&self, key: impl Into<String>) -> Call<CreateSession> {
        self.call(v1::CreateSessionRequest {
            key: key.into(),
            ..Default::default()
        })
    }

    /// Says who the caller is, by a session or by a key.
    pub fn get_session(&self) -> Call<GetSession> {
        self.call(v1::GetSessionRequest::default())
    }

    /// Ends the caller's session. Its token is refused everywhere within 5 seconds.
    pub fn delete_session(&self) -> Call<DeleteSession> {
        self.call(v1::DeleteSessionRequest::default())
    }

    /// A client over the same connection that carries this API key or session's token.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid`] where it cannot stand in a header.
    pub fn with_key(&self, key: impl AsRef<str>) -> Result<Self, Error> {
        let settings = Settings {
            authorization: Some(authorization(key.as_ref())?),
            ..self.settings().clone()
        };
        Ok(Self::new(self.0.channel.clone(), settings))
    }
}
