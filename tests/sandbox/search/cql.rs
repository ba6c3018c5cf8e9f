//! A strict parser of the Confluence Query Language (CQL). Unsupported fields, operators and values are errors, and so is a
//! quote in a title that the caller did not escape. Does not access the data; `find` does.

use super::lexer::{Token, lex};

/// A query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Query {
    pub(crate) filter: Expression,
    /// Most important first.
    pub(crate) order: Vec<Order>,
}

/// What a result must fulfil.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    Both(Box<Expression>, Box<Expression>),
    Either(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    Is(Clause),
}

/// One condition. It holds if it holds for any of the values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Clause {
    pub(crate) field: Field,
    pub(crate) operator: Operator,
    pub(crate) values: Vec<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Type,
    Space,
    SpaceType,
    SpaceTitle,
    Id,
    Title,
    Text,
    Container,
    Ancestor,
    Parent,
    Creator,
    Contributor,
    Created,
    LastModified,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equals,
    Contains,
    After,
    AtOrAfter,
    Before,
    AtOrBefore,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    CurrentUser,
    /// `now("-3d")`: this many minutes from now.
    Now(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) by: Field,
    pub(crate) is_descending: bool,
}

const TYPES: [&str; 10] = [
    "page",
    "blogpost",
    "comment",
    "attachment",
    "space",
    "user",
    "whiteboard",
    "database",
    "embed",
    "folder",
];

/// Words that mean something and must be quoted to be values.
const RESERVED: [&str; 14] =
    ["and", "or", "not", "in", "order", "by", "asc", "desc", "null", "empty", "is", "like", "from", "select"];

