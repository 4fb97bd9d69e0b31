use tessera_base::ValueType;
use tessera_model::{
    CheckedModel,
    checked::{Field, FieldKind, Mask},
};
use tessera_sql::{
    functions,
    tree::{BinaryOp, CastType, ColumnRef, Expr, Literal},
};

/// What a person without the grant sees in the place of `value`. `raw_sql` is the mask's own expression, already bound.
/// Every mask but `sql` is total: it cannot fail, and so cannot tell anything by failing.
pub(crate) fn masked<R: Clone>(
    model: &CheckedModel,
    field: &Field,
    mask: &Mask,
    value: Expr<ColumnRef, R>,
    raw_sql: Option<Expr<ColumnRef, R>>,
) -> Expr<ColumnRef, R> {
    let text = |value| Expr::Cast { expr: Box::new(value), to: CastType::Text, try_: false };
    match mask {
        Mask::Null => {
            Expr::Cast { expr: Box::new(Expr::Literal(Literal::Null)), to: null_type(model, field), try_: false }
        }
        Mask::Hash => Expr::call(functions::mask_hash(), vec![text(value)]),
        Mask::Last4 => last4(text(value)),
        Mask::Constant(constant) => Expr::Literal(constant.into()),
        // An unbound expression cannot show more than nothing.
        Mask::Sql(_) => raw_sql.unwrap_or(Expr::Literal(Literal::Null)),
    }
}

/// Four bullets and the last four characters; bullets alone up to eight characters, because half of a short value is
/// most of it.
fn last4<R: Clone>(text: Expr<ColumnRef, R>) -> Expr<ColumnRef, R> {
    let bullets = || Expr::Literal(Literal::String("••••".to_owned()));
    let length = Expr::call(functions::character_length(), vec![text.clone()]);
    let short = Expr::binary(BinaryOp::LessOrEqual, length, Expr::Literal(Literal::Number(8.into())));
    let last = Expr::call(functions::right(), vec![text.clone(), Expr::Literal(Literal::Number(4.into()))]);
    Expr::Case {
        operand: None,
        branches: vec![
            (Expr::IsNull { expr: Box::new(text), negated: false }, Expr::Literal(Literal::Null)),
            (short, bullets()),
        ],
        otherwise: Some(Box::new(Expr::binary(BinaryOp::Concat, bullets(), last))),
    }
}

fn null_type(model: &CheckedModel, field: &Field) -> CastType {
    let column_type = match &field.kind {
        FieldKind::Dimension(dimension) => dimension.bare_column.as_ref().and_then(|column| {
            let table = model.view(field.view).source.table()?;
            let column_type = model.catalog.column(table, column)?.column_type;
            column_type.cast_type().filter(|_| column_type.value_type() == Some(field.value_type))
        }),
        FieldKind::Measure(_) => None,
    };
    column_type.unwrap_or(match field.value_type {
        ValueType::String => CastType::Text,
        ValueType::Number => CastType::Double,
        ValueType::Boolean => CastType::Boolean,
        ValueType::Date => CastType::Date,
        ValueType::Timestamp => CastType::Timestamp,
    })
}
