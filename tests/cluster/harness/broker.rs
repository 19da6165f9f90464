//! One broker: its settings, its start, its end.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use super::java::{java_arguments, java_tool};
use super::patience::PATIENCE;
use super::wrapper::Wrapped;

/// A broker process, or the data of one that was ended.
pub struct Broker {
    pub node: u16,
    /// Port of the PLAINTEXT listener.
    pub port: u16,
    controller_port: u16,
    folder: PathBuf,
    /// Where the whole cluster keeps its files.
    root: PathBuf,
    notes_requests: bool,
    java: Vec<String>,
    process: Option<Wrapped>,
}

impl Broker {
    /// Chooses ports and a folder for broker `node`.
    pub fn new(node: u16, root: &Path) -> Self {
        let folder = root.join(format!("broker-{node}"));
        std::fs::create_dir_all(&folder).unwrap();
        let (port, controller_port) = (free_port(), free_port());
        let root = root.to_path_buf();
        let java = java_arguments("512m");
        Self { node, port, controller_port, folder, root, notes_requests: false, java, process: None }
    }

    /// The same, but it writes down every request: [`Self::requests`].
    pub fn noting_requests(mut self) -> Self {
        self.notes_requests = true;
        self
    }

    /// The same, with the memory and the collector of Kafka's own start script.
    pub fn with_the_memory_of_the_start_script(mut self) -> Self {
        self.java = java_arguments("1g");
        let more = ["-Xms1g", "-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20"];
        let collector = ["-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent"];
        self.java.splice(0..0, more.into_iter().chain(collector).map(String::from));
        self
    }

    /// The id of its process, where the system tells it.
    pub fn process_id(&self) -> Option<u32> {
        self.process.as_ref()?.process_id()
    }

    /// This broker as `controller.quorum.voters` names it.
    pub fn voter(&self) -> String {
        format!("{}@127.0.0.1:{}", self.node, self.controller_port)
    }

    /// Writes its settings and formats its folder. `extra` are further lines and may name further listeners.
    pub fn format(
        &self,
        cluster_id: &str,
        voters: &[String],
        listeners: &str,
        extra: &str,
        scram: &[String],
    ) {
        let replicas = voters.len().min(3);
        let in_sync = if replicas == 3 { 2 } else { 1 };
        let settings = format!(
            "process.roles=broker,controller\n\
             node.id={node}\n\
             controller.quorum.voters={voters}\n\
             controller.listener.names=CONTROLLER\n\
             inter.broker.listener.name=PLAINTEXT\n\
             listeners=CONTROLLER://127.0.0.1:{controller_port},PLAINTEXT://127.0.0.1:{port}{listeners}\n\
             listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,\
             SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL\n\
             log.dirs={folder}/data\n\
             auto.create.topics.enable=false\n\
             default.replication.factor={replicas}\n\
             min.insync.replicas={in_sync}\n\
             offsets.topic.replication.factor={replicas}\n\
             offsets.topic.num.partitions=4\n\
             transaction.state.log.replication.factor={replicas}\n\
             transaction.state.log.min.isr={in_sync}\n\
             transaction.state.log.num.partitions=4\n\
             share.coordinator.state.topic.replication.factor={replicas}\n\
             share.coordinator.state.topic.min.isr={in_sync}\n\
             group.initial.rebalance.delay.ms=0\n\
             group.min.session.timeout.ms=100\n\
             transaction.abort.timed.out.transaction.cleanup.interval.ms=200\n\
             log.retention.ms=-1\n\
             log.cleaner.backoff.ms=1000\n\
             log.retention.check.interval.ms=1000\n\
             log.initial.task.delay.ms=100\n\
             {extra}\n",
            node = self.node,
            voters = voters.join(","),
            controller_port = self.controller_port,
            port = self.port,
            folder = self.folder.display(),
        );
        std::fs::write(self.settings(), settings).unwrap();
        let settings = self.settings().display().to_string();
        let mut arguments = vec!["format", "-t", cluster_id, "-c", &settings];
        for user in scram {
            arguments.extend(["--add-scram", user]);
        }
        java_tool("kafka.tools.StorageTool", &arguments);
    }

    /// Starts it. [`Self::wait_until_it_answers`] waits for it.
    pub fn start(&mut self) {
        let mut arguments = self.java.clone();
        if self.notes_requests {
            arguments.insert(0, "-Dforebay.requests=debug".into());
        }
        arguments.extend(["kafka.Kafka".to_string(), self.settings().display().to_string()]);
        self.process = Some(Wrapped::start("java", &arguments, &self.log(), &self.root));
    }

    /// Waits until the port answers.
    pub fn wait_until_it_answers(&self) {
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            assert!(started.elapsed() < PATIENCE, "broker {} did not start:\n{}", self.node, self.log_tail());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ends it in order.
    pub fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop();
        }
    }

    /// Ends it with SIGKILL.
    pub fn kill(&mut self) {
        if let Some(process) = self.process.take() {
            process.kill();
        }
    }

    /// The requests that it has answered: who asked (`client.id`), and Kafka's name of the request.
    pub fn requests(&self) -> Vec<(String, String)> {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let answered =
            log.lines().filter_map(|line| line.split_once("Completed request:")).map(|(_, note)| note);
        answered
            .filter_map(|note| Some((quoted(note, "clientId")?, quoted(note, "requestApiKeyName")?)))
            .collect()
    }

    /// Holds it as it is: it accepts connections and answers nobody.
    pub fn pause(&mut self) {
        let mark = self.folder.join("paused");
        if let Some(process) = &mut self.process {
            process.pause(&mark);
        }
    }

    /// Lets it answer again.
    pub fn resume(&mut self) {
        if let Some(process) = &mut self.process {
            process.resume();
        }
    }

    /// The end of what it wrote.
    pub fn log_tail(&self) -> String {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    fn settings(&self) -> PathBuf {
        self.folder.join("server.properties")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log.txt")
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The text that stands under `name` in a line of JSON.
fn quoted(json: &str, name: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{name}\":\""))?;
    rest.split_once('"').map(|(text, _)| text.to_string())
}

/// A port that nobody listens on, below those that the system gives to outgoing links: such a link cannot take it before
/// the broker does, also not while the broker is down.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    const FIRST: u16 = 12_000;
    const COUNT: u16 = 20_000;
    let begin = (std::process::id() % u32::from(COUNT)) as u16;
    for _ in 0..COUNT {
        let step = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(7);
        let port = FIRST + (u32::from(begin) * 37 + u32::from(step)).rem_euclid(u32::from(COUNT)) as u16;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free");
}
