//! DescribeConfigs, AlterConfigs and IncrementalAlterConfigs.

use std::collections::{BTreeMap, BTreeSet};

use kafka_protocol::ResponseError;
use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
use kafka_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use kafka_protocol::messages::{
    AlterConfigsRequest, AlterConfigsResponse, DescribeConfigsRequest, DescribeConfigsResponse,
    IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse, alter_configs_response,
    incremental_alter_configs_request, incremental_alter_configs_response,
};
use kafka_protocol::protocol::StrBytes;

use super::{Call, each_once, named_twice, text};
use crate::broker::server::node::NODE_ID;
use crate::broker::server::settings;
use crate::broker::topics::config::{self, Kind, SETTINGS, Setting, Source, items};
use crate::broker::topics::refused::Refused;

const TOPIC: i8 = 2;
const BROKER: i8 = 4;

/// DescribeConfigs.
pub fn describe(call: &Call<'_>, request: DescribeConfigsRequest) -> DescribeConfigsResponse {
    let key = |asked: &DescribeConfigsResource| {
        (asked.resource_type, asked.resource_name.clone(), asked.configuration_keys.clone())
    };
    let results = each_once(request.resources, key).into_iter().map(|asked| {
        let described = match asked.resource_type {
            TOPIC => of_topic(call, &asked, request.include_synonyms),
            BROKER => of_broker(call, &asked, request.include_synonyms),
            other => Err(unexpected(other)),
        };
        let result = DescribeConfigsResult::default().with_resource_type(asked.resource_type);
        let result = result.with_resource_name(asked.resource_name);
        match described {
            Ok(configs) => result.with_configs(configs),
            Err(refused) => {
                result.with_error_code(refused.error.code()).with_error_message(Some(text(refused.message)))
            }
        }
    });
    DescribeConfigsResponse::default().with_results(results.collect())
}

fn unexpected(resource: i8) -> Refused {
    let message =
        format!("Unexpected resource type {resource}: there are configurations of topics and of the broker.");
    Refused::new(ResponseError::InvalidRequest, message)
}

fn is_asked(asked: &DescribeConfigsResource, name: &str) -> bool {
    asked.configuration_keys.as_ref().is_none_or(|keys| keys.iter().any(|key| key.as_str() == name))
}

fn of_topic(
    call: &Call<'_>,
    asked: &DescribeConfigsResource,
    with_synonyms: bool,
) -> Result<Vec<DescribeConfigsResourceResult>, Refused> {
    let topic = call.node.topics.named(&asked.resource_name).ok_or_else(Refused::unknown_topic)?;
    let effective = call.node.topics.effective(&topic.config);
    let wanted = SETTINGS.iter().filter(|setting| is_asked(asked, setting.name));
    let described = wanted.map(|setting| {
        let (value, source) = effective.value(setting);
        let result = result(call, setting.name, value, source, setting.kind);
        if !with_synonyms {
            return result;
        }
        let synonyms = effective.values(setting).filter(|(_, source)| names_itself(setting, *source));
        result.with_synonyms(
            synonyms.map(|(value, source)| synonym(called(setting, source), value, source)).collect(),
        )
    });
    Ok(described.collect())
}

/// Whether a value of this source has a name: some settings of topics have none at the broker.
fn names_itself(setting: &Setting, source: Source) -> bool {
    source == Source::Topic || !setting.broker_name.is_empty()
}

/// What a setting is called where its value comes from.
fn called(setting: &Setting, source: Source) -> &'static str {
    if source == Source::Topic { setting.name } else { setting.broker_name }
}

fn of_broker(
    call: &Call<'_>,
    asked: &DescribeConfigsResource,
    with_synonyms: bool,
) -> Result<Vec<DescribeConfigsResourceResult>, Refused> {
    check_broker(&asked.resource_name)?;
    if asked.resource_name.is_empty() {
        // What all brokers were told while they run; here nothing can be.
        return Ok(Vec::new());
    }
    let settings = settings::of(call.node).into_iter().filter(|setting| is_asked(asked, &setting.name));
    let described = settings.map(|setting| {
        let result =
            result(call, &setting.name, &setting.value, setting.source, setting.kind).with_read_only(true);
        if with_synonyms {
            result.with_synonyms(vec![synonym(&setting.name, &setting.value, setting.source)])
        } else {
            result
        }
    });
    Ok(described.collect())
}

fn check_broker(name: &str) -> Result<(), Refused> {
    if name.is_empty() || name.parse() == Ok(NODE_ID) {
        return Ok(());
    }
    let message = format!("Unexpected broker id, expected {NODE_ID} or empty string, but received {name}");
    Err(Refused::new(ResponseError::InvalidRequest, message))
}

fn result(
    call: &Call<'_>,
    name: &str,
    value: &str,
    source: Source,
    kind: Kind,
) -> DescribeConfigsResourceResult {
    let result = DescribeConfigsResourceResult::default()
        .with_name(text(name))
        .with_value(Some(text(value)))
        .with_config_source(source as i8);
    if call.version >= 3 { result.with_config_type(kind as i8) } else { result }
}

fn synonym(name: &str, value: &str, source: Source) -> DescribeConfigsSynonym {
    DescribeConfigsSynonym::default()
        .with_name(text(name))
        .with_value(Some(text(value)))
        .with_source(source as i8)
}

