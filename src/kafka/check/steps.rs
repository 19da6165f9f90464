//! What each step of the check does.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::probe::{Part, Probed, probe};
use super::{CheckOutcome, CheckStep, Report};
use crate::jobs::Cancel;
use crate::kafka::catalogue::{Catalogue, TopicSummary};
use crate::kafka::client::{Cluster, check_bootstrap};
use crate::kafka::connection::{ConnectionProfile, Secrets};
use crate::kafka::error::{KafkaError, Result};
use crate::kafka::offsets::Moment;
use crate::kafka::types::{EventTime, PartitionId};

/// How long a port may take to accept.
const ACCEPT: Duration = Duration::from_secs(5);

/// Kafka's numbers of the requests that exactly once needs: InitProducerId, AddPartitionsToTxn, EndTxn, TxnOffsetCommit.
const TRANSACTION_REQUESTS: [i16; 4] = [22, 24, 26, 28];

pub(super) fn run(
    profile: &ConnectionProfile,
    secrets: &Secrets,
    cancel: &Cancel,
    report: &mut Report<'_>,
) -> Result<Cluster> {
    let addresses = report.need(CheckStep::Address, || look_up(profile))?;
    cancel.check()?;
    report.need(CheckStep::Tcp, || accept(profile, &addresses, cancel))?;
    let probed = link(profile, secrets, cancel, report)?;
    let mut catalogue = None;
    let cluster = report.need(CheckStep::Metadata, || {
        let cluster = Cluster::connect_or_cancel(profile, secrets, cancel)?;
        let listed = cluster.catalogue()?;
        let detail = contents(&listed);
        catalogue = Some(listed);
        Ok((cluster, detail))
    })?;
    let topics = catalogue.map(|catalogue| catalogue.topics).unwrap_or_default();
    let topic = topics
        .iter()
        .filter(|topic| !topic.internal && topic.problem.is_none())
        .max_by_key(|topic| topic.records());
    cancel.check()?;
    offsets_by_time(&cluster, topic, report);
    cancel.check()?;
    permissions(&cluster, topic, report);
    transactions(&probed, report);
    Ok(cluster)
}

/// The addresses of each server.
type Addresses = Vec<(String, Vec<SocketAddr>)>;

fn look_up(profile: &ConnectionProfile) -> Result<(Addresses, String)> {
    check_bootstrap(profile)?;
    let mut found = Addresses::new();
    let mut why = String::new();
    for server in profile.bootstrap.split(',').map(str::trim) {
        match server.to_socket_addrs() {
            Ok(addresses) => found.push((server.to_string(), addresses.collect())),
            Err(error) => why = format!("{server}: {error}"),
        }
    }
    if found.is_empty() {
        let next = "Check the host's name, and that this machine can look it up.".into();
        return Err(KafkaError::Unreachable { bootstrap: profile.bootstrap.clone(), why, next });
    }
    let mut addresses: Vec<String> =
        found.iter().flat_map(|(_, addresses)| addresses).map(SocketAddr::to_string).collect();
    addresses.dedup();
    Ok((found, addresses.join(", ")))
}

fn accept(profile: &ConnectionProfile, servers: &Addresses, cancel: &Cancel) -> Result<((), String)> {
    let mut answered = 0;
    let mut why = String::new();
    for (server, addresses) in servers {
        cancel.check()?;
        let mut linked = addresses.iter().map(|address| TcpStream::connect_timeout(address, ACCEPT));
        let first = linked.find_map(|link| match link {
            Ok(link) => Some(link),
            Err(error) => {
                why = format!("{server}: {error}");
                None
            }
        });
        answered += usize::from(first.is_some());
    }
    if answered == 0 {
        let next = "Check the port, that the broker runs, and the network between.".into();
        return Err(KafkaError::Unreachable { bootstrap: profile.bootstrap.clone(), why, next });
    }
    let (all, plural) = (servers.len(), if servers.len() == 1 { "" } else { "s" });
    Ok(((), format!("{answered} of {all} bootstrap server{plural} answered")))
}

