//! Strict JSON with exact numbers; a key given twice is refused, because readers disagree on which one counts.
use super::node::MAX_DEPTH;
use super::{Node, NodeKind, Place, Problem, Text, Word};
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use std::fmt;
use tessera_base::Number;

/// How `serde_json` hands over a number with all its digits (its feature `arbitrary_precision`): a map with this one key.
const NUMBER_KEY: &str = "$serde_json::private::Number";

impl Node {
    /// Reads one JSON text. Values of JSON carry no position; a syntax error does.
    pub fn from_json(text: &str) -> Result<Self, Problem> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let read = NodeSeed { depth: 0 }.deserialize(&mut deserializer);
        read.and_then(|node| deserializer.end().map(|()| node)).map_err(|error| {
            let number = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
            let at = Place { line: number(error.line()), column: number(error.column()).max(1), ..Place::nowhere() };
            // The library's own position follows its message; ours stands apart.
            let message = error.to_string();
            let message = message.split_once(" at line ").map_or(message.as_str(), |(message, _)| message);
            Problem::new(&at, "syntax", format!("this is not the JSON that is expected: {message}"))
        })
    }
}

#[derive(Clone, Copy)]
struct NodeSeed {
    depth: usize,
}

impl NodeSeed {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(format_args!("lists and maps nest at most {MAX_DEPTH} deep")));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

fn node(kind: NodeKind) -> Node {
    Node { at: Place::nowhere(), kind }
}

fn string(text: impl Into<String>) -> Node {
    node(NodeKind::String(Text { text: text.into(), starts_at: None }))
}

impl<'de> DeserializeSeed<'de> for NodeSeed {
    type Value = Node;
    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NodeSeed {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(node(NodeKind::Null))
    }

    fn visit_bool<E>(self, boolean: bool) -> Result<Node, E> {
        Ok(node(NodeKind::Boolean(boolean)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(node(NodeKind::Number(number.into())))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Node, E> {
        exact(&number.to_string())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Node, E> {
        exact(&number.to_string())
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(string(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(string(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(node(NodeKind::List(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let inner = self.deeper()?;
        let mut map: Vec<(Word, Node)> = Vec::new();
        let mut keys = std::collections::BTreeSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if key == NUMBER_KEY {
                return exact(&entries.next_value::<String>()?);
            }
            if !keys.insert(key.clone()) {
                return Err(de::Error::custom(format_args!("`{}` is given twice", super::node::excerpt(&key))));
            }
            map.push((Word { at: Place::nowhere(), text: key }, entries.next_value_seed(inner)?));
        }
        Ok(node(NodeKind::Map(map)))
    }
}

fn exact<E: de::Error>(text: &str) -> Result<Node, E> {
    text.parse::<Number>().map(|number| node(NodeKind::Number(number))).map_err(E::custom)
}
