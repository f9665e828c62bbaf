//! Who signed, and is it enough.
