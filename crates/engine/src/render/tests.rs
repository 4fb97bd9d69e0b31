use super::*;
use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array, ListArray, RecordBatch,
    StringArray, TimestampMicrosecondArray,
};
use datafusion::arrow::{datatypes::Int32Type, ipc::reader::StreamReader};
use std::{collections::HashMap, sync::Arc};
use tessera_base::{TimeZone, ValueType};
use tessera_query::{ColumnKind, ResultColumn, Zones};

const UTC: Zones = Zones { stored: TimeZone::UTC, shown: TimeZone::UTC };

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

fn column(name: &str, value_type: ValueType, masked: bool) -> ResultColumn {
    ResultColumn {
        name: name.to_owned(),
        label: name.to_owned(),
        value_type: Some(value_type),
        kind: ColumnKind::Column,
        format: None,
        masked,
    }
}

fn json(array: ArrayRef, zones: Zones) -> String {
    String::from_utf8(JsonRows::new(zones).rows(&batch(vec![("x", array)])).unwrap()).unwrap()
}

#[test]
fn json_keeps_every_digit_and_tells_what_is_missing() {
    let decimal = Decimal128Array::from(vec![Some(12345), Some(-5), None]).with_precision_and_scale(15, 2).unwrap();
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1), None]), None]);
    for (array, wanted) in [
        (
            Arc::new(Int64Array::from(vec![Some(9_007_199_254_740_993), None])) as ArrayRef,
            r#"["9007199254740993"],[null]"#,
        ),
        (Arc::new(Int32Array::from(vec![-7])), "[-7]"),
        (Arc::new(decimal), r#"["123.45"],["-0.05"],[null]"#),
        (
            Arc::new(Float64Array::from(vec![0.1, 1.0, 1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY])),
            r#"[0.1],[1.0],[1e300],["NaN"],["Infinity"],["-Infinity"]"#,
        ),
        (Arc::new(BooleanArray::from(vec![true, false])), "[true],[false]"),
        (Arc::new(Date32Array::from(vec![0, -1, i32::MAX])), r#"["1970-01-01"],["1969-12-31"],["2147483647"]"#),
        (Arc::new(StringArray::from(vec!["a\"b\\\n\u{1}ä"])), r#"["a\"b\\\n\u0001ä"]"#),
        (Arc::new(list), r#"["[1,null]"],[null]"#),
    ] {
        assert_eq!(json(array, UTC), wanted);
    }
}

#[test]
fn rows_of_several_batches_are_one_sequence() {
    let mut rows = JsonRows::new(UTC);
    let numbers = |values: Vec<i32>| batch(vec![("x", Arc::new(Int32Array::from(values)) as ArrayRef)]);
    let bytes = [
        rows.rows(&numbers(vec![1, 2])).unwrap(),
        rows.rows(&numbers(vec![])).unwrap(),
        rows.rows(&numbers(vec![3])).unwrap(),
    ];
    assert_eq!(String::from_utf8(bytes.concat()).unwrap(), "[1],[2],[3]");
}

#[test]
fn instants_have_the_offset_of_the_reader() {
    let zones = Zones { stored: TimeZone::UTC, shown: TimeZone::Europe__Berlin };
    let micros = |text: &str| text.parse::<chrono::NaiveDateTime>().unwrap().and_utc().timestamp_micros();
    let naive = |text| Arc::new(TimestampMicrosecondArray::from(vec![micros(text)])) as ArrayRef;
    let instant = |text| Arc::new(TimestampMicrosecondArray::from(vec![micros(text)]).with_timezone("UTC")) as ArrayRef;
    assert_eq!(json(naive("2026-07-01T10:00:00"), zones), r#"["2026-07-01T12:00:00+02:00"]"#);
    assert_eq!(json(naive("2026-01-01T10:00:00.5"), zones), r#"["2026-01-01T11:00:00.500+01:00"]"#);
    assert_eq!(json(naive("2026-01-01T10:00:00"), UTC), r#"["2026-01-01T10:00:00Z"]"#);

    // Stored in a zone whose clocks jump from 02:00 to 03:00, and back from 03:00 to 02:00.
    let berlin = Zones { stored: TimeZone::Europe__Berlin, shown: TimeZone::UTC };
    assert_eq!(json(naive("2026-03-29T02:30:00"), berlin), r#"["2026-03-29T01:30:00Z"]"#);
    assert_eq!(json(naive("2026-10-25T02:30:00"), berlin), r#"["2026-10-25T00:30:00Z"]"#);
    assert_eq!(json(instant("2026-07-01T10:00:00"), berlin), r#"["2026-07-01T10:00:00Z"]"#);
}

#[test]
fn csv_guards_texts_that_look_like_formulas_and_nothing_else() {
    let rows = CsvRows::new(UTC);
    let texts = StringArray::from(vec![Some("=1+1"), Some("-x,\"y\""), Some("\tz"), Some("plain"), Some(""), None]);
    let numbers = Int64Array::from(vec![-1, 2, 3, 4, 5, 6]);
    let bytes = rows.rows(&batch(vec![("t", Arc::new(texts) as ArrayRef), ("n", Arc::new(numbers))])).unwrap();
    let wanted = "'=1+1,-1\r\n\"'-x,\"\"y\"\"\",2\r\n'\tz,3\r\nplain,4\r\n\"\",5\r\n,6\r\n";
    assert_eq!(String::from_utf8(bytes).unwrap(), wanted);
    let header = rows.header(&[column("@a", ValueType::String, false), column("b,c", ValueType::Number, false)]);
    assert_eq!(String::from_utf8(header).unwrap(), "'@a,\"b,c\"\r\n");
}

#[test]
fn a_table_says_what_is_masked_and_obeys_no_cell() {
    let columns = [column("name", ValueType::String, true), column("n", ValueType::Number, false)];
    let mut table = TextTable::new(&columns, UTC);
    let texts = StringArray::from(vec![Some("\u{1b}[2J"), None]);
    let numbers = Int64Array::from(vec![7, 1234]);
    let mut bytes = table.rows(&batch(vec![("name", Arc::new(texts) as ArrayRef), ("n", Arc::new(numbers))])).unwrap();
    bytes.extend(table.end(2, true));
    let wanted = "name (masked)     n\n-------------  ----\n\\u{1b}[2J         7\nnull           1234\n(2 rows, and there are more)\n";
    assert_eq!(String::from_utf8(bytes).unwrap(), wanted);

    let mut empty = TextTable::new(&columns, UTC);
    assert_eq!(String::from_utf8(empty.end(0, false)).unwrap(), "name (masked)  n\n-------------  -\n(0 rows)\n");
}

#[test]
fn an_arrow_stream_is_read_back() {
    let texts =
        batch(vec![("x", Arc::new(datafusion::arrow::array::StringViewArray::from(vec!["a", "b"])) as ArrayRef)]);
    let metadata = HashMap::from([("tessera:columns".to_owned(), "[]".to_owned())]);
    let columns = [column("customers.region", ValueType::String, false)];
    let mut stream = ArrowStream::new(&texts.schema(), &columns, metadata.clone()).unwrap();
    let first = stream.rows(&texts).unwrap();
    assert!(!first.is_empty(), "rows are kept back");
    let bytes = [first, stream.rows(&texts).unwrap(), stream.end().unwrap()].concat();
    let reader = StreamReader::try_new(bytes.as_slice(), None).unwrap();
    assert_eq!(reader.schema().metadata(), &metadata);
    assert_eq!(reader.schema().field(0).name(), "customers.region");
    assert_eq!(reader.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 4);
}
