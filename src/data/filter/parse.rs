//! The text of a filter to its expression.

use super::{Expression, Operator, Value};

/// Parentheses and `not` within one another, at most.
const MAX_DEPTH: usize = 100;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Value(Value),
    Operator(Operator),
    Open,
    Close,
    Comma,
    Word(Word),
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    And,
    Or,
    Not,
    Is,
    In,
    Null,
}

/// Parses a whole filter.
pub fn parse(text: &str) -> Result<Expression, String> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let root = parser.any()?;
    match parser.peek() {
        Token::End => Ok(root),
        _ => Err(parser.expected("and, or, or the end")),
    }
}

struct Parser {
    /// With the column where each begins; the last is the end.
    tokens: Vec<(usize, Token)>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn any(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.all()?];
        while self.take(&Token::Word(Word::Or)) {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::Any(parts) })
    }

    fn all(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.not()?];
        while self.take(&Token::Word(Word::And)) {
            parts.push(self.not()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::All(parts) })
    }

    fn not(&mut self) -> Result<Expression, String> {
        if self.take(&Token::Word(Word::Not)) {
            return Ok(Expression::Not(Box::new(self.deeper(Self::not)?)));
        }
        if self.take(&Token::Open) {
            let inner = self.deeper(Self::any)?;
            return if self.take(&Token::Close) { Ok(inner) } else { Err(self.expected("and, or, or )")) };
        }
        self.test()
    }

    fn deeper(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<Expression, String>,
    ) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("column {}: nested deeper than {MAX_DEPTH}", self.column()));
        }
        let inner = parse(self);
        self.depth -= 1;
        inner
    }

    fn test(&mut self) -> Result<Expression, String> {
        let Token::Name(name) = self.peek().clone() else {
            return Err(self.expected("the name of a column"));
        };
        self.at += 1;
        match self.peek().clone() {
            Token::Operator(operator) => {
                self.at += 1;
                let at = self.column();
                let value = self.value()?;
                if matches!(value, Value::Bool(_))
                    && !matches!(operator, Operator::Equal | Operator::NotEqual)
                {
                    return Err(format!("column {at}: true and false have no order: use == or !="));
                }
                Ok(Expression::Compare { name, operator, value })
            }
            Token::Word(Word::Is) => {
                self.at += 1;
                let not = self.take(&Token::Word(Word::Not));
                if !self.take(&Token::Word(Word::Null)) {
                    return Err(self.expected(if not { "null" } else { "null or not null" }));
                }
                let is_null = Expression::IsNull { name };
                Ok(if not { Expression::Not(Box::new(is_null)) } else { is_null })
            }
            Token::Word(Word::In) => {
                self.at += 1;
                Ok(Expression::In { name, values: self.list()? })
            }
            Token::Word(Word::Not) => {
                self.at += 1;
                if !self.take(&Token::Word(Word::In)) {
                    return Err(self.expected("in"));
                }
                let inside = Expression::In { name, values: self.list()? };
                Ok(Expression::Not(Box::new(inside)))
            }
            _ => Err(self.expected("a comparison (== != < <= > >=), is, or in")),
        }
    }

    fn list(&mut self) -> Result<Vec<Value>, String> {
        if !self.take(&Token::Open) {
            return Err(self.expected("("));
        }
        let mut values = vec![self.value()?];
        while self.take(&Token::Comma) {
            values.push(self.value()?);
        }
        if self.take(&Token::Close) { Ok(values) } else { Err(self.expected(", or )")) }
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.peek().clone() {
            Token::Value(value) => {
                self.at += 1;
                Ok(value)
            }
            _ => Err(self.expected("a value: a number, text in double quotes, true or false")),
        }
    }

    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |(_, token)| token)
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.peek() == token;
        self.at += usize::from(found);
        found
    }

    fn column(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(1, |(column, _)| *column)
    }

    fn expected(&self, what: &str) -> String {
        format!("column {}: expected {what}", self.column())
    }
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let column = column_of(text, rest);
        let Some(first) = rest.chars().next() else {
            tokens.push((column, Token::End));
            return Ok(tokens);
        };
        let (token, length) = token(first, rest).map_err(|why| format!("column {column}: {why}"))?;
        tokens.push((column, token));
        rest = rest.get(length..).unwrap_or_default();
    }
}

fn column_of(text: &str, rest: &str) -> usize {
    text.get(..text.len() - rest.len()).map_or(1, |before| before.chars().count() + 1)
}

/// The token at the beginning of `rest`, and its length in bytes.
fn token(first: char, rest: &str) -> Result<(Token, usize), String> {
    match first {
        '(' => Ok((Token::Open, 1)),
        ')' => Ok((Token::Close, 1)),
        ',' => Ok((Token::Comma, 1)),
        '"' => text(rest),
        '`' => {
            let end = rest.get(1..).and_then(|tail| tail.find('`')).ok_or("the backquote has no end")?;
            Ok((Token::Name(rest.get(1..=end).unwrap_or_default().to_owned()), end + 2))
        }
        '=' | '!' | '<' | '>' => operator(rest),
        '-' | '+' | '0'..='9' => number(rest),
        c if c.is_alphabetic() || c == '_' => Ok(word(rest)),
        c => Err(format!("{c} is not part of a filter; names with odd characters go in backquotes")),
    }
}

fn text(rest: &str) -> Result<(Token, usize), String> {
    let mut value = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((Token::Value(Value::Text(value)), at + 1)),
            '\\' => match chars.next() {
                Some((_, c @ ('"' | '\\'))) => value.push(c),
                _ => return Err("after a backslash in text comes \" or another backslash".into()),
            },
            c => value.push(c),
        }
    }
    Err("the text has no closing quote".into())
}

fn operator(rest: &str) -> Result<(Token, usize), String> {
    const OPERATORS: [(&str, Operator); 6] = [
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ];
    let found = OPERATORS.iter().find(|(sign, _)| rest.starts_with(sign));
    found
        .map(|(sign, operator)| (Token::Operator(*operator), sign.len()))
        .ok_or_else(|| "expected one of == != < <= > >=".into())
}

fn number(rest: &str) -> Result<(Token, usize), String> {
    let mut before = ' ';
    let belongs = |c: char| {
        let sign = matches!(c, '-' | '+') && matches!(before, ' ' | 'e' | 'E');
        before = c;
        sign || c.is_ascii_alphanumeric() || matches!(c, '.' | '_')
    };
    let length = rest.len() - rest.trim_start_matches(belongs).len();
    let text = rest.get(..length).unwrap_or_default();
    let is_integer = text.trim_start_matches(['-', '+']).chars().all(|c| c.is_ascii_digit());
    let value = match text.parse() {
        Ok(value) if is_integer => Some(Value::Int(value)),
        _ => text.parse().ok().filter(|value: &f64| value.is_finite()).map(Value::Float),
    };
    value.map(|value| (Token::Value(value), length)).ok_or_else(|| format!("{text} is not a number"))
}

fn word(rest: &str) -> (Token, usize) {
    let belongs = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let length = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    let text = rest.get(..length).unwrap_or_default();
    let token = match text {
        "and" => Token::Word(Word::And),
        "or" => Token::Word(Word::Or),
        "not" => Token::Word(Word::Not),
        "is" => Token::Word(Word::Is),
        "in" => Token::Word(Word::In),
        "null" => Token::Word(Word::Null),
        "true" => Token::Value(Value::Bool(true)),
        "false" => Token::Value(Value::Bool(false)),
        name => Token::Name(name.to_owned()),
    };
    (token, length)
}
