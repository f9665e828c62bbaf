//! Names the shared library by what it keeps compatible: programs that were linked with one of another number
//! do not start with it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libwarifu.so.0");
    }
}
