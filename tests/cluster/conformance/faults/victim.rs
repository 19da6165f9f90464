//! The broker that is killed: this test binary once more, in a process of its own.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use forebay::broker::{Broker, BrokerConfig, Durability, Housekeeping, Storage};

use super::super::admin::eventually;

/// Tells the process that it is to serve: from which folder, and on which port.
const FOLDER: &str = "FOREBAY_FAULTS_FOLDER";
const PORT: &str = "FOREBAY_FAULTS_PORT";

/// A request for the versions of all APIs, with its length before it.
const API_VERSIONS: &[u8] = b"\0\0\0\x0a\0\x12\0\0\0\0\0\x01\xff\xff";

/// No test by itself: the process that is killed. It ends when whoever started it is gone.
#[test]
fn the_broker_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let often = Duration::from_millis(100);
    let _broker = Broker::start(BrokerConfig {
        storage: Storage::Folder(folder),
        durability: Durability::Always,
        port: std::env::var(PORT).unwrap().parse().unwrap(),
        housekeeping: Housekeeping { retention: often, compaction: often },
        ..BrokerConfig::default()
    })
    .unwrap();
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

/// The process, killed when it is dropped.
pub struct Victim {
    process: Child,
    port: u16,
}

impl Victim {
    /// Starts it; it answers when it has recovered what is in the folder.
    pub fn start(folder: &Path, port: u16) -> Self {
        let process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "conformance::faults::victim::the_broker_that_is_killed", "--nocapture"])
            .env(FOLDER, folder)
            .env(PORT, port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, port }
    }

    /// Whether it answers a request already. It listens from the beginning, also while it recovers.
    pub fn answers(&self) -> bool {
        let asked = || {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
            stream.set_read_timeout(Some(Duration::from_millis(20)))?;
            stream.write_all(API_VERSIONS)?;
            stream.read_exact(&mut [0; 4])
        };
        asked().is_ok()
    }

    pub fn wait_until_it_answers(&mut self) {
        eventually("the broker answers", || {
            assert_eq!(self.process.try_wait().unwrap(), None, "the broker gave up by itself");
            self.answers().then_some(())
        });
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
