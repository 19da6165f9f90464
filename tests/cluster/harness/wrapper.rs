//! A child process that never outlives the test process.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::patience::eventually;

/// Runs the program `"$@"` until a word comes on standard input: `stop` asks it to end, `kill` ends it at once. `pause FILE`
/// holds it as it is and makes the file, `resume` lets it go on. When standard input closes without a word, the test process
/// has died: then it is killed and the folder `$0` removed.
const WATCH: &str = r#"
trap : INT TERM HUP
exec 3<&0
"$@" </dev/null &
child=$!
while read -r word file <&3; do
    case $word in
        pause) kill -STOP $child; : >"$file"; continue ;;
        resume) kill -CONT $child; continue ;;
        stop) kill -TERM $child ;;
        *) kill -KILL $child ;;
    esac
    wait $child
    exit
done
kill -KILL $child
wait $child
rm -rf "$0"
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

    /// The id of the program's process, where the system tells it.
    pub fn process_id(&self) -> Option<u32> {
        let shell = self.shell.id();
        let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).ok()?;
        children.split_whitespace().next()?.parse().ok()
    }

    /// Asks it to end, and waits.
    pub fn stop(self) {
        self.end("stop\n");
    }

    /// Ends it with SIGKILL, and waits.
    pub fn kill(self) {
        self.end("kill\n");
    }

    /// Holds it as it is: its connections stay open and nobody answers. `mark` is a file for the shell to make.
    pub fn pause(&mut self, mark: &Path) {
        self.say(&format!("pause {}\n", mark.display()));
        eventually("the shell holds the broker", || mark.exists().then_some(()));
        std::fs::remove_file(mark).unwrap();
    }

    /// Lets it go on.
    pub fn resume(&mut self) {
        self.say("resume\n");
    }

    fn end(mut self, word: &str) {
        self.say(word);
        let _ = self.shell.wait();
    }

    fn say(&mut self, word: &str) {
        if let Some(input) = &mut self.shell.stdin {
            // The shell is already gone when this fails, and its child with it.
            let _ = input.write_all(word.as_bytes());
        }
    }
}
