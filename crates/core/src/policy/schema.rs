//! The JSON schema of policy files, for editors.
use super::Policy;

/// The JSON schema of a policy file, as committed beside the files (POL-1).
///
/// Editors read it through the line `#:schema ./policy.schema.json` at the head of each file.
#[must_use]
pub fn schema() -> String {
    let schema = schemars::schema_for!(Policy);
    // A schema is plain JSON without maps keyed by anything but text, so this cannot fail.
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
