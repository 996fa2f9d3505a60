//! Calls whose messages are plain bytes: for methods by their names alone, and for messages that no client makes.

use std::time::Duration;

use order_status_proto::FILE_DESCRIPTOR_SET;
use prost::bytes::{Buf, BufMut};
use prost_reflect::{DescriptorPool, MethodDescriptor};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Request, Status};

/// Passes messages on as they are.
#[derive(Clone, Copy, Default)]
struct Plain;

impl Codec for Plain {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Plain {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Plain {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let mut message = vec![0; buffer.remaining()];
        buffer.copy_to_slice(&mut message);
        Ok(Some(message))
    }
}

/// Every method of the API, as its descriptors have them.
pub fn methods() -> Vec<MethodDescriptor> {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("descriptors");
    let services: Vec<_> = pool
        .services()
        .filter(|service| service.package_name() == "orderstatus.v1")
        .collect();
    services
        .iter()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .collect()
}

/// A method's name as the rights and the tests write it: `OrderService/GetOrder`.
pub fn name(method: &MethodDescriptor) -> String {
    format!("{}/{}", method.parent_service().name(), method.name())
}

/// Calls a method of `orderstatus.v1`, such as `OrderService/GetOrder`, with these headers and this message.
pub async fn call(
    channel: &Channel,
    headers: &[(&'static str, &str)],
    method: &str,
    message: Vec<u8>,
) -> Result<Vec<u8>, Status> {
    call_path(
        channel,
        headers,
        &format!("/orderstatus.v1.{method}"),
        message,
    )
    .await
}

/// Calls a method by its path and answers its first message. A stream that stays open without one answers nothing.
pub async fn call_path(
    channel: &Channel,
    headers: &[(&'static str, &str)],
    path: &str,
    message: Vec<u8>,
) -> Result<Vec<u8>, Status> {
    let mut client = Grpc::new(channel.clone()).max_encoding_message_size(usize::MAX);
    client.ready().await.expect("a connection");
    let mut request = Request::new(tokio_stream::once(message));
    for (name, value) in headers {
        let value = value.parse().expect("a header of visible characters");
        request.metadata_mut().insert(*name, value);
    }
    let path = path.parse().expect("a path");
    let mut answers = client.streaming(request, path, Plain).await?.into_inner();
    // The headers of a watch come at once; its first message may be a heartbeat away.
    match tokio::time::timeout(Duration::from_secs(2), answers.message()).await {
        Ok(answer) => answer.map(Option::unwrap_or_default),
        Err(_) => Ok(Vec::new()),
    }
}
