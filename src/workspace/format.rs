//! A workspace as text: TOML with a format version, and a last line by which a file that was cut is known.

use serde::{Deserialize, Serialize};

use super::document::{ConnectionRef, Workspace};

/// The version that this program writes.
///
/// When the format changes, the number goes up, and [`parse`] gets a step that turns the older text into the newer; files
/// of every older version stay readable.
pub(super) const FORMAT: u32 = 1;

const HEAD: &str = "# A Forebay workspace. docs/workspace-file.md says what stands where.\n";
const LAST: &str = "# End of the workspace";

/// Version of a workspace file; a new workspace has the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Format(u32);

impl Default for Format {
    fn default() -> Self {
        Self(FORMAT)
    }
}

/// Why a text is not a workspace that can be opened: why, and what to do next.
pub(super) type Refusal = (String, &'static str);

#[derive(Deserialize)]
struct Header {
    format: u32,
}

/// The text of a workspace file.
pub(super) fn text(workspace: &Workspace) -> Result<String, String> {
    let body = toml::to_string(workspace).map_err(|error| error.to_string())?;
    Ok(format!("{HEAD}{body}\n{LAST}\n"))
}

/// Reads a text. A newer version and a text without its end are refused.
pub(super) fn parse(text: &str) -> Result<Workspace, Refusal> {
    let header: Header = match toml::from_str(text) {
        Ok(header) => header,
        Err(_) if is_cut(text) => return Err(cut()),
        Err(error) => return Err((error.to_string(), "Correct the file, or open another")),
    };
    match header.format {
        0 => Err(("format 0 has never been written".into(), "Open another file")),
        FORMAT if is_cut(text) => Err(cut()),
        FORMAT => toml::from_str(text)
            .map_err(|error| (error.to_string(), "The file is left as it is. Correct it, or open another")),
        newer => Err((
            format!("it has format {newer}; this version of Forebay knows formats up to {FORMAT}"),
            "The file is left as it is. Open it with a newer Forebay",
        )),
    }
}

/// The cluster that a text names, whatever else stands in it.
pub(super) fn connection(text: &str) -> Option<ConnectionRef> {
    #[derive(Deserialize)]
    struct About {
        connection: Option<ConnectionRef>,
    }
    toml::from_str::<About>(text).ok()?.connection
}

fn is_cut(text: &str) -> bool {
    text.starts_with(HEAD) && text.trim_end().lines().last() != Some(LAST)
}

fn cut() -> Refusal {
    (
        format!("its end is missing: the last line should be `{LAST}`"),
        "The file is left as it is. Open a copy, or the autosave beside it",
    )
}
