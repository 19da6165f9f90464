//! The embedded cluster in the demo's folder.

use super::options::DemoOptions;
use crate::broker::{Broker, BrokerConfig, BrokerError, Durability, Storage};
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
            clear(options)?;
        }
        let broker = open(options).map_err(|error| refused(options, &error))?;
        Ok(Self { broker })
    }

    /// `127.0.0.1:PORT`.
    pub(super) fn bootstrap(&self) -> String {
        self.broker.bootstrap()
    }
}

fn open(options: &DemoOptions) -> Result<Broker, BrokerError> {
    Broker::start(BrokerConfig {
        storage: Storage::Folder(options.cluster()),
        // A program that is killed loses nothing by this; a machine whose power fails may, and can start anew.
        durability: Durability::System,
        port: options.port,
        ..BrokerConfig::default()
    })
}

/// Removes what a demo keeps in its folder, and nothing else that may be there. The cluster goes last: without its workspace
/// it is a cluster like any other, but the workspace is of no use without it.
fn clear(options: &DemoOptions) -> Result<(), Problem> {
    match open(options) {
        // Started and stopped, it has shown that no other program works on the folder.
        Ok(broker) => broker.stop(),
        Err(error @ (BrokerError::FolderInUse(_) | BrokerError::Port { .. })) => {
            return Err(refused(options, &error));
        }
        // What is there need not be understood to be thrown away.
        Err(_) => {}
    }
    options.workspace().remove()?;
    Ok(files::remove_folder(&options.cluster())?)
}

fn refused(options: &DemoOptions, error: &BrokerError) -> Problem {
    let next = match error {
        BrokerError::FolderInUse(_) => "End the other demo, or choose another --folder",
        BrokerError::Port { .. } => "Choose another --port, or none for any that is free",
        _ => "Choose another --folder, or begin anew with --fresh",
    };
    Problem::new(format!("Starting the cluster in {}", options.cluster().display()), error.to_string(), next)
}
