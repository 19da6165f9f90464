//! Folders that cannot be written to, and disks that are full: told by the system's own words, and the old file stays.
//!
//! A real small disk is a tmpfs in mount namespace of the command's own, which root may make, and on most systems anybody.
//! Where nobody may, a limit on the size of files stops the write half-way instead, and the test says so.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use forebay::workspace::{ConnectionRef, Place, Workspace};

use super::page;
use crate::binary::{Forebay, Ran};
use crate::harness::{Kafka, output};
use crate::small;

/// Ways to a mount namespace of one's own.
const NAMESPACES: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];

/// A shell script, run where `$DISK` is a disk of its own of 64 kB, which is gone afterwards. Where that cannot be had, it is
/// a folder, and no file may be larger than 64 kB.
fn on_a_small_disk(forebay: &Forebay, script: &str) -> Ran {
    let disk = forebay.folder().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let mounted = format!("mount -t tmpfs -o size=64k,mode=755 none \"$DISK\" && {{\n{script}\n}}");
    let limited = format!("trap '' XFSZ; ulimit -f 64; {{\n{script}\n}}");
    let mut shell = match namespace() {
        Some(options) => {
            let mut unshare = Command::new("unshare");
            unshare.args(options).args(["bash", "-c", &mounted]);
            unshare
        }
        None => {
            println!(
                "no file system can be mounted here: a limit on the size of files stands for a full disk"
            );
            let mut bash = Command::new("bash");
            bash.args(["-c", &limited]);
            bash
        }
    };
    run(forebay, &mut shell, &disk)
}

/// Options of `unshare` that let a file system be mounted.
fn namespace() -> Option<&'static [&'static str]> {
    NAMESPACES.into_iter().find(|options| {
        let folder = tempfile::tempdir().unwrap();
        let mut probe = Command::new("unshare");
        probe.args(*options).args(["mount", "-t", "tmpfs", "none"]).arg(folder.path());
        probe.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    })
}

/// A shell script, run by somebody who may not write everywhere, as root may: root gives up that right for it.
fn as_anybody(forebay: &Forebay, disk: &Path, script: &str) -> Ran {
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut shell = match is_root {
        true => {
            let mut setpriv = Command::new("setpriv");
            setpriv.args(["--bounding-set", "-dac_override,-dac_read_search", "bash", "-c", script]);
            setpriv
        }
        false => {
            let mut bash = Command::new("bash");
            bash.args(["-c", script]);
            bash
        }
    };
    run(forebay, &mut shell, disk)
}

fn run(forebay: &Forebay, shell: &mut Command, disk: &Path) -> Ran {
    let command = forebay.command(&[]);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.env("FOREBAY", command.get_program()).env("DISK", disk);
    shell.env("TESTS", std::env::current_exe().unwrap()).current_dir(forebay.folder());
    Ran::of(output(shell))
}

/// The folder has nothing but the old file, as it was.
const LEFT: &str = "echo \"left: $(ls -A \"$DISK\") $(cat \"$DISK\"/*)\"";

#[test]
fn a_full_disk_leaves_the_old_export_and_the_old_package() {
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 4_000);
    let forebay = Forebay::on(kafka);
    let trees = small::run_file(&topic).replace("\"logistic-regression\"", "\"boosted-trees\"\nrounds = 400");
    forebay.write("run.toml", &trees);
    let models = crate::harness::unique("models");
    forebay.text(&["train", "run.toml", "--publish", "late", "--models", &models, "-o", "late.zip"]);
    assert!(std::fs::metadata(forebay.folder().join("late.zip")).unwrap().len() > 70_000, "it would fit");
    let names = [(forebay.folder().to_str().unwrap(), "/home/ada")];

    for (bad_input, command, file) in [
        ("a full disk, read", format!("read {topic} -o"), "a.jsonl"),
        ("a full disk, pull", format!("pull late@1 --models {models} -o"), "a.zip"),
    ] {
        let script = format!(
            "echo old > \"$DISK/{file}\"; \"$FOREBAY\" {command} \"$DISK/{file}\"; code=$?; {LEFT}; exit $code"
        );
        let ran = on_a_small_disk(&forebay, &script);
        assert_eq!((ran.code, ran.stdout), (1, format!("left: {file} old\n")), "{}", ran.stderr);
        page::says(bad_input, &names, &ran.stderr);
        std::fs::remove_dir_all(forebay.folder().join("disk")).unwrap();
    }
}

