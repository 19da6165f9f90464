//! The embedded cluster in the demo's folder.

use std::io;
use std::path::Path;

use super::options::DemoOptions;
use crate::broker::{Broker, BrokerConfig, Durability, Storage};
use crate::files;
use crate::jobs::Problem;

/// The cluster, running. Dropping it stops it in order.
pub(super) struct Embedded {
    broker: Broker,
}

impl Embedded {
    /// Starts the cluster on what the folder holds, or on nothing where it is to begin anew.
    pub(super) fn start(options: &DemoOptions) -> Result<Self, Problem> {
        files::make_folder(&options.folder)?;
        if options.fresh {
            // Started and stopped, it has shown that no other program works on the folder.
            open(options)?.stop();
            clear(options)?;
        }
        Ok(Self { broker: open(options)? })
    }

    /// `127.0.0.1:PORT`.
    pub(super) fn bootstrap(&self) -> String {
        self.broker.bootstrap()
    }
}

fn open(options: &DemoOptions) -> Result<Broker, Problem> {
    let config = BrokerConfig {
        storage: Storage::Folder(options.cluster()),
        // A program that is killed loses nothing by this; a machine whose power fails may, and can start anew.
        durability: Durability::System,
        port: options.port,
        ..BrokerConfig::default()
    };
    Broker::start(config).map_err(|error| {
        let next = "End the other demo, choose another --folder or --port, or begin anew with --fresh";
        Problem::new(
            format!("Starting the cluster in {}", options.cluster().display()),
            error.to_string(),
            next,
        )
    })
}

/// Removes what a demo keeps in its folder, and nothing else that may be there.
fn clear(options: &DemoOptions) -> Result<(), Problem> {
    let results = options.workspace().with_extension("forebay.d");
    for folder in [options.cluster(), results] {
        is_gone(&folder, std::fs::remove_dir_all(&folder))?;
    }
    files::remove(&options.workspace())?;
    Ok(())
}

fn is_gone(folder: &Path, removed: io::Result<()>) -> Result<(), Problem> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Problem::new(
            format!("Removing {}", folder.display()),
            error.to_string(),
            "Remove it by hand, or choose another folder",
        )),
        _ => Ok(()),
    }
}
