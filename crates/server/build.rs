//! The web application is built by its own tools. Without it the binary still builds, and its page says what to do.
use std::{env, fs, path::Path};

fn main() {
    let dist = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../web/dist");
    if let Err(error) = fs::create_dir_all(&dist) {
        println!("cargo:warning=cannot create `{}`: {error}", dist.display());
    }
    println!("cargo:rerun-if-changed={}", dist.display());
    println!("cargo:rerun-if-changed=../../demo");
}
