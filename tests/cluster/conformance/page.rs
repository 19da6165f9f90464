//! `docs/conformance.md` lists the cases: the page and the suite say the same.

use std::fmt::Write;
use std::path::Path;

use super::{Case, Client, SUBJECTS};

const HEAD: &str = "\
# One suite, two clusters

What the embedded cluster does, it does as Apache Kafka 4.1 does. Each case below is a test that runs against Apache Kafka and against
the embedded cluster, and expects the same of both; a case that fails fails the build. The tests stand in `tests/cluster/conformance`;
one of them compares this page with the cases, and makes it anew with `FOREBAY_BLESS=1 cargo test --test cluster
conformance::page`. What the embedded cluster does not do, or otherwise, stands in [embedded-cluster.md](embedded-cluster.md).

| client | is |
| --- | --- |
| librdkafka | through rdkafka, as Forebay uses it |
| raw | requests made by hand, also wrong ones, and error codes compared |
| Java | Apache Kafka's own tools |
| Python | confluent-kafka from PyPI |
";

impl Client {
    fn title(self) -> &'static str {
        match self {
            Self::librdkafka => "librdkafka",
            Self::raw => "raw",
            Self::java => "Java",
            Self::python => "Python",
        }
    }

    /// Whether its cases also run against the embedded cluster in a folder.
    fn also_in_a_folder(self) -> bool {
        matches!(self, Self::librdkafka | Self::raw)
    }
}

fn sentence(name: &str) -> String {
    let words = name.replace('_', " ");
    words[..1].to_uppercase() + &words[1..]
}

fn page() -> String {
    let mut page = HEAD.to_string();
    for cases in SUBJECTS {
        page.push_str(&section(cases));
    }
    page
}

fn section(cases: &[Case]) -> String {
    let subject = cases[0].subject.rsplit("::").next().unwrap();
    let mut section = format!(
        "\n## {}\n\n| case | client | Apache Kafka 4.1 | embedded, in memory | embedded, in a folder |\n\
         | --- | --- | --- | --- | --- |\n",
        sentence(subject)
    );
    for case in cases {
        let folder = if case.client.also_in_a_folder() { "passes" } else { "-" };
        let (name, client) = (sentence(case.name), case.client.title());
        writeln!(section, "| {name} | {client} | passes | passes | {folder} |").unwrap();
    }
    section
}

#[test]
fn docs_conformance_lists_every_case() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/conformance.md");
    if std::env::var_os("FOREBAY_BLESS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/conformance.md does not list the cases of the suite. Run: FOREBAY_BLESS=1 cargo test --test cluster \
         conformance::page"
    );
}