#[test]
fn standard_output_that_takes_no_more_is_a_failure() {
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 40);
    let forebay = Forebay::on(kafka);
    for arguments in [&["topics"][..], &["read", &topic, "-o", "-"]] {
        let mut command = forebay.command(arguments);
        command.stdout(std::fs::File::options().write(true).open("/dev/full").unwrap());
        let ran = Ran::of(command.stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap());
        assert_eq!(ran.code, 1, "{ran:?}");
        page::says("a full disk, standard output", &[], &ran.stderr);
    }
}

#[test]
fn a_read_only_folder_refuses_exports_and_packages() {
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 400);
    let forebay = Forebay::on(kafka);
    forebay.write("run.toml", &small::run_file(&topic));
    let names = [(forebay.folder().to_str().unwrap(), "/home/ada")];
    let disk = forebay.folder().join("disk");
    std::fs::create_dir(&disk).unwrap();

    for (bad_input, command, file) in [
        ("a read-only folder, read", format!("read {topic} -o"), "a.jsonl"),
        ("a read-only folder, train", "train run.toml -o".into(), "a.zip"),
    ] {
        let script = format!(
            "echo old > \"$DISK/{file}\"; chmod 555 \"$DISK\"; \"$FOREBAY\" {command} \"$DISK/{file}\"; code=$?; {LEFT}; \
             chmod 755 \"$DISK\"; rm \"$DISK\"/*; exit $code"
        );
        let ran = as_anybody(&forebay, &disk, &script);
        assert_eq!((ran.code, ran.stdout), (1, format!("left: {file} old\n")), "{}", ran.stderr);
        page::says(bad_input, &names, &ran.stderr);
    }
}

#[test]
fn a_file_system_that_is_mounted_read_only_refuses_a_workspace() {
    let forebay = Forebay::alone();
    // Where nothing can be mounted, the folder is read-only by its permissions, as in the test above.
    let lock = match namespace() {
        Some(_) => "mount -o remount,ro \"$DISK\"",
        None => "chmod 555 \"$DISK\"",
    };
    let script = format!("{}; {lock}; {}; {LEFT}", save("small"), save("small"));
    let ran = match namespace() {
        Some(_) => on_a_small_disk(&forebay, &script),
        None => {
            println!("no file system can be mounted here: permissions stand for it");
            let disk = forebay.folder().join("disk");
            std::fs::create_dir(&disk).unwrap();
            as_anybody(&forebay, &disk, &script)
        }
    };
    assert!(ran.stdout.contains("left: late.forebay # A Forebay workspace"), "{ran:#?}");
    page::says(
        "a read-only folder, workspace",
        &[(forebay.folder().to_str().unwrap(), "/home/ada")],
        &ran.stdout,
    );
}

#[test]
fn a_full_disk_leaves_the_old_workspace() {
    let forebay = Forebay::alone();
    let script = format!("{}; {}; {LEFT}", save("small"), save("large"));
    let ran = on_a_small_disk(&forebay, &script);
    assert!(ran.stdout.contains("left: late.forebay # A Forebay workspace"), "{ran:#?}");
    assert!(!ran.stdout.contains("large"), "{ran:#?}");
    page::says("a full disk, workspace", &[(forebay.folder().to_str().unwrap(), "/home/ada")], &ran.stdout);
}

/// The command that saves a workspace to `$DISK` in a process of its own: no `forebay` command does, only the window.
fn save(size: &str) -> String {
    format!(
        "SIZE={size} \"$TESTS\" --exact bad_input::disks::a_workspace_is_saved_where_there_is_room --nocapture"
    )
}

/// Run by itself, on a disk that is good; the tests above run it where `$DISK` is none and look at what it prints.
#[test]
fn a_workspace_is_saved_where_there_is_room() {
    let good = tempfile::tempdir().unwrap();
    let named = std::env::var_os("DISK").map(PathBuf::from);
    let size = std::env::var("SIZE").unwrap_or_else(|_| "small".into());
    let name = size.repeat(if size == "large" { 40_000 } else { 1 });
    let connection = Some(ConnectionRef { name, cluster_id: None });
    let place = Place::at(&named.as_deref().unwrap_or(good.path()).join("late.forebay"));
    match place.save(&Workspace { connection, ..Workspace::default() }) {
        Ok(()) => println!("saved"),
        Err(problem) if named.is_some() => println!("\n{problem}"),
        Err(problem) => panic!("{problem}"),
    }
}