/// AlterConfigs: the topic says exactly this from now on.
pub fn alter(call: &Call<'_>, request: AlterConfigsRequest) -> AlterConfigsResponse {
    let resources = request.resources.iter();
    let twice = named_twice(resources.map(|asked| (asked.resource_type, asked.resource_name.clone())));
    let responses = request.resources.into_iter().map(|asked| {
        let change = |config: &mut BTreeMap<String, String>| {
            config.clear();
            for entry in &asked.configs {
                let value = entry.value.as_ref().ok_or_else(|| null_value(&entry.name))?;
                config.insert(entry.name.to_string(), value.to_string());
            }
            Ok(())
        };
        let resource = (asked.resource_type, asked.resource_name.clone());
        let done = configure(call, &resource, &twice, change, request.validate_only);
        let response = alter_configs_response::AlterConfigsResourceResponse::default()
            .with_resource_type(asked.resource_type)
            .with_resource_name(asked.resource_name.clone());
        match done {
            Ok(()) => response,
            Err(refused) => {
                response.with_error_code(refused.error.code()).with_error_message(Some(text(refused.message)))
            }
        }
    });
    AlterConfigsResponse::default().with_responses(responses.collect())
}

/// IncrementalAlterConfigs.
pub fn alter_incrementally(
    call: &Call<'_>,
    request: IncrementalAlterConfigsRequest,
) -> IncrementalAlterConfigsResponse {
    let resources = request.resources.iter();
    let twice = named_twice(resources.map(|asked| (asked.resource_type, asked.resource_name.clone())));
    let responses = request.resources.into_iter().map(|asked| {
        let change = |config: &mut BTreeMap<String, String>| apply(config, &asked.configs, call);
        let resource = (asked.resource_type, asked.resource_name.clone());
        let done = configure(call, &resource, &twice, change, request.validate_only);
        let response = incremental_alter_configs_response::AlterConfigsResourceResponse::default()
            .with_resource_type(asked.resource_type)
            .with_resource_name(asked.resource_name.clone());
        match done {
            Ok(()) => response,
            Err(refused) => {
                response.with_error_code(refused.error.code()).with_error_message(Some(text(refused.message)))
            }
        }
    });
    IncrementalAlterConfigsResponse::default().with_responses(responses.collect())
}

/// A resource by type and name.
type Resource = (i8, StrBytes);

fn configure(
    call: &Call<'_>,
    resource: &Resource,
    twice: &BTreeSet<Resource>,
    change: impl FnOnce(&mut BTreeMap<String, String>) -> Result<(), Refused>,
    validate_only: bool,
) -> Result<(), Refused> {
    if twice.contains(resource) {
        return Err(Refused::new(ResponseError::InvalidRequest, "Each resource must appear at most once."));
    }
    let (kind, name) = resource;
    match *kind {
        TOPIC => call.node.on_disk(|| call.node.topics.configure(name, change, validate_only)),
        BROKER => {
            check_broker(name)?;
            let message = "The embedded broker's configuration cannot be changed while it runs.";
            Err(Refused::new(ResponseError::InvalidRequest, message))
        }
        other => Err(unexpected(other)),
    }
}

fn null_value(name: &str) -> Refused {
    let message = format!("Null value not supported for topic configs: {name}");
    Refused::new(ResponseError::InvalidRequest, message)
}

/// Applies single changes, in order.
fn apply(
    config: &mut BTreeMap<String, String>,
    changes: &[incremental_alter_configs_request::AlterableConfig],
    call: &Call<'_>,
) -> Result<(), Refused> {
    const SET: i8 = 0;
    const DELETE: i8 = 1;
    const APPEND: i8 = 2;
    const SUBTRACT: i8 = 3;
    let mut names = BTreeSet::new();
    for change in changes {
        let name = change.name.as_str();
        if !names.insert(name) {
            let message = format!("Error due to duplicate config keys: {name}");
            return Err(Refused::new(ResponseError::InvalidRequest, message));
        }
        let value = || change.value.as_ref().map(StrBytes::to_string).ok_or_else(|| null_value(name));
        match change.config_operation {
            SET => _ = config.insert(name.to_string(), value()?),
            DELETE => _ = config.remove(name),
            operation @ (APPEND | SUBTRACT) => {
                let setting =
                    config::named(name).filter(|setting| setting.kind == Kind::List).ok_or_else(|| {
                        let message = format!("Config value append is not allowed for config key: {name}");
                        Refused::config(message)
                    })?;
                let now = call.node.topics.effective(config).value(setting).0.to_string();
                let list = listed(&now, &value()?, operation == APPEND);
                config.insert(name.to_string(), list);
            }
            operation => {
                let message = format!("Unknown operation type {operation} is given for config key: {name}");
                return Err(Refused::new(ResponseError::InvalidRequest, message));
            }
        }
    }
    Ok(())
}

/// A list with more or fewer items.
fn listed(now: &str, change: &str, append: bool) -> String {
    let changed: Vec<&str> = items(change).collect();
    let mut list: Vec<&str> = items(now).filter(|item| append || !changed.contains(item)).collect();
    if append {
        list.extend(changed.into_iter().filter(|item| !items(now).any(|have| have == *item)));
    }
    list.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_added_once_and_taken_away() {
        assert_eq!(listed("delete", "compact, delete", true), "delete,compact");
        assert_eq!(listed("delete,compact", "delete", false), "compact");
        assert_eq!(listed("delete", "delete", false), "");
    }
}
