//! The API against its committed baseline: what clients were built against stays as it was.
//!
//! `proto/baseline.binpb` is the descriptor set of the last release. `ORDER_STATUS_WRITE_BASELINE=1`
//! writes it anew, which is right only when a release is made.

use std::path::PathBuf;

use order_status_proto::FILE_DESCRIPTOR_SET;
use prost_reflect::{
    DescriptorPool, EnumDescriptor, FieldDescriptor, MessageDescriptor, ServiceDescriptor,
};

const PACKAGE: &str = "orderstatus.v1";

fn baseline_path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../proto/baseline.binpb")
}

fn pool(bytes: &[u8]) -> DescriptorPool {
    DescriptorPool::decode(bytes).expect("a descriptor set")
}

/// Everything that a client of `old` would miss in `new`.
fn breaks(old: &DescriptorPool, new: &DescriptorPool) -> Vec<String> {
    let mut found = Vec::new();
    for message in old
        .all_messages()
        .filter(|message| message.package_name() == PACKAGE)
    {
        match new.get_message_by_name(message.full_name()) {
            Some(present) => compare_messages(&message, &present, &mut found),
            None => found.push(format!("message {} is gone", message.full_name())),
        }
    }
    for list in old
        .all_enums()
        .filter(|list| list.package_name() == PACKAGE)
    {
        match new.get_enum_by_name(list.full_name()) {
            Some(present) => compare_enums(&list, &present, &mut found),
            None => found.push(format!("enum {} is gone", list.full_name())),
        }
    }
    for service in old
        .services()
        .filter(|service| service.package_name() == PACKAGE)
    {
        match new.get_service_by_name(service.full_name()) {
            Some(present) => compare_services(&service, &present, &mut found),
            None => found.push(format!("service {} is gone", service.full_name())),
        }
    }
    found
}

fn compare_messages(old: &MessageDescriptor, new: &MessageDescriptor, found: &mut Vec<String>) {
    if old.parent_file().name() != new.parent_file().name() {
        found.push(format!("message {} moved to another file", old.full_name()));
    }
    for field in old.fields() {
        match new.get_field(field.number()) {
            None => found.push(format!("field {} is gone", field.full_name())),
            Some(present) if shape(&field) != shape(&present) => {
                found.push(format!(
                    "field {}: {:?} became {:?}",
                    field.full_name(),
                    shape(&field),
                    shape(&present)
                ));
            }
            Some(_) => {}
        }
    }
}

/// What of a field must stay: its name in both forms, its type, how many there are, and its oneof.
fn shape(field: &FieldDescriptor) -> (String, String, String, String, Option<String>) {
    (
        field.name().to_owned(),
        field.json_name().to_owned(),
        format!("{:?}", field.kind()),
        format!(
            "{:?} presence {}",
            field.cardinality(),
            field.supports_presence()
        ),
        field
            .containing_oneof()
            .map(|oneof| oneof.name().to_owned()),
    )
}

fn compare_enums(old: &EnumDescriptor, new: &EnumDescriptor, found: &mut Vec<String>) {
    for value in old.values() {
        let present = new.get_value(value.number());
        if present
            .as_ref()
            .is_none_or(|present| present.name() != value.name())
        {
            found.push(format!(
                "enum value {} = {} is gone",
                value.full_name(),
                value.number()
            ));
        }
    }
}

fn compare_services(old: &ServiceDescriptor, new: &ServiceDescriptor, found: &mut Vec<String>) {
    for method in old.methods() {
        let Some(present) = new
            .methods()
            .find(|present| present.name() == method.name())
        else {
            found.push(format!("method {} is gone", method.full_name()));
            continue;
        };
        let signature = |method: &prost_reflect::MethodDescriptor| {
            let streams = (method.is_client_streaming(), method.is_server_streaming());
            (
                method.input().full_name().to_owned(),
                method.output().full_name().to_owned(),
                streams,
            )
        };
        if signature(&method) != signature(&present) {
            found.push(format!(
                "method {} takes or answers something else",
                method.full_name()
            ));
        }
    }
}

#[test]
fn nothing_that_clients_were_built_against_is_gone() {
    if std::env::var_os("ORDER_STATUS_WRITE_BASELINE").is_some() {
        std::fs::write(baseline_path(), FILE_DESCRIPTOR_SET).expect("write the baseline");
    }
    let baseline = std::fs::read(baseline_path()).expect("proto/baseline.binpb");
    let found = breaks(&pool(&baseline), &pool(FILE_DESCRIPTOR_SET));
    assert!(
        found.is_empty(),
        "these break clients:\n{}",
        found.join("\n")
    );
}

#[test]
fn a_removed_field_value_or_method_is_found() {
    let old = pool(FILE_DESCRIPTOR_SET);
    let mut set = prost_types_set(FILE_DESCRIPTOR_SET);
    let order = message(&mut set, "Order");
    order.field.retain(|field| field.name() != "number");
    let payment = message(&mut set, "Payment");
    payment.field.iter_mut().for_each(|field| {
        if field.name() == "description" {
            field.r#type = Some(12);
        }
    });
    for file in set.file.iter_mut().filter(|file| file.package() == PACKAGE) {
        for service in file
            .service
            .iter_mut()
            .filter(|service| service.name() == "WorkflowService")
        {
            service.method.pop();
        }
        for list in file
            .enum_type
            .iter_mut()
            .filter(|list| list.name() == "Phase")
        {
            list.value.pop();
        }
    }
    let new = pool(&prost::Message::encode_to_vec(&set));
    let found = breaks(&old, &new).join("\n");
    for word in [
        "Order.number is gone",
        "Payment.description",
        "method orderstatus.v1.WorkflowService",
        "PHASE_CANCELLED",
    ] {
        assert!(found.contains(word), "{word} is not in:\n{found}");
    }
}

fn prost_types_set(bytes: &[u8]) -> prost_types::FileDescriptorSet {
    prost::Message::decode(bytes).expect("a descriptor set")
}

fn message<'s>(
    set: &'s mut prost_types::FileDescriptorSet,
    name: &str,
) -> &'s mut prost_types::DescriptorProto {
    let messages = set
        .file
        .iter_mut()
        .filter(|file| file.package() == PACKAGE)
        .flat_map(|file| &mut file.message_type);
    messages
        .into_iter()
        .find(|message| message.name() == name)
        .expect("a message of that name")
}
