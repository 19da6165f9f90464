//! A child process that never outlives the test process.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Runs the program `"$@"` until a word comes on standard input: `stop` asks it to end, `kill` ends it at once. When
/// standard input closes without a word, the test process has died: then it is killed and the folder `$0` removed.
const WATCH: &str = r#"
trap : INT TERM HUP
exec 3<&0
"$@" </dev/null &
child=$!
if read -r word <&3; then
    case $word in
        stop) kill -TERM $child ;;
        *) kill -KILL $child ;;
    esac
    wait $child
else
    kill -KILL $child
    wait $child
    rm -rf "$0"
fi
"#;

/// A program under the watch of a shell.
pub struct Wrapped {
    shell: Child,
}

impl Wrapped {
    /// Starts `program`; its output is appended to `log`. `folder` is removed should the test process die.
    pub fn start(program: &str, arguments: &[String], log: &Path, folder: &Path) -> Self {
        let out = File::options().create(true).append(true).open(log).unwrap();
        let errors = out.try_clone().unwrap();
        let shell = Command::new("sh")
            .arg("-c")
            .arg(WATCH)
            .arg(folder)
            .arg(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(out)
            .stderr(errors)
            .spawn()
            .unwrap();
        Self { shell }
    }

    /// Asks it to end, and waits.
    pub fn stop(self) {
        self.end("stop\n");
    }

    /// Ends it with SIGKILL, and waits.
    pub fn kill(self) {
        self.end("kill\n");
    }

    fn end(mut self, word: &str) {
        if let Some(mut input) = self.shell.stdin.take() {
            // The shell is already gone when this fails, and its child with it.
            let _ = input.write_all(word.as_bytes());
        }
        let _ = self.shell.wait();
    }
}
