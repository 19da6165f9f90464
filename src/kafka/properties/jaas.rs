//! Java's `sasl.jaas.config`: a login module and its options.

use super::refuse;
use crate::kafka::error::Result;

/// User and password of a login.
#[derive(PartialEq)]
pub(super) struct Login {
    pub username: String,
    pub password: String,
}

const EXAMPLE: &str = "Write it as org.apache.kafka.common.security.plain.PlainLoginModule required \
                       username=\"…\" password=\"…\";";

/// Reads `…PlainLoginModule required username="alice" password="…";`, the same for `ScramLoginModule`. Errors never
/// quote it: it holds a password.
pub(super) fn parse(config: &str) -> Result<Login> {
    let (module, options) = config.trim().split_once(char::is_whitespace).unwrap_or((config.trim(), ""));
    let module = module.rsplit('.').next().unwrap_or(module).trim_end_matches(';');
    if !["PlainLoginModule", "ScramLoginModule"].contains(&module) {
        let why = format!("the login module {module} of sasl.jaas.config is not known");
        return Err(refuse(&why, "Use PlainLoginModule or ScramLoginModule."));
    }
    let option = |name: &str| {
        let found = options_of(options).into_iter().find(|(known, _)| known == name);
        let why = format!("sasl.jaas.config has no {name}");
        found.map(|(_, value)| value).ok_or_else(|| refuse(&why, EXAMPLE))
    };
    Ok(Login { username: option("username")?, password: option("password")? })
}

/// `name=value` pairs; values bare or in either kind of quotes. Other words (`required`) are passed over.
fn options_of(text: &str) -> Vec<(String, String)> {
    let mut options = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('=') {
        let (before, after) = (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).unwrap_or_default());
        let name = before.split_whitespace().next_back().unwrap_or_default();
        let (value, behind) = value_of(after.trim_start());
        options.push((name.to_string(), value));
        rest = behind;
    }
    options
}

fn value_of(text: &str) -> (String, &str) {
    let Some(quote) = text.chars().next().filter(|letter| matches!(letter, '"' | '\'')) else {
        let end = text.find(|letter: char| letter.is_whitespace() || letter == ';').unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return (value.to_string(), rest);
    };
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            letter if letter == quote => return (value, text.get(at + 1..).unwrap_or_default()),
            letter => value.push(letter),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn login(config: &str) -> (String, String) {
        let login = parse(config).unwrap();
        (login.username, login.password)
    }

    #[test]
    fn both_modules_and_all_ways_to_quote_are_read() {
        let expected = ("alice".to_string(), "pass word;=1".to_string());
        for config in [
            r#"org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="pass word;=1";"#,
            r#"org.apache.kafka.common.security.scram.ScramLoginModule required username=alice password='pass word;=1' ;"#,
            "PlainLoginModule required\n  password = \"pass word;=1\"\n  username=\"alice\";",
        ] {
            assert_eq!(login(config), expected, "{config}");
        }
        assert_eq!(login(r#"PlainLoginModule required username="a\"b" password="c\\d";"#).0, "a\"b");
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_is_quoted() {
        let error = parse("PlainLoginModule required password=\"hidden\";").err().unwrap();
        assert!(error.to_string().contains("has no username"), "{error}");
        assert!(!error.to_string().contains("hidden"));
        let error = parse("com.sun.security.auth.module.Krb5LoginModule required;").err().unwrap();
        assert!(error.to_string().contains("Krb5LoginModule"), "{error}");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = parse(&format!("PlainLoginModule {text}"));
        }
    }
}
