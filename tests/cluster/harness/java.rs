//! Kafka's jars and Java's tools.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::patience::output_with;

/// The class path of a whole Kafka. Panics with the command to run where the jars are not there.
pub fn class_path() -> String {
    let folder = match std::env::var_os("FOREBAY_KAFKA_JARS") {
        Some(folder) => PathBuf::from(folder),
        None => std::env::home_dir().unwrap_or_default().join(".cache/forebay/kafka-4.1.0/lib"),
    };
    let has_jars = folder.read_dir().is_ok_and(|mut entries| entries.next().is_some());
    assert!(
        has_jars,
        "Kafka's jars are not in {folder}. Run: mvn -q -B -f tests/kafka/pom.xml dependency:copy-dependencies \
         -DoutputDirectory={folder}",
        folder = folder.display()
    );
    format!("{}/*", folder.display())
}

/// Arguments of `java` before a main class: class path, memory, where to log.
pub fn java_arguments(memory: &str) -> Vec<String> {
    let log = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kafka/log4j2.xml");
    vec![
        format!("-Xmx{memory}"),
        format!("-Dlog4j2.configurationFile={}", log.display()),
        "-cp".into(),
        class_path(),
    ]
}

/// Runs one of Kafka's own tools (`org.apache.kafka.tools.GetOffsetShell`) and returns what it printed. Panics when it
/// fails.
pub fn java_tool(class: &str, arguments: &[&str]) -> String {
    run(&mut tool(class, arguments), Stdio::null())
}

/// [`java_tool`] that reads `input` on its standard input (`org.apache.kafka.tools.ConsoleProducer`).
pub fn java_tool_with_input(class: &str, arguments: &[&str], input: &Path) -> String {
    run(&mut tool(class, arguments), File::open(input).unwrap().into())
}

/// A tool that runs beside the test; it ends with this value.
pub struct StartedTool(Option<Child>);

impl StartedTool {
    /// Starts one of Kafka's own tools.
    pub fn start(class: &str, arguments: &[&str]) -> Self {
        let mut command = tool(class, arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        Self(Some(command.spawn().expect("Java 17 is needed on the path")))
    }

    /// Waits until it has ended by itself, and returns what it printed, which must fit into a pipe.
    pub fn printed(mut self) -> String {
        let output = self.0.take().unwrap().wait_with_output().unwrap();
        assert!(output.status.success(), "{}", output.status);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for StartedTool {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn tool(class: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("java");
    // A tool lives a second or two: the quick compiler is enough.
    command.arg("-XX:TieredStopAtLevel=1").args(java_arguments("256m")).arg(class).args(arguments);
    command
}

/// Runs `keytool`.
pub fn keytool(folder: &Path, arguments: &[&str]) -> String {
    let mut keytool = Command::new("keytool");
    run(keytool.current_dir(folder).arg("-J-XX:TieredStopAtLevel=1").args(arguments), Stdio::null())
}

fn run(command: &mut Command, input: Stdio) -> String {
    let output = output_with(command, input);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{printed}\n{complained}");
    printed
}
