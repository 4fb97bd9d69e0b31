use sqlparser::{
    ast::Expr,
    dialect::{Dialect, GenericDialect},
    keywords::Keyword,
    parser::{Parser, ParserError},
};
use std::any::TypeId;

/// DataFusion's default dialect, less what DataFusion does not plan or what nobody may say: what is switched off here is a
/// syntax error, so that the walk over the tree has less to refuse.
#[derive(Debug)]
pub(super) struct EngineDialect;

impl Dialect for EngineDialect {
    fn dialect(&self) -> TypeId {
        TypeId::of::<GenericDialect>()
    }

    fn is_delimited_identifier_start(&self, character: char) -> bool {
        GenericDialect.is_delimited_identifier_start(character)
    }

    fn is_identifier_start(&self, character: char) -> bool {
        GenericDialect.is_identifier_start(character)
    }

    fn is_identifier_part(&self, character: char) -> bool {
        GenericDialect.is_identifier_part(character)
    }

    /// The parser tries these words as the start of a special form first and, where that fails, once more as a name. Nested,
    /// each level doubles the time (`CAST(CAST(CAST(…` with a mistake inside), so they are never tried again: a column
    /// of such a name is written in double quotes.
    fn is_reserved_for_identifier(&self, keyword: Keyword) -> bool {
        GenericDialect.is_reserved_for_identifier(keyword)
            || matches!(
                keyword,
                Keyword::ARRAY
                    | Keyword::CASE
                    | Keyword::CAST
                    | Keyword::CEIL
                    | Keyword::CONVERT
                    | Keyword::CURRENT_DATE
                    | Keyword::CURRENT_TIME
                    | Keyword::CURRENT_TIMESTAMP
                    | Keyword::EXTRACT
                    | Keyword::FLOOR
                    | Keyword::LOCALTIME
                    | Keyword::LOCALTIMESTAMP
                    | Keyword::MAP
                    | Keyword::NOT
                    | Keyword::OVERLAY
                    | Keyword::POSITION
                    | Keyword::SAFE_CAST
                    | Keyword::SUBSTR
                    | Keyword::SUBSTRING
                    | Keyword::TRY_CAST
            )
    }

    /// sqlparser 0.62 reads `a IS DISTINCT FROM b AND c` as `a IS DISTINCT FROM (b AND c)`.
    fn parse_infix(&self, parser: &mut Parser, expr: &Expr, precedence: u8) -> Option<Result<Expr, ParserError>> {
        use Keyword::{DISTINCT, FROM, IS, NOT};
        let test = if parser.parse_keywords(&[IS, DISTINCT, FROM]) {
            Expr::IsDistinctFrom
        } else if parser.parse_keywords(&[IS, NOT, DISTINCT, FROM]) {
            Expr::IsNotDistinctFrom
        } else {
            return None;
        };
        Some(parser.parse_subexpr(precedence).map(|other| test(Box::new(expr.clone()), Box::new(other))))
    }

    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }

    fn supports_window_function_null_treatment_arg(&self) -> bool {
        true
    }

    fn supports_group_by_expr(&self) -> bool {
        true
    }

    fn supports_left_associative_joins_without_parens(&self) -> bool {
        true
    }

    fn supports_parens_around_table_factor(&self) -> bool {
        true
    }

    fn supports_select_wildcard_exclude(&self) -> bool {
        true
    }

    fn supports_select_wildcard_except(&self) -> bool {
        true
    }

    fn supports_nested_comments(&self) -> bool {
        true
    }

    fn supports_string_escape_constant(&self) -> bool {
        true
    }

    /// Read as what it is, and refused: without this, `U&'x'` would be an operator between a column and a string.
    fn supports_unicode_string_literal(&self) -> bool {
        true
    }

    fn supports_array_typedef_with_brackets(&self) -> bool {
        true
    }

    fn supports_comma_separated_trim(&self) -> bool {
        true
    }

    fn supports_interval_options(&self) -> bool {
        true
    }
}