/// Reads a query; the error says what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Query, String> {
    let mut parser = Parser { tokens: lex(text)?, place: 0 };
    let filter = parser.either()?;
    let order = parser.order()?;
    match parser.tokens.get(parser.place) {
        None => Ok(Query { filter, order }),
        Some(token) => Err(format!("unexpected {token}")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    place: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.place)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.place).cloned();
        self.place += 1;
        token
    }

    /// Takes the next token if it is this word or sign.
    fn take(&mut self, wanted: &str) -> bool {
        let is_it = match self.peek() {
            Some(Token::Word(word)) => word.eq_ignore_ascii_case(wanted),
            Some(Token::Sign(sign)) => *sign == wanted,
            _ => false,
        };
        self.place += usize::from(is_it);
        is_it
    }

    fn expect(&mut self, wanted: &str) -> Result<(), String> {
        if self.take(wanted) { Ok(()) } else { Err(format!("expected {wanted} but found {}", self.found())) }
    }

    fn found(&self) -> String {
        self.peek().map_or_else(|| "the end".to_owned(), ToString::to_string)
    }

    fn either(&mut self) -> Result<Expression, String> {
        let mut left = self.both()?;
        while self.take("or") {
            left = Expression::Either(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Expression, String> {
        let mut left = self.one()?;
        while self.take("and") {
            left = Expression::Both(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Expression, String> {
        if self.take("not") {
            return Ok(Expression::Not(Box::new(self.one()?)));
        }
        if self.take("(") {
            let inner = self.either()?;
            self.expect(")")?;
            return Ok(inner);
        }
        self.clause()
    }

    fn clause(&mut self) -> Result<Expression, String> {
        let field = self.field()?;
        let (operator, is_negated) = if self.take("not") {
            self.expect("in")?;
            (None, true)
        } else if self.take("in") {
            (None, false)
        } else {
            let (operator, is_negated) = self.operator()?;
            (Some(operator), is_negated)
        };
        let values = match operator {
            Some(_) => vec![self.value()?],
            None => self.values()?,
        };
        let clause = Clause { field, operator: operator.unwrap_or(Operator::Equals), values };
        clause.check()?;
        let is = Expression::Is(clause);
        Ok(if is_negated { Expression::Not(Box::new(is)) } else { is })
    }

    fn field(&mut self) -> Result<Field, String> {
        let Some(Token::Word(word)) = self.next() else {
            self.place -= 1;
            return Err(format!("expected a field but found {}", self.found()));
        };
        match word.to_ascii_lowercase().as_str() {
            "type" => Ok(Field::Type),
            "space" | "space.key" => Ok(Field::Space),
            "space.type" => Ok(Field::SpaceType),
            "space.title" => Ok(Field::SpaceTitle),
            "id" | "content" => Ok(Field::Id),
            "title" => Ok(Field::Title),
            "text" => Ok(Field::Text),
            "container" => Ok(Field::Container),
            "ancestor" => Ok(Field::Ancestor),
            "parent" => Ok(Field::Parent),
            "creator" => Ok(Field::Creator),
            "contributor" => Ok(Field::Contributor),
            "created" => Ok(Field::Created),
            "lastmodified" => Ok(Field::LastModified),
            _ => Err(format!("no field exists with name: {word}")),
        }
    }

    fn operator(&mut self) -> Result<(Operator, bool), String> {
        let Some(Token::Sign(sign)) = self.next() else {
            self.place -= 1;
            return Err(format!("expected an operator but found {}", self.found()));
        };
        match sign {
            "=" => Ok((Operator::Equals, false)),
            "!=" => Ok((Operator::Equals, true)),
            "~" => Ok((Operator::Contains, false)),
            "!~" => Ok((Operator::Contains, true)),
            ">" => Ok((Operator::After, false)),
            ">=" => Ok((Operator::AtOrAfter, false)),
            "<" => Ok((Operator::Before, false)),
            "<=" => Ok((Operator::AtOrBefore, false)),
            sign => Err(format!("expected an operator but found {sign}")),
        }
    }

    fn values(&mut self) -> Result<Vec<Value>, String> {
        self.expect("(")?;
        let mut values = vec![self.value()?];
        while self.take(",") {
            values.push(self.value()?);
        }
        self.expect(")")?;
        Ok(values)
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.next() {
            Some(Token::Quoted(text)) => Ok(Value::Text(text)),
            Some(Token::Word(word)) if self.take("(") => self.function(&word),
            Some(Token::Word(word)) if RESERVED.contains(&word.to_ascii_lowercase().as_str()) => {
                Err(format!("the reserved word {word} must be quoted to be a value"))
            }
            Some(Token::Word(word)) => Ok(Value::Text(word)),
            _ => {
                self.place -= 1;
                Err(format!("expected a value but found {}", self.found()))
            }
        }
    }

    fn function(&mut self, name: &str) -> Result<Value, String> {
        let argument = match self.peek() {
            Some(Token::Quoted(text)) => Some(text.clone()),
            _ => None,
        };
        self.place += usize::from(argument.is_some());
        self.expect(")")?;
        match (name.to_ascii_lowercase().as_str(), argument) {
            ("currentuser", None) => Ok(Value::CurrentUser),
            ("now", None) => Ok(Value::Now(0)),
            ("now", Some(by)) => {
                minutes(&by).map(Value::Now).ok_or_else(|| format!("now() does not know \"{by}\""))
            }
            _ => Err(format!("no function exists with name: {name}")),
        }
    }

    fn order(&mut self) -> Result<Vec<Order>, String> {
        let mut order = Vec::new();
        if !self.take("order") {
            return Ok(order);
        }
        self.expect("by")?;
        loop {
            let by = self.field()?;
            if !matches!(
                by,
                Field::Title | Field::Created | Field::LastModified | Field::Type | Field::Space | Field::Id
            ) {
                return Err("this field cannot be ordered by".to_owned());
            }
            let is_descending = self.take("desc");
            if !is_descending {
                // The default, which may be said.
                self.take("asc");
            }
            order.push(Order { by, is_descending });
            if !self.take(",") {
                return Ok(order);
            }
        }
    }
}

impl Clause {
    /// Refuses what Confluence does not support.
    fn check(&self) -> Result<(), String> {
        let texts = self.values.iter().filter_map(|value| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let functions = self.values.iter().filter(|value| !matches!(value, Value::Text(_)));
        let is_date = matches!(self.field, Field::Created | Field::LastModified);
        let is_person = matches!(self.field, Field::Creator | Field::Contributor);
        let fits = match self.operator {
            Operator::Equals => self.field != Field::Text,
            Operator::Contains => matches!(self.field, Field::Title | Field::Text | Field::SpaceTitle),
            _ => is_date,
        };
        if !fits {
            return Err(format!(
                "the operator {:?} is not supported by the field {:?}",
                self.operator, self.field
            ));
        }
        for function in functions {
            let fits = if *function == Value::CurrentUser { is_person } else { is_date };
            if !fits {
                return Err(format!("the function is not supported by the field {:?}", self.field));
            }
        }
        for text in texts {
            let is_wrong = match self.field {
                _ if text.trim().is_empty() => true,
                Field::Type => !TYPES.contains(&text.to_ascii_lowercase().as_str()),
                Field::Id | Field::Container | Field::Ancestor | Field::Parent => {
                    text.parse::<u64>().is_err()
                }
                Field::Created | Field::LastModified => super::find::local(text).is_none(),
                _ => false,
            };
            if is_wrong {
                return Err(format!("the value \"{text}\" does not fit the field {:?}", self.field));
            }
        }
        Ok(())
    }
}

/// A distance such as `-3d`, in minutes.
fn minutes(text: &str) -> Option<i64> {
    let unit = text.chars().last()?;
    let count: i64 = text.strip_suffix(unit)?.parse().ok()?;
    let size = match unit {
        'm' => 1,
        'h' => 60,
        'd' => 24 * 60,
        'w' => 7 * 24 * 60,
        _ => return None,
    };
    count.checked_mul(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn and_binds_stronger_than_or() {
        let query = parse("type = page or type = comment and space = ENG").unwrap();
        assert!(
            matches!(query.filter, Expression::Either(_, right) if matches!(*right, Expression::Both(..)))
        );
    }

    #[test]
    fn what_confluence_refuses_is_refused() {
        for text in [
            "",
            "type=page and",
            "title ~ \"open",
            "title ~ \"\"",
            "text = \"x\"",
            "nosuchfield = 1",
            "type = sandwich",
            "title ~ and",
            "type = page order by",
            "type = page title ~ x",
            "id = abc",
            "created >= yesterday",
            "creator = now()",
            "(type = page",
        ] {
            assert!(parse(text).is_err(), "{text:?} is not CQL");
        }
    }

    #[test]
    fn an_escaped_quote_stays_inside_its_value() {
        let query = parse(r#"title ~ "a\" or type = \"comment\\""#).unwrap();
        let Expression::Is(clause) = query.filter else {
            panic!("the value must not have become a condition")
        };
        assert_eq!(clause.values, [Value::Text(r#"a" or type = "comment\"#.to_owned())]);
    }
}
