//! Calls of methods whose messages stay bytes.

use bytes::{Buf as _, BufMut as _, Bytes};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder, Streaming};
use tonic::{Code, Request, Status};

use super::route::Route;
use crate::rest::api::Channel;

/// Calls a method with one answer.
pub(super) async fn unary(
    channel: Channel,
    route: &Route,
    message: Vec<u8>,
) -> Result<Bytes, Status> {
    let mut client = ready(channel).await?;
    let answer = client
        .unary(Request::new(message.into()), route.path.clone(), AsBytes)
        .await?;
    Ok(answer.into_inner())
}

/// Calls a method with a stream of answers.
pub(super) async fn stream(
    channel: Channel,
    route: &Route,
    message: Vec<u8>,
) -> Result<Streaming<Bytes>, Status> {
    let mut client = ready(channel).await?;
    let answers = client
        .server_streaming(Request::new(message.into()), route.path.clone(), AsBytes)
        .await?;
    Ok(answers.into_inner())
}

async fn ready(channel: Channel) -> Result<tonic::client::Grpc<Channel>, Status> {
    let mut client = tonic::client::Grpc::new(channel).max_decoding_message_size(usize::MAX);
    match client.ready().await {
        Ok(()) => Ok(client),
        Err(never) => Err(Status::new(Code::Unavailable, never.to_string())),
    }
}

/// Leaves messages as they are.
#[derive(Clone, Copy, Default)]
struct AsBytes;

impl Codec for AsBytes {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = AsBytes;
    type Decoder = AsBytes;

    fn encoder(&mut self) -> AsBytes {
        AsBytes
    }

    fn decoder(&mut self) -> AsBytes {
        AsBytes
    }
}

impl Encoder for AsBytes {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(message);
        Ok(())
    }
}

impl Decoder for AsBytes {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(bytes.copy_to_bytes(bytes.remaining())))
    }
}
