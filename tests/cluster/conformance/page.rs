//! `docs/conformance.md` lists the cases: the page and the suite say the same.

use std::fmt::Write;
use std::path::Path;

use super::{Case, Client, SUBJECTS};

const HEAD: &str = "\
# One suite, two clusters

What the embedded cluster does, it does as Apache Kafka 4.1 does. Each case below is a test, and expects what was seen on Apache Kafka.
*Tested* means that it runs against this cluster with every build, with the same expectations, and that the build fails where it does;
*-* means that it does not: witnesses that take seconds to start run once for each cluster, and what was in memory is gone when a
broker starts again. The page is no report of a run: it is made from the list of the tests in `tests/cluster/conformance`, with
`FOREBAY_BLESS=1 cargo test --test cluster conformance::page`, and a test compares the two. What the embedded cluster does not do, or
otherwise, stands in [embedded-cluster.md](embedded-cluster.md).

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
        let tested = |there| if there { "tested" } else { "-" };
        let (memory, folder) = (tested(case.in_memory), tested(case.in_a_folder));
        let (name, client) = (sentence(case.name), case.client.title());
        writeln!(section, "| {name} | {client} | tested | {memory} | {folder} |").unwrap();
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
