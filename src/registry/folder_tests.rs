//! A registry in a folder, from outside.

use serde_json::Value;

use super::*;
use crate::registry::RegistryError;

fn sample() -> Package {
    let mut parts: Value = serde_json::from_str(include_str!("../../tests/samples/package.json")).unwrap();
    Package {
        manifest: serde_json::from_value(parts["manifest"].take()).unwrap(),
        pipeline: serde_json::from_value(parts["pipeline"].take()).unwrap(),
        model: serde_json::from_value(parts["model"].take()).unwrap(),
        evaluation: None,
    }
}

fn publish(registry: &FolderRegistry) -> u32 {
    registry.publish("delay", &sample(), &Progress::new(), &Cancel::new()).unwrap().version
}

fn find(registry: &FolderRegistry, model: &str) -> Result<VersionInfo> {
    registry.find(&model.parse().unwrap(), &Cancel::new())
}

#[test]
fn versions_count_up_and_aliases_point_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let registry = FolderRegistry::new(folder.path().join("models"));
    assert!(registry.models(&Cancel::new()).unwrap().is_empty());

    assert_eq!((publish(&registry), publish(&registry)), (1, 2));
    registry.set_alias("delay", "champion", Some(1)).unwrap();
    registry.set_alias("delay", "champion", Some(2)).unwrap();

    assert_eq!(find(&registry, "delay@champion").unwrap().version, 2);
    let models = registry.models(&Cancel::new()).unwrap();
    assert_eq!(models[0].versions.iter().map(|version| version.version).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(models[0].versions[0].aliases, ["champion"]);
    let moves: Vec<_> = models[0].alias_history.iter().map(|(_, _, version)| *version).collect();
    assert_eq!(moves, [Some(2), Some(1)]);
}

#[test]
fn a_version_in_use_is_not_deleted_and_a_deleted_number_does_not_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let registry = FolderRegistry::new(folder.path());
    publish(&registry);
    registry.set_alias("delay", "champion", Some(1)).unwrap();
    assert!(matches!(registry.delete("delay", 1), Err(RegistryError::InUse { .. })));

    registry.set_alias("delay", "champion", None).unwrap();
    registry.delete("delay", 1).unwrap();
    assert!(matches!(find(&registry, "delay@1"), Err(RegistryError::NotFound { .. })));
    assert_eq!(publish(&registry), 2);
}

#[test]
fn a_damaged_file_is_listed_and_not_offered() {
    let folder = tempfile::tempdir().unwrap();
    let registry = FolderRegistry::new(folder.path());
    publish(&registry);
    publish(&registry);
    let path = folder.path().join("delay/2.zip");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();

    let models = registry.models(&Cancel::new()).unwrap();
    assert_eq!(models[0].versions.len(), 1);
    assert_eq!(models[0].damaged[0].0, 2);
    assert!(matches!(find(&registry, "delay@2"), Err(RegistryError::Damaged { .. })));
    assert!(registry.set_alias("delay", "champion", Some(2)).is_err());
}

#[test]
fn publishers_at_once_never_get_the_same_version() {
    let folder = tempfile::tempdir().unwrap();
    let registry = FolderRegistry::new(folder.path());
    let mut versions: Vec<u32> = std::thread::scope(|scope| {
        let publishers: Vec<_> = (0..6).map(|_| scope.spawn(|| publish(&registry))).collect();
        publishers.into_iter().map(|publisher| publisher.join().unwrap()).collect()
    });
    versions.sort_unstable();
    assert_eq!(versions, [1, 2, 3, 4, 5, 6]);
}