/// TLS, sign-in and protocol: one link, told as three steps.
fn link(
    profile: &ConnectionProfile,
    secrets: &Secrets,
    cancel: &Cancel,
    report: &mut Report<'_>,
) -> Result<Probed> {
    let (probed, opened) = probe(profile, secrets, cancel);
    let error = opened.err();
    let failed_at = error.as_ref().map(|error| failed_step(error, profile, &probed));
    let security = &profile.security;
    let requests = format!("{} kinds of request known", probed.requests.len());
    // A broker tells which requests it knows before it asks for a sign-in.
    let told = !probed.requests.is_empty();
    let parts = [
        (
            CheckStep::Tls,
            Part::Tls,
            security.protocol.is_encrypted(),
            probed.has_tls(),
            "certificate verified".into(),
        ),
        (
            CheckStep::SignIn,
            Part::SignIn,
            security.protocol.signs_in(),
            error.is_none(),
            sign_in_detail(profile),
        ),
        (CheckStep::Protocol, Part::Protocol, true, told, requests),
    ];
    for (step, part, used, passed, detail) in parts {
        match &error {
            _ if !used => report.tell(step, CheckOutcome::NotUsed, "not used", Duration::ZERO),
            Some(error) if failed_at == Some(step) => report.fail(step, error.clone(), probed.took(part)),
            _ if passed => report.tell(step, CheckOutcome::Ok, detail, probed.took(part)),
            _ => report.tell(step, CheckOutcome::NotTried, "not reached", Duration::ZERO),
        }
    }
    match error {
        Some(error) => Err(error),
        None => Ok(probed),
    }
}

fn failed_step(error: &KafkaError, profile: &ConnectionProfile, probed: &Probed) -> CheckStep {
    match error {
        KafkaError::Tls { .. } => CheckStep::Tls,
        KafkaError::SignIn { .. } => CheckStep::SignIn,
        _ if profile.security.protocol.is_encrypted() && !probed.has_tls() => CheckStep::Tls,
        _ => CheckStep::Protocol,
    }
}

fn sign_in_detail(profile: &ConnectionProfile) -> String {
    let security = &profile.security;
    format!("{} as {}", security.mechanism.as_str(), security.username)
}

fn contents(catalogue: &Catalogue) -> String {
    let partitions: usize = catalogue.topics.iter().map(|topic| topic.partitions.len()).sum();
    let counted = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let parts = [
        counted(catalogue.brokers.len(), "broker"),
        counted(catalogue.topics.len(), "topic"),
        counted(partitions, "partition"),
    ];
    parts.join(", ")
}

fn offsets_by_time(cluster: &Cluster, topic: Option<&TopicSummary>, report: &mut Report<'_>) {
    let step = CheckStep::OffsetsByTime;
    let Some(topic) = topic else {
        return report.tell(step, CheckOutcome::NotTried, "no topic to ask", Duration::ZERO);
    };
    let partitions: Vec<(&str, PartitionId)> =
        topic.partitions.iter().map(|known| (topic.name.as_str(), known.partition)).collect();
    let started = Instant::now();
    let what = format!("looking up offsets of {} by time", topic.name);
    match cluster.offsets(&what, &partitions, Moment::Time(EventTime(0))) {
        Ok(found) => {
            let detail = format!("{} look-ups, topic {}", found.len(), topic.name);
            report.tell(step, CheckOutcome::Ok, detail, started.elapsed());
        }
        Err(error) => report.fail(step, error, started.elapsed()),
    }
}

/// Asks for what can be asked without writing. A topic is "made" with Kafka's own dry run, which checks and makes nothing.
fn permissions(cluster: &Cluster, topic: Option<&TopicSummary>, report: &mut Report<'_>) {
    let started = Instant::now();
    let mut asked: Vec<(&str, Result<()>)> = vec![("list groups", cluster.list_groups().map(drop))];
    if let Some(topic) = topic {
        asked.push(("describe configuration", cluster.topic_config(&topic.name).map(drop)));
    }
    if !cluster.profile().read_only {
        asked.push(("create topics", cluster.try_to_create_a_topic()));
    }
    let (mut may, mut may_not) = (Vec::new(), Vec::new());
    for (name, answer) in asked {
        match answer {
            Ok(()) => may.push(name),
            Err(KafkaError::Unauthorised { .. }) => may_not.push(name),
            Err(error) => return report.fail(CheckStep::Permissions, error, started.elapsed()),
        }
    }
    let mut parts = Vec::new();
    if !may.is_empty() {
        parts.push(format!("may {}", may.join(", ")));
    }
    if !may_not.is_empty() {
        parts.push(format!("may not {}", may_not.join(", ")));
    }
    parts.push("reading and writing records not tried".into());
    report.tell(CheckStep::Permissions, CheckOutcome::Ok, parts.join("; "), started.elapsed());
}

fn transactions(probed: &Probed, report: &mut Report<'_>) {
    let offered = TRANSACTION_REQUESTS.iter().all(|request| probed.requests.contains(request));
    let detail = if offered {
        "offered by the broker; whether this user may is not tried, because that writes"
    } else {
        "not offered by the broker: scoring exactly once is not possible"
    };
    report.tell(CheckStep::Transactions, CheckOutcome::NotTried, detail, Duration::ZERO);
}
