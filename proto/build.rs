//! Compiles the protobuf files without a system `protoc`: protox parses them, tonic-prost-build
//! generates the code, and the descriptor set is kept whole for reflection and the HTTP mapping.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost::Message as _;
use prost_types::FileDescriptorSet;

/// The folder of the API's own files, below this crate.
const API: &str = "orderstatus/v1";

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    for folder in [API, "google"] {
        println!("cargo::rerun-if-changed={folder}");
    }

    let mut compiler = protox::Compiler::new([&root])?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(api_files(&root)?)?;

    // The encoded form, since the decoded one has lost the extension options (`google.api.http`).
    let encoded = compiler.encode_file_descriptor_set();
    let out_dir = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out_dir.join("orderstatus.binpb"), &encoded)?;

    // Ordered maps, so that equal messages have equal bytes.
    tonic_prost_build::configure()
        .btree_map(".")
        .emit_rerun_if_changed(false)
        .compile_fds(FileDescriptorSet::decode(encoded.as_slice())?)?;
    Ok(())
}

/// Lists the API's files, in the order of their names so that every build is the same.
fn api_files(root: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root.join(API))? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
