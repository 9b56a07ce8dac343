//! Blobs over object_store, and the manifest reader that serves byte ranges.
